//! What goes into KV, to the letter.

use crate::kit::{Ask, EARLIER, SITES, TIME, consent, id, made, site};
use edge_consent::app::Reply;
use edge_consent::record::Record;
use edge_consent::visit::decode;
use serde_json::{Value, json};

const CHOICE: &str = "/_privacy/choice";
/// 36 months of 30.44 days.
const RETENTION: u64 = 36 * 2_630_016;

fn record(reply: &Reply) -> Value {
    serde_json::from_str(&reply.writes[0].value).unwrap()
}

#[test]
fn a_record_and_its_notice_are_written_to_the_letter() {
    let site = site("balanced-mastering");
    let reply = Ask::form(
        CHOICE,
        "decision=save&category=analytics&service=-google-analytics&surface=preferences",
    )
    .with("dnt", "1")
    .with("user-agent", "Mozilla/5.0")
    .with("cf-connecting-ip", "192.0.2.1")
    .with("referer", "https://balancedmastering.com/secret")
    .reply(site);
    let ([written], Some(notice)) = (&reply.writes[..], &reply.notice) else {
        panic!("{:?}", reply.writes)
    };
    let id = id(&reply);
    assert!(id.starts_with(TIME) && id.len() == 26, "{id}");
    assert_eq!(
        written.key,
        format!("receipt:balanced-mastering:2026-11-22:{id}")
    );
    assert_eq!(written.ttl, RETENTION);
    let digest = notice
        .key
        .strip_prefix("notice:balanced-mastering:")
        .unwrap();
    assert!(
        digest.len() == 64
            && digest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    );
    assert_eq!(
        record(&reply),
        json!({
            "v": 1, "id": id, "previous": null, "site": "balanced-mastering",
            "at": "2026-11-22T10:00:00Z", "policy": site.version, "notice": digest, "language": "en",
            "surface": "preferences", "decision": "save",
            "categories": {"necessary": true, "functional": false, "analytics": true},
            "services": {"user-preferences": false, "theme-mode": false, "upload-history": false, "google-analytics": false, "usage-stats": true},
            "gpc": false, "dnt": true, "country": "DE", "expires": "2029-11-22T06:09:36Z", "salt": "123456789abcdef01234",
        })
    );
    let metadata = written.metadata.as_deref().unwrap();
    assert!(metadata.len() <= 1024);
    assert_eq!(
        serde_json::from_str::<Value>(metadata).unwrap(),
        json!({
            "d": "save", "c": ["analytics", "necessary"], "l": "en", "n": "DE", "p": site.version, "g": false, "o": true, "s": "preferences",
            "r": {
                "x": ["functional"], "e": ["usage-stats"], "f": ["google-analytics", "theme-mode", "upload-history", "user-preferences"],
                "b": digest, "q": null, "m": 36, "k": "123456789abcdef01234",
            },
        })
    );
    let record = Record::read(&written.value).unwrap();
    assert_eq!(record.id, id, "the id is a digest of the record");
    assert_eq!(record.json(), written.value, "and stands in it");
    for secret in [
        "Mozilla",
        "192.0.2.1",
        "secret",
        "https://balancedmastering.com",
    ] {
        assert!(
            !format!("{written:?} {notice:?}").contains(secret),
            "{secret}"
        );
    }
}

#[test]
fn a_notice_holds_what_was_shown_and_outlives_the_record() {
    for id in SITES {
        let site = site(id);
        if !site.has_choice() {
            continue;
        }
        let mut digests = Vec::new();
        for language in &site.languages {
            let reply = Ask::form(CHOICE, "decision=accept")
                .with("accept-language", language)
                .reply(site);
            assert_eq!(record(&reply)["language"], json!(language));
            let notice = reply.notice.as_ref().unwrap();
            assert!(notice.ttl > reply.writes[0].ttl);
            let shown: Value = serde_json::from_str(&notice.value).unwrap();
            assert_eq!(
                (&shown["site"], &shown["policy"], &shown["language"]),
                (&json!(id), &json!(site.version), &json!(language))
            );
            let text = shown["text"].as_str().unwrap();
            assert!(!text.contains('{') && !text.is_empty());
            let categories = shown["categories"].as_array().unwrap();
            assert_eq!(categories.len(), site.categories.len());
            for (shown, declared) in categories.iter().zip(&site.categories) {
                assert_eq!(shown["id"], json!(declared.id));
                assert_eq!(shown["purpose"], json!(declared.purpose.get(language)));
                assert_eq!(
                    shown["cookies"].as_array().unwrap().len(),
                    site.cookies_in(&declared.id).count()
                );
                assert_eq!(
                    shown["services"].as_array().unwrap().len(),
                    site.services_in(&declared.id).count()
                );
            }
            digests.push(notice.key.clone());
        }
        digests.dedup();
        assert_eq!(digests.len(), site.languages.len(), "{id}: one notice each");
    }
}

