//! A visitor sees his records, takes them, and has them erased.

use crate::kit::{Ask, EARLIER, made, set_cookies, site};
use edge_consent::app::{Next, Receipts};
use edge_consent::site::Site;
use serde_json::{Value, json};

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
