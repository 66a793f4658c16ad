//! What an origin orders: an account is deleted.

use super::traffic::head;
use crate::kit::{Ask, EARLIER, MOMENT, TIME, made, site};
use edge_consent::app::Command;
use edge_consent::record::{Due, Write};
use edge_consent::site::{Pattern, Site, Storage};
use serde_json::{Value, json};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// What becomes of an answer that carries a command.
#[derive(Debug)]
struct Outcome {
    headers: Vec<(&'static str, Option<String>)>,
    set_cookies: Option<Vec<String>>,
    writes: Vec<Write>,
    ignored: Option<String>,
    erases: bool,
    forms: Vec<String>,
}

fn obey(site: &Site, ask: &Ask, status: u16, headers: Headers<'_>, erased: bool) -> Outcome {
    let errand = ask.errand(site);
    let origin = head(status, headers);
    let origin = origin.head();
    let mut answer = errand.answer(&origin);
    let command = Command::read(&errand, &origin);
    let incoming = ask.incoming();
    let writes = command.as_ref().map_or_else(Vec::new, |command| {
        let proof = command.obey(&mut answer, &origin, &incoming, erased, MOMENT);
        proof.into_iter().map(|proof| proof.record).collect()
    });
    Outcome {
        headers: answer.headers,
        set_cookies: answer.set_cookies,
        writes,
        ignored: command.as_ref().and_then(Command::ignored),
        forms: command
            .as_ref()
            .map_or_else(Vec::new, |command| command.forms().to_vec()),
        erases: command.is_some_and(|command| command.erases(&Due::default()).is_some()),
    }
}

impl Outcome {
    fn sent(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(own, _)| *own == name);
        let value = found.next()?.1.as_deref();
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    /// The names that are expired, each once.
    fn expired(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .set_cookies
            .iter()
            .flatten()
            .filter(|value| value.contains("; Max-Age=0"))
            .map(|value| value.split('=').next().unwrap())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

const ALL: [&str; 10] = [
    "_ga",
    "_gid",
    "auth-token",
    "cookie_consent",
    "csrf-token",
    "session-id",
    "theme-mode",
    "upload-history",
    "usage-stats",
    "user-preferences",
];

/// By any method, with any status and type, on redirects and on what isn't read.
#[test]
fn an_erasure_expires_all_that_is_declared_whatever_the_answer_is() {
    let site = site("balanced-mastering");
    let ask = Ask::form("/account/delete", "")
        .at("www.balancedmastering.com")
        .chose(&made(site, &["analytics"]));
    for (method, status, kind) in [
        ("POST", 303, "text/html"),
        ("POST", 200, "text/html; charset=utf-8"),
        ("GET", 200, "application/json"),
        ("DELETE", 204, "text/plain"),
        ("GET", 500, "text/html"),
        ("HEAD", 304, "text/html"),
    ] {
        let mut ask = ask.clone();
        ask.method = edge_consent::visit::Method::read(method);
        let headers = [("content-type", kind), ("x-consent-command", "erase")];
        let outcome = obey(site, &ask, status, &headers, true);
        let names = outcome.expired();
        for name in ALL {
            assert!(names.contains(&name), "{method} {status}: {name} {names:?}");
        }
        assert!(
            outcome
                .headers
                .iter()
                .any(|(name, value)| *name == "x-consent-command" && value.is_none()),
            "never sent on"
        );
        assert_eq!(outcome.sent("cache-control"), Some("no-store"));
        assert_eq!(outcome.sent("clear-site-data"), Some("\"cache\""));
        assert_eq!(outcome.ignored, None);
    }
}

#[test]
fn a_cookie_is_expired_for_each_domain_and_path_it_may_have_been_set_with() {
    let mut site = site("balanced-mastering").clone();
    let own = site
        .cookies
        .iter_mut()
        .find(|cookie| cookie.name == "csrf-token");
    own.unwrap().paths = vec!["/account".to_owned()];
    let ask = Ask::form("/account/delete", "").at("www.balancedmastering.com:8787");
    let outcome = obey(&site, &ask, 303, &[("x-consent-command", "ERASE")], true);
    let set = outcome.set_cookies.unwrap();
    let mine: Vec<&String> = set
        .iter()
        .filter(|value| value.starts_with("csrf-token="))
        .collect();
    let mut expected = Vec::new();
    for path in ["/", "/account"] {
        for domain in [
            "",
            "; Domain=www.balancedmastering.com",
            "; Domain=balancedmastering.com",
        ] {
            for partition in ["", "; Partitioned"] {
                expected.push(format!(
                    "csrf-token=; Path={path}; Secure; SameSite=Lax; Max-Age=0{domain}{partition}"
                ));
            }
        }
    }
    assert_eq!(mine, expected.iter().collect::<Vec<_>>());
}

/// Names that are declared by their beginning are only known from the request; others of the browser stay.
#[test]
fn what_is_not_declared_stays_and_patterns_are_filled_from_the_request() {
    let site = site("balanced-mastering");
    let ask = Ask::get("/goodbye").with(
        "cookie",
        "sb-abcd-auth-token=1; sb-abcd-auth-token.0=2; own=3; auth-token=4",
    );
    let outcome = obey(site, &ask, 200, &[("x-consent-command", "erase")], true);
    let names = outcome.expired();
    assert!(!names.contains(&"own"), "{names:?}");
    assert!(names.contains(&"sb-abcd-auth-token"), "{names:?}");
    assert!(names.contains(&"auth-token"));
}

#[test]
fn what_the_origin_sets_in_this_very_answer_is_set() {
    let site = site("balanced-mastering");
    let ask = Ask::form("/account/delete", "").chose(&made(site, &["functional", "analytics"]));
    let headers = [
        ("x-consent-command", "erase"),
        ("set-cookie", "session-id=new; Path=/; HttpOnly"),
        ("set-cookie", "theme-mode=dark; Path=/"),
        ("set-cookie", "cookie_consent=forged"),
    ];
    let outcome = obey(site, &ask, 303, &headers, true);
    let names = outcome.expired();
    assert!(!names.contains(&"session-id") && !names.contains(&"theme-mode"));
    assert!(names.contains(&"auth-token") && names.contains(&"cookie_consent"));
    let set = outcome.set_cookies.unwrap();
    assert_eq!(
        set.get(set.len() - 2..).unwrap(),
        [
            "session-id=new; Path=/; HttpOnly",
            "theme-mode=dark; Path=/"
        ]
    );
    assert!(!set.iter().any(|value| value.contains("forged")));
}

#[test]
fn an_erasure_alone_takes_a_yes_back_and_one_with_records_leaves_none() {
    let site = site("balanced-mastering");
    let yes = Ask::form("/x", "").chose(&made(site, &["analytics"]));
    let erase: Headers<'_> = &[("x-consent-command", "erase")];
    let outcome = obey(site, &yes, 200, erase, true);
    assert!(!outcome.erases);
    let record: Value = serde_json::from_str(&outcome.writes[0].value).unwrap();
    assert_eq!(
        (
            &json!(record["id"].as_str().unwrap().starts_with(TIME)),
            &record["decision"],
            &record["previous"]
        ),
        (&json!(true), &json!("withdraw"), &json!(EARLIER))
    );
    assert_eq!(record["surface"], json!("api"));
    for ask in [
        Ask::form("/x", ""),
        Ask::form("/x", "").chose(&made(site, &[])),
    ] {
        assert_eq!(obey(site, &ask, 200, erase, true).writes, []);
    }

    let both: Headers<'_> = &[("x-consent-command", " records,Erase ")];
    let outcome = obey(site, &yes, 200, both, true);
    assert_eq!((outcome.erases, outcome.writes.len()), (true, 0));
    assert!(outcome.expired().contains(&"cookie_consent"));

    // KV refused: the number stays, so that he can do it himself.
    let outcome = obey(site, &yes, 200, both, false);
    assert_eq!(outcome.writes, []);
    let names = outcome.expired();
    assert!(!names.contains(&"cookie_consent") && names.contains(&"auth-token"));
}

#[test]
fn only_the_origin_is_obeyed_and_only_words_that_are_known() {
    let site = site("balanced-mastering");
    let ask = Ask::get("/")
        .chose(&made(site, &["analytics"]))
        .with("x-consent-command", "erase, records");
    let html: Headers<'_> = &[("content-type", "text/html")];
    let outcome = obey(site, &ask, 200, html, true);
    assert_eq!((outcome.set_cookies, outcome.erases), (None, false));
    for (value, ignored) in [
        ("", ""),
        ("erased", "erased"),
        ("records", "records-without-erase"),
        ("explode, a@b.example, 192.0.2.1", "explode, abexample, "),
    ] {
        let outcome = obey(site, &ask, 200, &[("x-consent-command", value)], true);
        assert_eq!(outcome.ignored.as_deref(), Some(ignored), "{value}");
        assert_eq!((outcome.set_cookies, outcome.erases), (None, false));
        assert_eq!(outcome.writes, []);
        assert_eq!(outcome.headers, [("x-consent-command", None)]);
    }
    let outcome = obey(
        site,
        &ask,
        200,
        &[("x-consent-command", "erase, explode")],
        true,
    );
    assert_eq!(outcome.ignored.as_deref(), Some("explode"));
    assert!(outcome.expired().contains(&"auth-token"));
    // What a cache repeats was meant for somebody else.
    let cached: Headers<'_> = &[("x-consent-command", "erase"), ("cf-cache-status", "HIT")];
    let outcome = obey(site, &ask, 200, cached, true);
    assert_eq!(outcome.ignored.as_deref(), Some("from-a-cache"));
    assert_eq!(outcome.set_cookies, None);
}

#[test]
fn web_storage_is_cleared_where_something_in_it_is_declared() {
    let mut site = site("balanced-mastering").clone();
    let last = site.cookies.last_mut().unwrap();
    last.storage = Storage::LocalStorage;
    last.patterns = vec![Pattern("usage-stats".to_owned())];
    let ask = Ask::form("/x", "");
    let cleared = |headers: Headers<'_>| {
        let outcome = obey(&site, &ask, 200, headers, true);
        outcome.sent("clear-site-data").map(str::to_owned).unwrap()
    };
    assert_eq!(
        cleared(&[("x-consent-command", "erase")]),
        "\"cache\", \"storage\""
    );
    assert_eq!(
        cleared(&[
            ("x-consent-command", "erase"),
            ("clear-site-data", "\"cookies\", \"storage\"")
        ]),
        "\"cookies\", \"storage\", \"cache\""
    );
}

/// A site with nothing to choose has accounts, too.
#[test]
fn a_site_without_a_choice_is_obeyed_as_well() {
    let site = site("musicmuse");
    let ask = Ask::form("/account/delete", "").with("cookie", "mm_session=1");
    let outcome = obey(
        site,
        &ask,
        303,
        &[("x-consent-command", "erase, records")],
        true,
    );
    assert!(outcome.expired().contains(&"mm_session"));
    assert_eq!(outcome.writes, []);
}

/// Consents given with forms belong to no visitor's chain: the origin has their ids.
#[test]
fn consents_of_forms_are_erased_by_the_ids_that_the_origin_has() {
    let site = site("balanced-mastering");
    let ask = Ask::form("/account/delete", "").chose(&made(site, &["analytics"]));
    let order = |command: &str, ids: &str| {
        let headers = [("x-consent-command", command), ("x-consent-receipt", ids)];
        let outcome = obey(site, &ask, 303, &headers, true);
        let stays = |name: &str| {
            let mut own = outcome.headers.iter();
            own.any(|(own, value)| *own == name && value.is_none())
        };
        assert!(stays("x-consent-receipt") && stays("x-consent-command"));
        (outcome.forms, outcome.ignored)
    };
    let key = format!("form:balanced-mastering:2025-07-14:{EARLIER}");
    for ids in [
        EARLIER.to_owned(),
        format!("newsletter={EARLIER}"),
        format!(" , {EARLIER},"),
    ] {
        let (forms, ignored) = order("erase, records", &ids);
        let forms: Vec<&str> = forms
            .iter()
            .filter_map(|key| key.rsplit(':').next())
            .collect();
        assert_eq!((forms, ignored), (vec![EARLIER], None), "{ids}");
    }
    assert!(order("erase, records", EARLIER).0[0].starts_with(&key[..24]));
    let (forms, ignored) = order(
        "erase, records",
        &format!("x, {EARLIER}, receipt:a:b, <script>"),
    );
    assert_eq!(
        (forms.len(), ignored.as_deref()),
        (1, Some("3 of the receipts"))
    );
    let many = vec![EARLIER; 25].join(", ");
    let (forms, ignored) = order("erase, records", &many);
    assert_eq!(
        (forms.len(), ignored.as_deref()),
        (20, Some("5 of the receipts"))
    );
    // Only with the order that says so.
    for command in ["erase", "dance"] {
        let (forms, ignored) = order(command, EARLIER);
        assert!(
            forms.is_empty() && ignored.unwrap().contains("1 of the receipts"),
            "{command}"
        );
    }
}

/// And without any order it doesn't get to the browser either.
#[test]
fn an_origins_receipts_never_get_to_the_browser() {
    let site = site("balanced-mastering");
    let outcome = obey(
        site,
        &Ask::get("/account"),
        200,
        &[("x-consent-receipt", EARLIER)],
        true,
    );
    assert_eq!(outcome.headers[0], ("x-consent-receipt", None));
    assert!(outcome.forms.is_empty() && outcome.set_cookies.is_none());
}

#[test]
fn where_there_are_more_records_than_can_go_at_once_the_cookie_leads_to_the_rest() {
    let site = site("balanced-mastering");
    let before = made(site, &["analytics"]);
    let ask = Ask::form("/account/delete", "").chose(&before);
    let errand = ask.errand(site);
    let origin = head(303, &[("x-consent-command", "erase, records")]);
    let command = Command::read(&errand, &origin.head()).unwrap();
    let cookie = command.leads_on(EARLIER).unwrap();
    let after = edge_consent::visit::read(Some(cookie.split(';').next().unwrap()));
    let edge_consent::visit::Choice::Made(after) = after else {
        panic!("{cookie}")
    };
    assert_eq!(after.receipt.as_deref(), Some(EARLIER));
    assert_eq!(after.answers, before.answers);
}