#[test]
fn a_yes_is_a_chain_and_a_no_ends_it() {
    let site = site("musictracker");
    let first = Ask::form(CHOICE, "decision=accept").reply(site);
    assert_eq!(record(&first)["previous"], Value::Null);
    let before = made(site, &["analytics"]);
    let again = Ask::form(CHOICE, "decision=accept")
        .chose(&before)
        .reply(site);
    assert_eq!(
        (&record(&again)["previous"], &record(&again)["decision"]),
        (&json!(EARLIER), &json!("accept"))
    );
    assert_eq!(
        decode(&consent(&again).unwrap())
            .unwrap()
            .receipt
            .as_deref(),
        Some(id(&again).as_str())
    );

    for (name, ask) in [
        ("refused", Ask::form(CHOICE, "decision=reject")),
        (
            "saved nothing",
            Ask::form(CHOICE, "decision=save&surface=preferences"),
        ),
        ("reset", Ask::form("/_privacy/reset", "")),
    ] {
        let reply = ask.chose(&before).reply(site);
        let record = record(&reply);
        assert_eq!(
            (&record["decision"], &record["previous"]),
            (&json!("withdraw"), &json!(EARLIER)),
            "{name}"
        );
        assert_eq!(
            record["categories"],
            json!({"necessary": true, "analytics": false})
        );
        let kept = consent(&reply)
            .and_then(|value| decode(&value))
            .and_then(|made| made.receipt);
        assert_eq!(kept, None, "{name}");
    }
}

#[test]
fn a_first_no_is_counted_and_tied_to_nobody() {
    let mut site = site("musictracker").clone();
    let refuse = Ask::form(CHOICE, "decision=reject");
    let reply = refuse.reply(&site);
    assert_eq!(
        (&record(&reply)["decision"], &record(&reply)["previous"]),
        (&json!("reject"), &Value::Null)
    );
    assert!(!consent(&reply).unwrap().contains(TIME));
    let again = refuse.clone().chose(&made(&site, &[])).reply(&site);
    assert_eq!(
        (&record(&again)["decision"], &record(&again)["previous"]),
        (&json!("reject"), &Value::Null)
    );
    assert_eq!(
        Ask::form("/_privacy/reset", "")
            .chose(&made(&site, &[]))
            .reply(&site)
            .writes,
        []
    );
    assert_eq!(Ask::form("/_privacy/reset", "").reply(&site).writes, []);

    site.records.refusals = false;
    assert_eq!(refuse.reply(&site).writes, []);
    assert_eq!(Ask::form(CHOICE, "decision=save").reply(&site).writes, []);
    let withdrawn = refuse.chose(&made(&site, &["analytics"])).reply(&site);
    assert_eq!(
        record(&withdrawn)["decision"],
        json!("withdraw"),
        "proof of a withdrawal is no statistic"
    );
    assert_eq!(
        Ask::form(CHOICE, "decision=accept")
            .reply(&site)
            .writes
            .len(),
        1
    );
}

/// A cookie that nobody of ours wrote: nothing granted, and yet an id.
#[test]
fn a_no_never_names_a_record_before_it() {
    let site = site("musictracker");
    let mut forged = made(site, &[]);
    forged.receipt = Some(EARLIER.to_owned());
    let reply = Ask::form(CHOICE, "decision=reject")
        .chose(&forged)
        .reply(site);
    assert_eq!(
        (&record(&reply)["decision"], &record(&reply)["previous"]),
        (&json!("reject"), &Value::Null)
    );
}

#[test]
fn records_follow_where_and_for_how_long_a_site_says() {
    let mut site = site("trackncloak").clone();
    site.records.months = 120;
    for (surface, ask) in [
        (
            "banner",
            Ask::form(CHOICE, "decision=accept&surface=banner"),
        ),
        ("banner", Ask::form(CHOICE, "decision=accept&surface=api")),
        (
            "preferences",
            Ask::form(CHOICE, "decision=accept&surface=preferences"),
        ),
        ("api", Ask::json(CHOICE, r#"{"decision":"accept"}"#)),
    ] {
        let reply = ask.with("sec-gpc", "1").reply(&site);
        let record = record(&reply);
        assert_eq!(
            (&record["surface"], &record["gpc"]),
            (&json!(surface), &json!(true))
        );
        assert_eq!(reply.writes[0].ttl, 120 * 2_630_016);
    }
}

#[test]
fn an_erasure_leaves_no_record_of_itself() {
    let site = site("musictracker");
    let reply = Ask::form("/_privacy/erase", "")
        .chose(&made(site, &["analytics"]))
        .reply(site);
    assert_eq!((reply.status, reply.writes.len()), (303, 0));
    assert_eq!(consent(&reply), None);
}
