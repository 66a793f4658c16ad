//! A page's Content-Security-Policy, made to let the banner in and nothing else.

use super::inject::Passage;
use crate::{page::TURNSTILE, site::Site};

/// Adds the hashes of our styles (several, with blanks between) and of the script, if any, and forms to the site itself,
/// wherever a policy would keep them out.
/// A list that already lets inline code run is left alone: one hash more would switch `'unsafe-inline'` off for the
/// page's own code (CSP 3, section 6.7.3.2).
#[must_use]
pub fn allow(header: &str, style: &str, script: &str) -> String {
    let policies: Vec<String> = header
        .split(',')
        .map(|policy| {
            let mut directives = parse(policy);
            admit(
                &mut directives,
                &["style-src-elem", "style-src", "default-src"],
                "style-src",
                style,
            );
            admit(&mut directives, SCRIPTS, "script-src", script);
            admit_forms(&mut directives);
            write(&directives)
        })
        .collect();
    policies.join(",")
}

/// How scripts of ours get past a policy: by the nonce that its own scripts have, if there is one.
#[inline(never)] // apart: scripts/build.mjs
pub(super) fn passage(header: &str) -> Passage {
    let mut passage = Passage::default();
    for policy in header.split(',') {
        let directives = parse(policy);
        let Some((_, sources)) = effective(&directives, SCRIPTS).and_then(|at| directives.get(at))
        else {
            continue;
        };
        for source in sources {
            let nonce = source.strip_prefix("'nonce-");
            if let Some(nonce) = nonce.and_then(|rest| rest.strip_suffix('\'')) {
                passage.nonce.get_or_insert_with(|| nonce.to_owned());
            }
            passage.dynamic |= source.eq_ignore_ascii_case("'strict-dynamic'");
        }
    }
    passage
}

/// Lets tags of ours in: their texts by hashes where a policy has no nonce for them, the scripts that they load by address,
/// and what they send to.
pub(super) fn allow_tags(
    header: &str,
    passage: &Passage,
    hashes: &str,
    scripts: &[String],
    hosts: &[String],
) -> String {
    let policies = header.split(',').map(|policy| {
        let mut directives = parse(policy);
        if !has_nonce(&directives, passage) {
            admit(&mut directives, SCRIPTS, "script-src", hashes);
        }
        // A nonce lets a tag in, but not what the tag loads in its turn; under this word addresses count for nothing.
        if !is_dynamic(&directives) {
            admit_hosts(&mut directives, SCRIPTS, "script-src", scripts);
        }
        for own in ["connect-src", "img-src", "frame-src"] {
            let chain: &[&str] = match own {
                "frame-src" => &["frame-src", "child-src", "default-src"],
                own => &[own, "default-src"],
            };
            admit_hosts(&mut directives, chain, own, hosts);
        }
        write(&directives)
    });
    policies.collect::<Vec<_>>().join(",")
}

/// Lets a form's widget in: its script, by the nonce that the tag carries or by its host, and its frame. Nothing else is
/// needed (<https://developers.cloudflare.com/turnstile/reference/content-security-policy/>).
pub(super) fn allow_widget(header: &str, passage: &Passage, hashes: &str) -> String {
    let own = [TURNSTILE.to_owned()];
    let header = allow_tags(header, passage, hashes, &[], &[]);
    let policies = header.split(',').map(|policy| {
        let mut directives = parse(policy);
        if !has_nonce(&directives, passage) && !is_dynamic(&directives) {
            admit_hosts(&mut directives, SCRIPTS, "script-src", &own);
        }
        let chain = &["frame-src", "child-src", "default-src"];
        admit_hosts(&mut directives, chain, "frame-src", &own);
        write(&directives)
    });
    policies.collect::<Vec<_>>().join(",")
}

/// Lets the page send to its own site, as the banner's script does.
pub(super) fn allow_requests(header: &str) -> String {
    let policies = header.split(',').map(|policy| {
        let mut directives = parse(policy);
        let chain = &["connect-src", "default-src"];
        admit_hosts(
            &mut directives,
            chain,
            "connect-src",
            &["'self'".to_owned()],
        );
        write(&directives)
    });
    policies.collect::<Vec<_>>().join(",")
}

