//! A visitor sees his records, takes them, and has them erased.

use crate::kit::{Ask, EARLIER, NOW, consent, made, set_cookies, site};
use edge_consent::app::{Next, Receipts};
use edge_consent::record::owed;
use edge_consent::site::Site;
use edge_consent::visit::{Made, decode};
use serde_json::{Value, json};
use ulid::Ulid;

/// Of the record before [`EARLIER`].
const ID: &str = "01JZ0000000000000000000001";
const DIGEST: &str = "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff";

fn record(id: &str, previous: Option<&str>, decision: &str) -> Value {
    json!({
        "v": 1, "id": id, "previous": previous, "site": "trackncloak", "at": "2026-11-21T09:08:07Z",
        "policy": "3f9a1c0e5b7d2a48", "notice": DIGEST, "language": "en", "surface": "preferences", "decision": decision,
        "categories": {"necessary": true, "functional": decision != "reject", "analytics": false, "gone": true},
        "services": {"microsoft-clarity": true}, "gpc": true, "dnt": false, "country": "DE",
        "expires": "2029-11-21T09:08:07Z",
    })
}

/// What is asked for, with KV holding two records.
fn read<'a>(site: &'a Site, address: &str) -> Box<Receipts<'a>> {
    let ask = Ask::get(address).chose(&made(site, &["analytics"]));
    let Next::Records(mut receipts) = ask.begin(site) else {
        panic!("{address} reads no records")
    };
    for value in [
        record(EARLIER, Some(ID), "accept"),
        record(ID, None, "withdraw"),
    ] {
        assert!(receipts.chain.key().is_some());
        receipts.chain.take(Some(&value.to_string()));
    }
    receipts
}

#[test]
fn records_are_shown_in_plain_words_in_every_language() {
    let site = site("trackncloak");
    for language in &site.languages {
        let page = read(site, &format!("/_privacy/records?lang={language}")).finish();
        assert_eq!(
            (page.status, page.header("cache-control")),
            (200, Some("no-store"))
        );
        for part in [
            EARLIER,
            ID,
            "09:08 UTC",
            "3f9a1c0e5b7d2a48",
            "DE",
            "gone",
            "/_privacy/receipts?download",
            "/_privacy/records?erase",
        ] {
            assert!(page.body.contains(part), "{language}: {part}");
        }
        assert!(!page.body.contains("<script"));
    }
    let page = read(site, "/_privacy/records").finish().body;
    for part in [
        "You accepted everything.",
        "You withdrew your consent.",
        "November 21, 2026",
        "Kept until November 21, 2029.",
        "Asked in the cookie settings in English, policy version 3f9a1c0e5b7d2a48.",
        "Functional: <strong>On</strong>",
        "Analytics: <strong>Off</strong>",
        "Global Privacy Control (GPC): <strong>On</strong>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn the_notice_is_shown_on_request_and_only_one_that_is_cited() {
    let site = site("trackncloak");
    assert_eq!(read(site, "/_privacy/records").notice(), None);
    assert_eq!(read(site, "/_privacy/records?notice=x").notice(), None);
    assert_eq!(
        read(site, &format!("/_privacy/receipts?notice={DIGEST}")).notice(),
        None
    );
    let mut receipts = read(site, &format!("/_privacy/records?notice={DIGEST}"));
    assert_eq!(
        receipts.notice(),
        Some(format!("notice:trackncloak:{DIGEST}"))
    );
    let notice = json!({
        "language": "en", "title": "A title <", "text": "A text.", "third_parties": "Somebody.", "buttons": ["Yes", "No", "More"],
        "categories": [{"name": "Analytics", "purpose": "Counts.", "cookies": [{"name": "_c", "purpose": "Tells.", "duration": "1 year"}], "services": []}],
    });
    receipts.show(Some(&notice.to_string()));
    let page = receipts.finish().body;
    for part in [
        "A title &lt;",
        "A text. Somebody.",
        "[Yes] [No] [More] ",
        "Counts.",
        "_c · 1 year: Tells.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // What isn't there, or isn't ours, is not shown.
    for value in [None, Some("not JSON")] {
        receipts.show(value);
        assert!(!receipts.finish().body.contains("A title"));
    }
}

#[test]
fn a_failure_is_said_and_nothing_is_called_empty() {
    let site = site("trackncloak");
    for (address, accept, kind) in [
        ("/_privacy/records", "text/html", "text/html; charset=utf-8"),
        (
            "/_privacy/receipts",
            "text/html",
            "text/html; charset=utf-8",
        ),
        ("/_privacy/receipts", "*/*", "application/problem+json"),
    ] {
        let ask = Ask::get(address)
            .with("accept", accept)
            .chose(&made(site, &["analytics"]));
        let Next::Records(receipts) = ask.begin(site) else {
            panic!("{address}")
        };
        let reply = receipts.failed();
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (503, Some("30"))
        );
        assert!(
            reply.header("content-type").unwrap().starts_with(kind),
            "{address} {accept}"
        );
        assert!(reply.body.contains("could not be read"));
    }
    let none = Ask::get("/_privacy/records").reply(site).body;
    assert!(none.contains("There are no records") && !none.contains("?erase"));
}

#[test]
fn an_erasure_is_asked_about_first() {
    let site = site("trackncloak");
    let page = Ask::get("/_privacy/records?erase")
        .chose(&made(site, &["analytics"]))
        .reply(site);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("action=\"/_privacy/erase\"") && page.body.contains("undone"));
    let body = "return_to=%2F_privacy%2Frecords%3Ferased";
    let done = Ask::form("/_privacy/erase", body)
        .chose(&made(site, &["analytics"]))
        .reply(site);
    assert_eq!(
        (done.status, done.header("location")),
        (303, Some("/_privacy/records?erased"))
    );
    assert!(!set_cookies(&done).is_empty());
    let after = Ask::get("/_privacy/records?erased").reply(site).body;
    assert!(after.contains("Your records are erased."));
    assert_eq!(Ask::form("/_privacy/records", "").reply(site).status, 405);
    assert_eq!(Ask::get("/_privacy/erase").reply(site).status, 405);
}

