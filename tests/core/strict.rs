//! Origins' own policies: what we put in gets in, and nothing else that they refuse.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::added::{ask, page, site};
use proptest::prelude::*;

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const PAGE: &str = "<!doctype html><html><head><title>x</title></head><body><p>x</p></body></html>";

/// A script that a page might have.
#[derive(Debug, Clone, Copy)]
enum Script<'a> {
    Inline {
        hash: &'a str,
        nonce: &'a str,
    },
    /// From a host; `added` by a script that runs already.
    From {
        host: &'a str,
        nonce: &'a str,
        added: bool,
    },
}

/// CSP 3, sections 6.7.2 and 6.7.3, as far as these policies go: whether every policy lets a script in.
fn lets_in(header: &str, script: Script<'_>) -> bool {
    header.split(',').all(|policy| {
        let directives: Vec<(&str, Vec<&str>)> = policy
            .split(';')
            .filter_map(|text| {
                let mut words = text.split_ascii_whitespace();
                Some((words.next()?, words.collect()))
            })
            .collect();
        let names = ["script-src-elem", "script-src", "default-src"];
        let found = names
            .iter()
            .find_map(|name| directives.iter().find(|(own, _)| own == name));
        found.is_none_or(|(_, sources)| lets_in_by(sources, script))
    })
}

fn lets_in_by(sources: &[&str], script: Script<'_>) -> bool {
    let has = |source: &str| sources.contains(&source);
    let nonced = |nonce: &str| !nonce.is_empty() && has(&format!("'nonce-{nonce}'"));
    match script {
        Script::Inline { hash, nonce } => {
            let guarded = sources.iter().any(|source| {
                source.starts_with("'nonce-")
                    || source.starts_with("'sha256-")
                    || *source == "'strict-dynamic'"
            });
            nonced(nonce)
                || has(&format!("'sha256-{hash}'"))
                || (has("'unsafe-inline'") && !guarded)
        }
        Script::From { nonce, .. } if nonced(nonce) => true,
        Script::From { added, .. } if has("'strict-dynamic'") => added,
        Script::From { host, .. } => sources.iter().any(|source| {
            let name = source.trim_start_matches("https://");
            let name = name.split('/').next().unwrap();
            match name.strip_prefix("*.") {
                _ if *source == "*" || *source == "https:" => true,
                Some(above) => host
                    .strip_suffix(above)
                    .is_some_and(|rest| rest.ends_with('.')),
                None => name == host || (*source == "'self'" && host == "site.example"),
            }
        }),
    }
}

fn sources() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "'self'",
        "'none'",
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'strict-dynamic'",
        "'nonce-a'",
        "'nonce-b'",
        "'sha256-theirs'",
        "'report-sample'",
        "https:",
        "*",
        "cdn.example",
        "*.evil.example",
        "https://www.clarity.ms",
    ]);
    prop::collection::vec(words, 0..5).prop_map(|words| words.join(" "))
}

fn header() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "default-src",
        "script-src",
        "script-src-elem",
        "style-src",
        "connect-src",
        "img-src",
        "form-action",
        "frame-src",
    ]);
    let directive = (names, sources()).prop_map(|(name, sources)| format!("{name} {sources}"));
    let policy = prop::collection::vec(directive, 1..5).prop_map(|parts| parts.join("; "));
    prop::collection::vec(policy, 1..3).prop_map(|policies| policies.join(", "))
}

/// Scripts that are none of ours, nor of anyone whom our sites declare.
const FOREIGN: &[Script<'_>] = &[
    Script::Inline {
        hash: "foreign",
        nonce: "",
    },
    Script::Inline {
        hash: "theirs",
        nonce: "",
    },
    Script::Inline {
        hash: "foreign",
        nonce: "a",
    },
    Script::Inline {
        hash: "foreign",
        nonce: "c",
    },
    Script::From {
        host: "evil.example",
        nonce: "",
        added: false,
    },
    Script::From {
        host: "www.evil.example",
        nonce: "",
        added: false,
    },
    Script::From {
        host: "cdn.example",
        nonce: "",
        added: true,
    },
    Script::From {
        host: "evil.example",
        nonce: "b",
        added: false,
    },
    Script::From {
        host: "site.example",
        nonce: "",
        added: false,
    },
    Script::From {
        host: "notclarity.ms",
        nonce: "",
        added: true,
    },
];

