//! Policies of the origin's: what is put in runs, what it loads loads, and nothing else is let in.

use super::{TRACED, ask, edited};

fn policy(granted: &[&str], policy: &str) -> Vec<String> {
    let site = &*TRACED;
    let out = edited(
        site,
        &ask(site, granted),
        Some(policy),
        "<title>Page</title>",
    );
    let list = out.1.unwrap();
    list.split("; ").map(str::to_owned).collect()
}

fn directive<'a>(policy: &'a [String], name: &str) -> Option<Vec<&'a str>> {
    let own = policy
        .iter()
        .find(|own| own.split(' ').next() == Some(name));
    own.map(|own| own.split(' ').skip(1).collect())
}

/// What Clarity and Analytics need.
const MEASURING: &[&str] = &[
    "https://www.googletagmanager.com/gtag/",
    "https://clarity.ms",
    "https://*.clarity.ms",
    "https://c.bing.com",
];

#[test]
fn by_address_and_hash_where_there_is_no_nonce() {
    let policy = policy(&["analytics"], "default-src 'self'; img-src *");
    let scripts = directive(&policy, "script-src").unwrap();
    for own in MEASURING {
        assert!(scripts.contains(own), "{own} in {scripts:?}");
    }
    assert_eq!(scripts.first(), Some(&"'self'"));
    let hashes = scripts.iter().filter(|own| own.starts_with("'sha256-"));
    assert_eq!(
        hashes.count(),
        4,
        "what is told, what watches, and two tags' texts: {scripts:?}"
    );
    // Nobody else comes in by the way.
    assert!(!scripts.iter().any(|own| own.contains("bat.bing")
        || own.contains("gtm.js")
        || *own == "https://www.googletagmanager.com"));
    assert!(!scripts.contains(&"'unsafe-inline'"));
    let connect = directive(&policy, "connect-src").unwrap();
    assert!(connect.contains(&"https://*.clarity.ms") && connect.contains(&"'self'"));
    assert_eq!(directive(&policy, "img-src"), Some(vec!["*"]));
    assert_eq!(directive(&policy, "default-src"), Some(vec!["'self'"]));
    // The placeholders' styles, for what is withheld.
    assert_eq!(directive(&policy, "style-src").unwrap().len(), 2);
}

#[test]
fn a_nonce_lets_a_tag_in_and_addresses_what_it_loads() {
    let policy = policy(&["analytics"], "script-src 'nonce-abc'");
    let scripts = directive(&policy, "script-src").unwrap();
    assert_eq!(scripts.first(), Some(&"'nonce-abc'"));
    for own in MEASURING {
        assert!(scripts.contains(own), "{own} in {scripts:?}");
    }
    assert!(
        !scripts.iter().any(|own| own.starts_with("'sha256-")),
        "{scripts:?}"
    );
    assert_eq!(policy.len(), 1, "what it doesn't forbid stays open");
}

#[test]
fn under_strict_dynamic_addresses_count_for_nothing() {
    for given in [
        "script-src 'nonce-abc' 'strict-dynamic'",
        "script-src 'nonce-abc' 'Strict-Dynamic' https:",
    ] {
        assert_eq!(policy(&["analytics"], given).join("; "), given);
    }
    let policy = policy(&["analytics"], "script-src 'strict-dynamic' 'sha256-abc'");
    let scripts = directive(&policy, "script-src").unwrap();
    assert!(
        scripts.iter().all(|own| own.starts_with('\'')),
        "{scripts:?}"
    );
    // What is told, what watches, and a text and a loader for each.
    assert_eq!(scripts.len(), 2 + 6, "{scripts:?}");
}

#[test]
fn two_policies_are_opened_each_by_its_own_rule() {
    let site = &*TRACED;
    let out = edited(
        site,
        &ask(site, &["analytics"]),
        Some("script-src 'nonce-abc', script-src 'self'"),
        "<title>Page</title>",
    );
    let policy = out.1.unwrap();
    let (one, other) = policy.split_once(',').unwrap();
    assert!(
        !one.contains("sha256-") && other.contains("sha256-"),
        "{policy}"
    );
    assert!(out.0.contains("<script nonce=\"abc\">"));
}

#[test]
fn a_policy_is_left_alone_where_nothing_is_put_in() {
    assert_eq!(
        policy(&[], "default-src 'self'; style-src 'unsafe-inline'").join("; "),
        "default-src 'self'; style-src 'unsafe-inline'"
    );
}
