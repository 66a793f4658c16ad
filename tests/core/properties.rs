//! What holds for any input whatever. `PROPTEST_CASES` asks for more of them.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::kit::{Ask, NOW, SITES, consent, digest, made, set_cookies, site};
use edge_consent::app::{Next, Reply};
use edge_consent::decision::{Decision, decide};
use edge_consent::origin::{Head, is_never_a_page};
use edge_consent::site::{NECESSARY, Site};
use edge_consent::visit::{Answer, Choice, Made, Method, Signal, Signals, decode};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;
use url::Url;

/// Failures become rows of their own, by hand.
fn config(cases: u32) -> Config {
    Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    }
}

fn any_site() -> impl Strategy<Value = &'static Site> {
    prop::sample::select(SITES.map(site).to_vec())
}

/// An answer to a site's categories: each current, stale or missing, with exceptions.
fn choice(site: &Site) -> impl Strategy<Value = Choice> + use<> {
    let digests: Vec<String> = site.optional().map(|own| own.digest.clone()).collect();
    let answer = (
        0..3u8,
        any::<bool>(),
        prop::collection::btree_set(0..6u16, 0..3),
    );
    let made = (
        NOW - 40_000_000..NOW + 1000,
        any::<(bool, bool)>(),
        prop::collection::vec(answer, digests.len()),
    )
        .prop_map(move |(at, (gpc, dnt), answers)| {
            let answers = digests.iter().zip(answers).filter_map(|(digest, answer)| {
                let (kind, granted, exceptions) = answer;
                let digest = match kind {
                    0 => digest.clone(),
                    1 => digest.chars().rev().collect(),
                    _ => return None,
                };
                Some(Answer {
                    digest,
                    granted,
                    exceptions: exceptions.into_iter().collect(),
                })
            });
            Made {
                at,
                gpc,
                dnt,
                answers: answers.collect(),
                receipt: None,
            }
        });
    prop_oneof![
        1 => Just(Choice::Unasked),
        1 => Just(Choice::Unreadable),
        8 => made.prop_map(Choice::Made),
    ]
}

fn signal() -> impl Strategy<Value = Signal> {
    prop::sample::select(vec![
        Signal::Absent,
        Signal::On,
        Signal::Off,
        Signal::Malformed,
    ])
}