/// The sources of a declared host: itself and everything below it, under the folder that its pattern names.
pub(super) fn sources(scheme: &str, pattern: &str) -> [String; 2] {
    let address = pattern.split('?').next().unwrap_or_default();
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let folder = path.rfind('/').and_then(|at| path.get(..=at));
    // A source with a path that doesn't end in a slash means one file (CSP 3, section 6.7.2.12).
    let folder = folder.map_or_else(String::new, |folder| format!("/{folder}"));
    [
        format!("{scheme}{host}{folder}"),
        format!("{scheme}*.{host}{folder}"),
    ]
}

/// Whether scripts with the page's nonce get past a policy.
fn has_nonce(directives: &[Directive], passage: &Passage) -> bool {
    let Some(nonce) = &passage.nonce else {
        return false;
    };
    let same = |source: &str| {
        let inner = source.strip_prefix("'nonce-");
        inner.and_then(|rest| rest.strip_suffix('\'')) == Some(nonce)
    };
    of_scripts(directives).iter().any(|source| same(source))
}

/// Whether addresses count for nothing in a policy, but what a trusted script adds does.
fn is_dynamic(directives: &[Directive]) -> bool {
    let mut sources = of_scripts(directives).iter();
    sources.any(|source| source.eq_ignore_ascii_case("'strict-dynamic'"))
}

fn of_scripts(directives: &[Directive]) -> &[String] {
    let found = effective(directives, SCRIPTS).and_then(|at| directives.get(at));
    found.map_or(&[], |(_, sources)| sources)
}

/// Where a policy speaks of script elements.
const SCRIPTS: &[&str] = &["script-src-elem", "script-src", "default-src"];

fn effective(directives: &[Directive], chain: &[&str]) -> Option<usize> {
    chain
        .iter()
        .find_map(|name| directives.iter().position(|(own, _)| own == name))
}

fn admit_hosts(directives: &mut Vec<Directive>, chain: &[&str], own: &str, hosts: &[String]) {
    if hosts.is_empty() {
        return;
    }
    let Some((name, sources)) = effective(directives, chain).and_then(|at| directives.get_mut(at))
    else {
        return;
    };
    if sources
        .iter()
        .any(|source| source == "*" || source == "https:")
    {
        return;
    }
    let mut list = sources.clone();
    for host in hosts {
        if !list.contains(host) {
            add(&mut list, host);
        }
    }
    if name == own || name.starts_with("script-src") {
        *sources = list;
    } else if list != *sources {
        directives.push((own.to_owned(), list));
    }
}

/// The policy for a page that can't be read. What guards forms needs no consent.
pub(super) fn nothing_foreign(site: &Site) -> String {
    if site.forms.is_empty() {
        NOTHING_FOREIGN.to_owned()
    } else {
        allow_widget(NOTHING_FOREIGN, &Passage::default(), "")
    }
}

/// A policy under which a page loads nothing from elsewhere and runs nothing of its own text.
const NOTHING_FOREIGN: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:";

/// One more policy: both hold.
#[inline(never)] // apart: scripts/build.mjs
pub(super) fn and(header: Option<&str>, policy: &str) -> String {
    header.map_or_else(|| policy.to_owned(), |header| format!("{header}, {policy}"))
}

type Directive = (String, Vec<String>);

/// Names lower-cased; of two directives of one name the first counts (CSP 3, section 2.2.1), so later ones stay behind it.
fn parse(policy: &str) -> Vec<Directive> {
    policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            let name = words.next()?.to_ascii_lowercase();
            Some((name, words.map(str::to_owned).collect()))
        })
        .collect()
}

fn write(directives: &[Directive]) -> String {
    let parts: Vec<String> = directives
        .iter()
        .map(|(name, sources)| {
            if sources.is_empty() {
                name.clone()
            } else {
                format!("{name} {}", sources.join(" "))
            }
        })
        .collect();
    parts.join("; ")
}