/// Everybody for whom a page is edited: asked, refusing, granting some, granting all.
const STATES: &[Option<&[&str]>] = &[
    None,
    Some(&[]),
    Some(&["analytics"]),
    Some(&["functional", "analytics", "marketing"]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_policy_lets_in_no_script_that_it_refused_and_isnt_ours(header in header()) {
        for id in ["tagged", "strict", "guarded", "closed"] {
            let site = site(id);
            for granted in STATES {
                let errand = ask(site, *granted).errand(site);
                let csp = ("content-security-policy", header.as_str());
                let merged = page(&errand, 200, &[HTML, csp], PAGE).0.unwrap_or_else(|| header.clone());
                let closes = id == "closed" && granted.is_some();
                for script in FOREIGN {
                    let (before, after) = (lets_in(&header, *script), lets_in(&merged, *script));
                    prop_assert!(before || !after, "{id} {granted:?} {script:?}\n{header}\n{merged}");
                    // Nor is anything taken away, but by a policy that is meant to.
                    prop_assert!(closes || before == after, "{id} {granted:?} {script:?}\n{header}\n{merged}");
                }
                // Who isn't granted, and of whom nothing of ours could come in at once, stays out.
                let clarity = Script::From { host: "www.clarity.ms", nonce: "", added: false };
                if matches!(granted, Some([])) || id == "guarded" {
                    prop_assert!(lets_in(&header, clarity) || !lets_in(&merged, clarity), "{id}\n{header}\n{merged}");
                }
                if closes && matches!(granted, Some([])) {
                    prop_assert!(!lets_in(&merged, clarity), "{merged}");
                }
            }
        }
    }
}

/// Each script that stands in the page gets in, by nonce, hash or host.
#[test]
fn what_we_put_in_gets_in() {
    for header in [
        "script-src 'nonce-a'",
        "script-src 'sha256-theirs'",
        "script-src 'nonce-a' 'strict-dynamic'",
        "script-src 'sha256-theirs' 'strict-dynamic'",
        "default-src 'none'",
        "script-src 'nonce-a', script-src 'nonce-b' 'self'",
        "default-src 'self' 'unsafe-inline', script-src 'none'",
    ] {
        for (id, granted) in [
            ("strict", None),
            ("strict", Some(&[][..])),
            ("strict", Some(&["analytics", "marketing"][..])),
            ("tagged", Some(&["analytics"][..])),
        ] {
            let site = site(id);
            let errand = ask(site, granted).errand(site);
            let csp = ("content-security-policy", header);
            let (merged, body) = page(&errand, 200, &[HTML, csp], PAGE);
            let merged = merged.unwrap_or_else(|| header.to_owned());
            let mut seen = 0;
            for element in body.split("<script").skip(1) {
                let (tag, rest) = element.split_once('>').unwrap();
                let (text, _) = rest.split_once("</script>").unwrap();
                let nonce = tag
                    .split_once("nonce=\"")
                    .map_or("", |(_, rest)| rest.split('"').next().unwrap());
                let script = match tag.split_once("src=\"https://") {
                    Some((_, rest)) => Script::From {
                        host: rest.split('/').next().unwrap(),
                        nonce,
                        added: false,
                    },
                    None => Script::Inline {
                        hash: &hash(text),
                        nonce,
                    },
                };
                assert!(
                    lets_in(&merged, script),
                    "{id} {script:?}\n{merged}\n<script{element}"
                );
                seen += 1;
            }
            assert!(seen > 0, "{id} {granted:?}");
        }
    }
}

fn hash(text: &str) -> String {
    use base64ct::{Base64, Encoding as _};
    use sha2::{Digest, Sha256};
    Base64::encode_string(&Sha256::digest(text.as_bytes()))
}