/// Everything optional that a decision grants.
fn granted(site: &Site, decision: &Decision) -> BTreeSet<String> {
    let categories = site.optional().map(|own| own.id.as_str());
    let services = site.services.iter().filter(|own| own.category != NECESSARY);
    categories
        .filter(|id| decision.grants(site, id))
        .map(|id| format!("category {id}"))
        .chain(
            services
                .filter(|own| decision.grants_service(site, &own.id))
                .map(|own| format!("service {}", own.id)),
        )
        .collect()
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_signal_never_grants_more(
        (site, choice) in any_site().prop_flat_map(|site| (Just(site), choice(site))),
        gpc in signal(),
        dnt in signal(),
    ) {
        let with = decide(site, &choice, Signals { gpc, dnt }, NOW);
        for (gpc, dnt) in [(Signal::Off, dnt), (gpc, Signal::Off), (Signal::Off, Signal::Off)] {
            let without = decide(site, &choice, Signals { gpc, dnt }, NOW);
            prop_assert!(granted(site, &with).is_subset(&granted(site, &without)));
            prop_assert_eq!(with.decided, without.decided, "a signal is no answer");
        }
    }

    #[test]
    fn what_is_alike_comes_to_the_same_at_any_address(
        (site, choice) in any_site().prop_flat_map(|site| (Just(site), choice(site))),
        method in prop::sample::select(vec!["GET", "HEAD", "POST", "PUT", "DELETE"]),
        (dest, gpc, tags) in (
            prop::sample::select(vec![None, Some("document"), Some("iframe"), Some("image"), Some("empty")]),
            any::<bool>(),
            any::<bool>(),
        ),
    ) {
        let ask = |path: &str| {
            let mut ask = Ask::new(method, path).with("x-consent", "forged").with("cookie", "_ga=1; session=2");
            if let Choice::Made(made) = &choice { ask = ask.chose(made); }
            if let Some(dest) = dest { ask = ask.with("sec-fetch-dest", dest); }
            if gpc { ask = ask.with("sec-gpc", "1"); }
            if tags { ask = ask.with("if-none-match", "\"a\", W/\"b-consent-c\""); }
            ask
        };
        let endings = [
            &["/", "/write-to-us/send", "/write-to-us", "/a/b?lang=de&v=1.png", "/%63ontact"] as &[&str],
            &["/a.png", "/a/b.c.png?x=1.json"],
            &["/a.json", "/write-to-us/b.json"],
            &["/upload.html", "/a/b.html?c"],
        ];
        for paths in endings {
            let came = paths.iter().map(|path| match ask(path).begin(site) {
                Next::Origin(errand, due) => Some((errand, due.held)),
                _ => None,
            });
            let came = came.collect::<Vec<_>>();
            let alike = came.iter().flatten().find(|(errand, _)| errand.alike);
            prop_assert!(alike.is_some() || (dest, method) != (Some("image"), "GET"));
            let free = site.forms.is_empty() && !tags && !matches!(dest, None | Some("document"));
            prop_assert!(alike.is_some() || !free);
            let Some((alike, held)) = alike else { continue };
            prop_assert_eq!(held, &None);
            for (path, own) in paths.iter().zip(&came) {
                let own = own.as_ref().map(|(own, held)| (own.alike, own.may_edit(), &own.request, held));
                prop_assert_eq!(own, Some((true, alike.may_edit(), &alike.request, &None)), "{}", path);
            }
        }
    }

    #[test]
    fn what_is_never_a_page_passes_whatever_else_it_says(
        (site, choice) in any_site().prop_flat_map(|site| (Just(site), choice(site))),
        dest in prop::sample::select(vec![None, Some("document"), Some("iframe"), Some("empty"), Some("object")]),
        kind in prop::sample::select(vec![
            "application/json", "Text/Plain; charset=utf-16", "image/svg+xml", "text/html", "text/xml", "TEXT/HTML;a=b", "", "*/*",
            "image/png, text/html", "text", "svg+xml", "application/problem+json", "text/event-stream", "application/xhtml+xml", "unknown/unknown",
        ]),
        status in prop::sample::select(vec![200u16, 206, 302, 404, 500]),
        other in prop::sample::subsequence(vec![
            ("etag", "\"a\""), ("content-encoding", "zstd"), ("content-security-policy", "default-src 'none'"),
            ("content-disposition", "inline"), ("vary", "cookie"), ("x-content-type-options", "nosniff"),
        ], 0..6),
    ) {
        let mut ask = Ask::new("GET", "/a");
        if let Choice::Made(made) = &choice { ask = ask.chose(made); }
        if let Some(dest) = dest { ask = ask.with("sec-fetch-dest", dest); }
        let Next::Origin(errand, _) = ask.begin(site) else { panic!("it is the origin's") };
        let mut headers: Vec<_> = other.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        headers.push(("content-type".to_owned(), kind.to_owned()));
        let answer = errand.answer(&Head { status, headers: &headers, set_cookies: &Vec::new });
        if is_never_a_page(kind) {
            prop_assert!(answer.is_untouched() && answer.report.is_none());
        }
        let pages = ["text/html", "TEXT/HTML;a=b", "", "*/*", "text", "svg+xml", "text/xml", "image/svg+xml", "application/xhtml+xml", "unknown/unknown"];
        prop_assert_eq!(is_never_a_page(kind), !pages.contains(&kind));
    }

    #[test]
    fn time_never_grants_more(
        (site, choice) in any_site().prop_flat_map(|site| (Just(site), choice(site))),
        later in 0..100_000_000u64,
    ) {
        let signals = Signals { gpc: Signal::Absent, dnt: Signal::Absent };
        let now = decide(site, &choice, signals, NOW);
        let then = decide(site, &choice, signals, NOW + later);
        // An answer from the future is the only thing that can become readable.
        if !now.unreadable {
            prop_assert!(granted(site, &then).is_subset(&granted(site, &now)));
        }
    }

    #[test]
    fn taking_something_back_never_grants_more(
        (site, choice) in any_site().prop_flat_map(|site| (Just(site), choice(site))),
        keep in any::<u8>(),
        reset in any::<bool>(),
    ) {
        let ask = match &choice {
            Choice::Made(made) => Ask::new("POST", "/_privacy/choice").chose(made),
            _ => Ask::new("POST", "/_privacy/choice"),
        };
        let before = ask.decision(site);
        let mut body = if reset { String::new() } else { "decision=save&surface=preferences".to_owned() };
        for (index, category) in site.optional().enumerate() {
            if before.grants_all_of(site, &category.id) && keep & (1 << index) != 0 {
                body.push_str("&category=");
                body.push_str(&category.id);
            }
        }
        let mut ask = ask.with("content-type", "application/x-www-form-urlencoded").body(&body);
        if reset { ask.path = "/_privacy/reset".to_owned(); }
        let after = answered(site, &ask.reply(site));
        prop_assert!(granted(site, &after).is_subset(&granted(site, &before)), "{:?}", granted(site, &after));
    }

    #[test]
    fn one_never_leaves_the_site(path in return_to()) {
        let site = site("musictracker");
        let form = form_urlencoded::Serializer::new("decision=reject".to_owned()).append_pair("return_to", &path).finish();
        let reply = Ask::form("/_privacy/choice", &form).reply(site);
        let location = reply.header("location").unwrap();
        prop_assert!(location.is_ascii() && !location.contains(char::is_control), "{location:?}");
        let base = Url::parse("https://a.example/_privacy/choice").unwrap();
        let target = base.join(location).unwrap();
        prop_assert_eq!(target.origin(), base.origin(), "{:?} became {:?}", path, location);
    }
}