fn admit(directives: &mut Vec<Directive>, chain: &[&str], own: &str, hash: &str) {
    if hash.is_empty() {
        return;
    }
    let Some((name, sources)) = effective(directives, chain).and_then(|at| directives.get_mut(at))
    else {
        return;
    };
    if lets_inline_in(sources, own) {
        return;
    }
    if name == "default-src" {
        let mut sources = sources.clone();
        add(&mut sources, hash);
        directives.push((own.to_owned(), sources));
    } else {
        add(sources, hash);
    }
}

fn admit_forms(directives: &mut [Directive]) {
    let Some((_, sources)) = directives
        .iter_mut()
        .find(|(name, _)| name == "form-action")
    else {
        return;
    };
    if !sources
        .iter()
        .any(|source| source == "*" || source.eq_ignore_ascii_case("'self'"))
    {
        add(sources, "'self'");
    }
}

fn add(sources: &mut Vec<String>, source: &str) {
    sources.retain(|source| !source.eq_ignore_ascii_case("'none'"));
    sources.push(source.to_owned());
}

/// CSP 3, section 6.7.3.2: `'strict-dynamic'` speaks of scripts only.
fn lets_inline_in(sources: &[String], directive: &str) -> bool {
    let lower: Vec<String> = sources
        .iter()
        .map(|source| source.to_ascii_lowercase())
        .collect();
    let guarded = |source: &String| {
        (directive == "script-src" && source == "'strict-dynamic'")
            || ["'nonce-", "'sha256-", "'sha384-", "'sha512-"]
                .iter()
                .any(|prefix| source.starts_with(prefix))
    };
    lower.iter().any(|source| source == "'unsafe-inline'") && !lower.iter().any(guarded)
}

#[cfg(test)]
mod tests {
    use super::{allow, allow_widget, passage};

    #[test]
    fn a_policy_lets_the_widget_in_and_nothing_else() {
        const T: &str = "https://challenges.cloudflare.com";
        for (policy, expected) in [
            (
                "default-src 'self'",
                format!("default-src 'self'; script-src 'self' H {T}; frame-src 'self' {T}"),
            ),
            (
                "script-src 'nonce-n'; frame-src 'none'",
                format!("script-src 'nonce-n'; frame-src {T}"),
            ),
            (
                "script-src 'strict-dynamic' 'sha256-x'; child-src a.example",
                format!(
                    "script-src 'strict-dynamic' 'sha256-x' H; child-src a.example; frame-src a.example {T}"
                ),
            ),
            (
                "script-src 'unsafe-inline' https:",
                "script-src 'unsafe-inline' https:".to_owned(),
            ),
            ("img-src 'none'", "img-src 'none'".to_owned()),
        ] {
            let found = allow_widget(policy, &passage(policy), "H");
            assert_eq!(found, expected, "{policy}");
        }
    }

    #[test]
    fn a_policy_lets_the_banner_in_and_nothing_else() {
        for (policy, expected) in [
            (
                "default-src 'self'",
                "default-src 'self'; style-src 'self' S; script-src 'self' J",
            ),
            ("img-src *", "img-src *"),
            ("script-src 'none'", "script-src J"),
            (
                "script-src 'unsafe-inline'; style-src 'unsafe-inline'",
                "script-src 'unsafe-inline'; style-src 'unsafe-inline'",
            ),
            (
                "script-src 'unsafe-inline' 'nonce-x'",
                "script-src 'unsafe-inline' 'nonce-x' J",
            ),
            (
                "style-src-elem a.example; style-src b.example",
                "style-src-elem a.example S; style-src b.example",
            ),
            ("form-action 'none'", "form-action 'self'"),
            ("form-action 'self'", "form-action 'self'"),
            (
                "DEFAULT-SRC 'self', script-src x",
                "default-src 'self'; style-src 'self' S; script-src 'self' J,script-src x J",
            ),
            ("upgrade-insecure-requests", "upgrade-insecure-requests"),
            ("", ""),
        ] {
            assert_eq!(allow(policy, "S", "J"), expected, "{policy}");
        }
    }
}