/// A browser that has answered while KV took nothing.
fn pending(site: &Site) -> (String, String, String) {
    let before = made(site, &["analytics"]);
    let reply = Ask::form(
        "/_privacy/choice",
        "decision=save&category=functional&surface=preferences",
    )
    .chose(&before)
    .reply(site);
    let held = owed(&reply.writes, 0, None).unwrap();
    let pair = |cookie: &str| cookie.split(';').next().unwrap().to_owned();
    let own = set_cookies(&reply)
        .into_iter()
        .find(|cookie| cookie.starts_with("cookie_consent="));
    let cookies = format!("{}; {}", pair(own.unwrap()), pair(&held));
    let write = reply.writes.last().unwrap();
    (cookies, write.key.clone(), write.value.clone())
}

#[test]
fn what_only_the_browser_holds_is_shown_and_goes_with_the_rest() {
    let site = site("trackncloak");
    let (cookies, key, value) = pending(site);
    let records = |kv: Option<&str>| {
        let ask = Ask::get("/_privacy/receipts").with("cookie", &cookies);
        let Next::Records(mut receipts) = ask.begin(site) else {
            panic!()
        };
        while let Some(asked) = receipts.chain.key() {
            let earlier = asked
                .ends_with(EARLIER)
                .then(|| record(EARLIER, None, "accept").to_string());
            let own = (asked == key).then_some(kv).flatten().map(str::to_owned);
            receipts.chain.take(own.or(earlier).as_deref());
        }
        let reply = receipts.finish();
        let all: Vec<Value> = serde_json::from_str(&reply.body).unwrap();
        all
    };
    let held: Value = serde_json::from_str(&value).unwrap();
    for kv in [None, Some(value.as_str())] {
        let shown = records(kv);
        assert_eq!(shown.len(), 2, "once, whether KV has it or hides it");
        assert_eq!(shown[0], held, "newest first");
        assert_eq!(shown[1]["id"], EARLIER);
    }
    // What KV says goes before what a browser says.
    let other = json!({"id": held["id"], "previous": null});
    assert_eq!(records(Some(&other.to_string()))[0], other);

    let ask = Ask::form("/_privacy/erase", "").with("cookie", &cookies);
    let Next::Body(erasing) = ask.begin(site) else {
        panic!()
    };
    let mut chain = erasing.erases(NOW).unwrap();
    while chain.key().is_some() {
        chain.take(None);
    }
    assert_eq!(chain.keys(), [key], "in case that KV only hides it");
}

#[test]
fn more_records_than_go_at_once_stay_within_reach() {
    let site = site("trackncloak");
    let before = made(site, &["analytics"]);
    let body = "return_to=%2F_privacy%2Frecords%3Ferased";
    let ask = Ask::form("/_privacy/erase", body).chose(&before);
    let Next::Body(erasing) = ask.begin(site) else {
        panic!()
    };
    let mut chain = erasing.erases(NOW).unwrap();
    let id = |number: u64| Ulid::from_parts((NOW - number) * 1000, 1).to_string();
    let mut read = 0;
    while chain.key().is_some() {
        read += 1;
        chain.take(Some(&record(EARLIER, Some(&id(read)), "save").to_string()));
    }
    let rest = id(read);
    assert_eq!((read, chain.rest()), (300, Some(rest.as_str())));
    let reply = erasing.erases_on(&ask.body, &rest).unwrap();
    assert_eq!(
        (
            reply.status,
            reply.header("location"),
            reply.header("cache-control")
        ),
        (303, Some("/_privacy/records?erased"), Some("no-store"))
    );
    assert!(reply.writes.is_empty(), "nothing names what was erased");
    let after = decode(&consent(&reply).unwrap()).unwrap();
    assert_eq!(
        (after.receipt, after.answers),
        (Some(rest.clone()), before.answers.clone())
    );
    // The page that he comes to shows the rest, and how to go on.
    let ask = Ask::get("/_privacy/records?erased").chose(&Made {
        receipt: Some(rest),
        ..before
    });
    let Next::Records(mut receipts) = ask.begin(site) else {
        panic!()
    };
    receipts
        .chain
        .take(Some(&record(ID, None, "accept").to_string()));
    let page = receipts.finish().body;
    assert!(
        page.contains(ID)
            && page.contains("/_privacy/records?erase\"")
            && !page.contains("are erased")
    );
}