/// Paths, and what would like to pass for one.
fn return_to() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/",
        "//",
        "\\",
        "\t",
        "\n",
        "\r",
        ".",
        "..",
        "evil.example",
        "@",
        ":",
        "https:",
        "javascript:",
        "%2f",
        "%5c",
        "%0d%0a",
        "?",
        "#",
        " ",
        "\u{a0}",
        "\u{2028}",
        "\u{ff0f}",
        "\u{0}",
        "\u{85}",
        "a",
        "[",
        "]",
        "*",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        any::<String>().prop_map(|rest| format!("/{rest}")),
    ]
}

/// What holds once a visitor's browser has taken a reply's cookies.
fn answered(site: &Site, reply: &Reply) -> Decision {
    let signals = Signals {
        gpc: Signal::Absent,
        dnt: Signal::Absent,
    };
    let choice = consent(reply).map_or(Choice::Unasked, |value| {
        decode(&value).map_or(Choice::Unreadable, Choice::Made)
    });
    decide(site, &choice, signals, NOW)
}

/// Cookie headers: noise, noise with our name in it, and real ones that were damaged.
fn cookie_header() -> impl Strategy<Value = String> {
    let bytes =
        prop::collection::vec(any::<u8>(), 0..120).prop_map(|bytes| bytes_as_header(&bytes));
    let named = ("[ ;=,\"]{0,3}", "[!-~]{0,80}", "[ -~]{0,20}")
        .prop_map(|(before, value, rest)| format!("{before}cookie_consent={value};{rest}"));
    let grammar = "1~[0-9a-z]{0,8}~(g|d|gd)?~([yn][0-9a-f]{8}(x[0-9a-f]{1,3})?\\.?){0,3}~[0-9A-Z]{0,26}(~.{0,5})?"
        .prop_map(|value| format!("a=1; cookie_consent={value}"));
    prop_oneof![bytes, named, grammar]
}

