//! A rehearsal: everything is decided and answered, nothing of the site's is withheld; and what nobody declared.

use super::traffic::head;
use crate::kit::{Ask, NOW, consent, made, set_cookies, site};
use edge_consent::app::Gaps;
use edge_consent::origin::Seen;
use edge_consent::site::{Enforce, Site, Undeclared};
use edge_consent::visit::{COOKIE, encode};
use serde_json::{Value, json};

fn rehearsing() -> Site {
    let mut site = site("balanced-mastering").clone();
    site.consent.enforce = Enforce::Report;
    site.consent.undeclared = Undeclared::Block;
    site
}

const COOKIES: &str = "session=1; _ga=GA1.1.2; _ga_K3X9ABC=2; theme-mode=dark; odd_4711=x; _ga=3";
const HTML: (&str, &str) = ("content-type", "text/html");

fn report(site: &Site, ask: &Ask, headers: &[(&str, &str)]) -> Option<Value> {
    let errand = ask.errand(site);
    let origin = head(200, headers);
    let line = errand.answer(&origin.head()).report?.line()?;
    Some(serde_json::from_str(&line).unwrap())
}

#[test]
fn cookies_pass_both_ways_and_the_line_names_them_as_declared() {
    let site = rehearsing();
    let ask = Ask::get("/account?user=jane").with("cookie", COOKIES);
    let errand = ask.errand(&site);
    assert!(!errand.request.iter().any(|(name, _)| *name == "cookie"));
    assert!(
        errand
            .request
            .contains(&("x-consent", Some("functional=0, analytics=0".to_owned()))),
        "the origin is told what was decided"
    );
    let set = [
        HTML,
        ("set-cookie", "_gid=1; Path=/"),
        ("set-cookie", "jane@example.com=1"),
        ("set-cookie", "cookie_consent=forged"),
    ];
    let origin = head(200, &set);
    assert_eq!(
        errand.answer(&origin.head()).set_cookies.unwrap(),
        ["_gid=1; Path=/", "jane@example.com=1"],
        "our own cookie is ours to set"
    );
    let line = report(&site, &ask, &set).unwrap();
    assert_eq!(line["rehearsal"], "balanced-mastering");
    assert_eq!(
        line["services"],
        json!(["google-analytics", "theme-mode"]),
        "{line}"
    );
    let text = line.to_string();
    for secret in ["jane", "GA1", "4711", "account", "K3X9", "dark", "forged"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(line["cookies"].as_array().unwrap().contains(&json!("*")));
}

#[test]
fn there_is_a_line_for_a_page_and_for_nothing_else() {
    let site = rehearsing();
    let ask = Ask::get("/").with("cookie", COOKIES);
    assert!(report(&site, &ask, &[HTML]).is_some());
    assert_eq!(
        report(&site, &ask, &[("content-type", "image/png")]),
        None,
        "an image"
    );
    let all = encode(&made(&site, &["functional", "analytics"]));
    let granted = Ask::get("/").with("cookie", &format!("{COOKIES}; {COOKIE}={all}"));
    let mut declared = site.clone();
    declared.consent.undeclared = Undeclared::Allow;
    assert_eq!(report(&declared, &granted, &[HTML]), None, "all granted");
    let mut earnest = site.clone();
    earnest.consent.enforce = Enforce::Withhold;
    assert_eq!(report(&earnest, &ask, &[HTML]), None, "no rehearsal");
}

/// A page that a browser keeps from the rehearsal has tags in it that are withheld later on: the change makes another
/// edition (`declare::edition`), and that another `ETag`.
#[test]
fn pages_are_revalidated_as_in_earnest() {
    let site = rehearsing();
    let errand = Ask::get("/").errand(&site);
    let origin = head(
        200,
        &[HTML, ("cache-control", "max-age=3600"), ("etag", "\"a\"")],
    );
    let answer = errand.answer(&origin.head());
    let header = |name: &str| answer.headers.iter().find(|(own, _)| *own == name).unwrap();
    assert_eq!(
        header("cache-control").1.as_deref(),
        Some("private, no-cache")
    );
    let tag = header("etag").1.as_deref().unwrap();
    assert!(tag.contains('a') && tag != "\"a\"", "{tag}");
}

#[test]
fn what_cannot_be_read_is_not_closed() {
    let site = rehearsing();
    let errand = Ask::get("/").errand(&site);
    let origin = head(200, &[("content-type", "application/xhtml+xml")]);
    assert!(errand.answer(&origin.head()).is_untouched());
}

#[test]
fn answers_are_kept_and_take_nothing_away() {
    let mut site = rehearsing();
    let before = made(&site, &["functional", "analytics"]);
    let ask = |form: &str, path: &str| {
        let cookies = format!("{COOKIES}; {COOKIE}={}", encode(&before));
        Ask::form(&format!("/_privacy/{path}"), form).with("cookie", &cookies)
    };
    for (path, form) in [("choice", "decision=reject"), ("reset", "")] {
        let reply = ask(form, path).reply(&site);
        assert_eq!(reply.status, 303);
        let names = set_cookies(&reply);
        assert!(
            names
                .iter()
                .all(|value| value.starts_with("cookie_consent=")),
            "{path}: {names:?}"
        );
        assert_eq!(consent(&reply).is_some(), path == "choice");
        assert!(!reply.writes.is_empty(), "{path}: recorded");
        // Who resets wants to see the banner: on pages that his browser keeps as well.
        assert_eq!(
            reply.header("clear-site-data").is_some(),
            path == "reset",
            "{path}"
        );
    }
    let act = |site: &Site| {
        let reply = ask("decision=reject", "choice")
            .with("accept", "application/json")
            .reply(site);
        serde_json::from_str::<Value>(&reply.body).unwrap()["act"].clone()
    };
    assert_eq!(act(&site), Value::Null, "nobody is silenced");
    site.consent.enforce = Enforce::Withhold;
    assert_ne!(act(&site), Value::Null);
}

fn seen(cookies: &[&str], hosts: &[&str]) -> Seen {
    let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Seen {
        cookies: own(cookies),
        hosts: own(hosts),
    }
}

#[test]
fn undeclared_cookies_of_any_request_are_noted_by_their_shape() {
    let mut site = site("musictracker").clone();
    let ask = Ask::get("/a.png").with(
        "cookie",
        "next-auth.csrf-token=1; x_4711=1; _clck=2; cart=3",
    );
    let origin = head(
        200,
        &[
            ("content-type", "image/png"),
            ("set-cookie", "set_by_origin=1"),
        ],
    );
    let noted = |site: &Site| {
        let errand = ask.errand(site);
        (errand.seen.clone(), errand.answer(&origin.head()).seen)
    };
    let expected = (seen(&["cart"], &[]), seen(&["set_by_origin"], &[]));
    assert_eq!(noted(&site), expected);
    site.records.gaps = 0;
    assert_eq!(noted(&site), (Seen::default(), Seen::default()));
}

#[test]
fn an_isolate_writes_what_is_new_to_it_and_seldom() {
    let mut site = site("musictracker").clone();
    site.records.gaps = 1;
    let mut gaps = Gaps::new();
    assert!(!gaps.is_due(NOW) && gaps.write(1, NOW).is_none());
    gaps.take(&site, seen(&["cart"], &[]), 0, NOW);
    assert!(!gaps.is_due(NOW + 1), "there may be more");
    gaps.take(&site, seen(&["cart"], &["cdn.example"]), 0, NOW + 1);
    assert!(gaps.is_due(NOW + 2));
    let write = gaps.write(0xabc, NOW + 2).unwrap();
    assert_eq!(
        write.key,
        "seen:musictracker:2026-11-22:00000000000000000abc"
    );
    assert_eq!(write.value, r#"{"c":["cart"],"h":["cdn.example"]}"#);
    assert_eq!(write.metadata, Some(write.value.clone()));
    assert_eq!(write.ttl, 30 * 86_400);
    // What is known costs nothing more; what is new waits.
    gaps.take(&site, seen(&["cart"], &["cdn.example"]), 0, NOW + 5000);
    assert!(!gaps.is_due(NOW + 10_000));
    gaps.take(&site, seen(&["basket"], &[]), 0, NOW + 3);
    assert!(!gaps.is_due(NOW + 800) && gaps.is_due(NOW + 902));
    assert_eq!(
        gaps.write(1, NOW + 902).unwrap().value,
        r#"{"c":["basket"],"h":[]}"#
    );
    // The next day it starts anew.
    gaps.take(&site, seen(&["cart"], &[]), 0, NOW + 86_400);
    assert!(gaps.is_due(NOW + 86_402));
}

#[test]
fn writes_are_few_and_small_whatever_is_sent() {
    let mut one = site("musictracker").clone();
    one.records.gaps = 1;
    let other = site("trackncloak");
    let mut gaps = Gaps::new();
    let mut writes = Vec::new();
    // An hour, a request each second, each with a name that nobody has sent before.
    for second in 0..3600 {
        let name = format!("{}{}", "long-name-".repeat(5), second);
        gaps.take(&one, seen(&[&name], &[]), 8, NOW + second);
        gaps.take(other, seen(&[&name], &[]), 8, NOW + second);
        if gaps.is_due(NOW + second) {
            writes.extend(gaps.write(u128::from(second), NOW + second));
        }
    }
    assert!(writes.len() <= 4, "{} writes", writes.len());
    let fits = |text: &str| text.len() <= 1024 && serde_json::from_str::<Value>(text).is_ok();
    assert!(writes.iter().all(|write| fits(&write.value)));
    assert!(writes.iter().any(|write| write.value.len() > 900));
}

#[test]
fn one_isolate_in_eight_notes_and_in_a_rehearsal_each() {
    let site = site("musictracker");
    assert_eq!(site.records.gaps, 8);
    let takes = |site: &Site, lot: u64| {
        let mut gaps = Gaps::new();
        gaps.take(site, seen(&["cart"], &[]), lot, NOW);
        gaps.is_due(NOW + 2)
    };
    assert_eq!((0..64).filter(|lot| takes(site, *lot)).count(), 8);
    let mut off = site.clone();
    off.records.gaps = 0;
    assert!(!(0..64).any(|lot| takes(&off, lot)));
}