/// As the runtime hands over bytes that are no UTF-8.
fn bytes_as_header(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn no_arbitrary_cookie_grants_or_panics() {
    let mut runner = TestRunner::new(config(10_000));
    runner
        .run(&(any_site(), cookie_header()), |(site, header)| {
            let ask = Ask::get("/").with("cookie", &header);
            prop_assert_eq!(
                granted(site, &ask.decision(site)),
                BTreeSet::new(),
                "{}",
                header
            );
            ask.errand(site);
            let state = Ask::get("/_privacy/state")
                .with("cookie", &header)
                .reply(site);
            prop_assert_eq!(state.status, 200);
            Ok(())
        })
        .unwrap();
}

/// What a body asks for, if it is a valid one: everything, or what `grants` lists.
#[derive(Debug, Clone)]
struct Body {
    kind: &'static str,
    text: Vec<u8>,
}

fn body() -> impl Strategy<Value = Body> {
    let key = prop::sample::select(vec![
        "decision",
        "category",
        "service",
        "return_to",
        "surface",
        "",
        "Decision",
        "categories",
    ]);
    let value = prop::sample::select(vec![
        "accept",
        "reject",
        "save",
        "",
        "necessary",
        "functional",
        "analytics",
        "marketing",
        "microsoft-clarity",
        "-microsoft-clarity",
        "google-analytics",
        "-theme-mode",
        "stripe",
        "--",
        "banner",
        "preferences",
        "//evil.example",
        "\u{0}",
        "%",
        "ä",
    ]);
    let form = prop::collection::vec((key, value), 0..6).prop_map(|pairs| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (key, value) in pairs {
            form.append_pair(key, value);
        }
        form.finish().into_bytes()
    });
    let scalar = prop::sample::select(vec![
        "true",
        "false",
        "null",
        "1",
        "\"accept\"",
        "\"save\"",
        "\"reject\"",
        "{}",
        "[]",
        "[\"accept\",{},{},null]",
        "{\"analytics\":true}",
        "{\"functional\":true,\"necessary\":false}",
        "{\"analytics\":true,\"analytics\":false}",
        "{\"analytics\":false,\"analytics\":true}",
        "{\"microsoft-clarity\":false}",
        "{\"nobody\":true}",
        "{\"analytics\":\"true\"}",
    ]);
    let json_key = prop::sample::select(vec![
        "decision",
        "categories",
        "services",
        "return_to",
        "surface",
        "__proto__",
    ]);
    let json = prop::collection::vec((json_key, scalar.clone()), 0..5).prop_map(|pairs| {
        let members: Vec<String> = pairs
            .iter()
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    let long = (16_000usize..17_000).prop_map(|length| vec![b'a'; length]);
    let text = prop_oneof![4 => form, 4 => json, 1 => scalar.prop_map(|text| text.as_bytes().to_vec()), 2 => noise, 1 => long];
    let kind = prop::sample::select(vec![
        FORM,
        JSON,
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
        ";",
        "application/jsonp",
    ]);
    let any = (kind, text).prop_map(|(kind, text)| Body { kind, text });
    prop_oneof![2 => any, 1 => well_formed()]
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A body that says something that can be done.
fn well_formed() -> impl Strategy<Value = Body> {
    let decision = prop::sample::select(vec!["accept", "reject", "save", "save", "save"]);
    let category = prop::sample::select(vec!["necessary", "functional", "analytics"]);
    let categories = prop::collection::btree_map(category, any::<bool>(), 0..3);
    (decision, categories, any::<bool>()).prop_map(|(decision, categories, form)| {
        if form {
            let granted = categories.iter().filter(|(_, granted)| **granted);
            let list: Vec<String> = granted.map(|(id, _)| format!("&category={id}")).collect();
            let text = format!("decision={decision}{}", list.concat()).into_bytes();
            Body { kind: FORM, text }
        } else {
            let text = serde_json::json!({ "decision": decision, "categories": categories });
            let text = text.to_string().into_bytes();
            Body { kind: JSON, text }
        }
    })
}

/// Whether a body may grant a category: a second reading of the contract, much simpler than the first.
fn may_grant(body: &Body, category: &str) -> bool {
    let kind = body.kind.to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default();
    if kind == "application/json" {
        let Ok(serde_json::Value::Object(sent)) =
            serde_json::from_slice::<serde_json::Value>(&body.text)
        else {
            return false;
        };
        let listed = sent
            .get("categories")
            .and_then(|list| list.get(category))
            .is_some_and(|value| value == true);
        return match sent.get("decision").and_then(|value| value.as_str()) {
            Some("accept") => true,
            Some("save") => listed,
            _ => false,
        };
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body.text).into_owned().collect();
    let has = |key: &str, value: &str| pairs.iter().any(|(k, v)| k == key && v == value);
    kind == "application/x-www-form-urlencoded"
        && (has("decision", "accept") || has("decision", "save") && has("category", category))
}

/// Contract, sections 3 and 5, and 404 for what there isn't.
const STATUSES: [u16; 8] = [200, 303, 400, 403, 413, 415, 422, 405];

#[test]
fn no_arbitrary_body_grants_what_it_does_not_ask_for() {
    let mut runner = TestRunner::new(config(10_000));
    let request = (
        any_site(),
        body(),
        prop::option::of(cookie_header()),
        prop::sample::select(vec![None, Some("application/json"), Some("text/html")]),
        prop::sample::select(vec![
            None,
            Some("same-origin"),
            Some("same-site"),
            Some("cross-site"),
            Some("none"),
            Some("x"),
        ]),
    );
    runner
        .run(&request, |(site, body, cookie, accept, fetch_site)| {
            let mut ask = Ask::new("POST", "/_privacy/choice").with("content-type", body.kind);
            ask.body.clone_from(&body.text);
            for (name, value) in [
                ("cookie", cookie.as_deref()),
                ("accept", accept),
                ("sec-fetch-site", fetch_site),
            ] {
                if let Some(value) = value {
                    ask = ask.with(name, value);
                }
            }
            let reply = ask.reply(site);
            prop_assert!(STATUSES.contains(&reply.status), "{}", reply.status);
            prop_assert!(reply.header("x-content-type-options") == Some("nosniff"));
            if reply.status >= 400 {
                prop_assert_eq!(set_cookies(&reply), Vec::<&str>::new());
                prop_assert_eq!(reply.writes.len(), 0);
                return Ok(());
            }
            prop_assert_ne!(fetch_site, Some("cross-site"));
            let after = answered(site, &reply);
            for category in site.optional() {
                let asked = may_grant(&body, &category.id);
                prop_assert!(
                    asked || !after.grants(site, &category.id),
                    "{:?} granted {}",
                    String::from_utf8_lossy(&body.text),
                    category.id
                );
            }
            Ok(())
        })
        .unwrap();
    // Enough of them must have been good ones, or this proves nothing.
    let mut samples = TestRunner::deterministic();
    let mut accepted = 0u32;
    for _ in 0..1000 {
        let body = body().new_tree(&mut samples).unwrap().current();
        accepted += u32::from(may_grant(&body, "analytics"));
    }
    assert!(accepted > 50, "{accepted}");
}

/// Beside reading noise, one has to see that a good cookie would have granted.
#[test]
fn a_good_cookie_grants() {
    let site = site("trackncloak");
    let made = made(site, &["functional"]);
    let decision = Ask::new("GET", "/").chose(&made).decision(site);
    assert_eq!(
        granted(site, &decision),
        BTreeSet::from(["category functional".to_owned()])
    );
    assert_eq!(digest(site, "functional").len(), 8);
    assert_eq!(Method::read("get"), Method::Other);
}
