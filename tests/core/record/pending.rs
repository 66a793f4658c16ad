//! What a browser holds until KV has taken it.

use super::{CHOICE, answer};
use crate::kit::{Ask, DAY, EARLIER, MOMENT, NOW, SITES, consent, made, set_cookies, site};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use edge_consent::app::{Moment, Next, Reply};
use edge_consent::record::{Due, Record, owed};
use edge_consent::site::Site;
use edge_consent::visit::{PENDING, decode};
use proptest::prelude::*;
use serde_json::{Value, json};

const TAIL: &str = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000";

fn value(cookie: &str) -> &str {
    let (name, rest) = cookie.split_once('=').unwrap();
    assert_eq!((name, rest.ends_with(TAIL)), (PENDING, true), "{cookie}");
    rest.split(';').next().unwrap()
}

/// The cookie that is left when KV takes nothing.
fn failed(reply: &Reply) -> String {
    let cookie = owed(&reply.writes, 0, reply.held.as_deref()).expect("something is owed");
    value(&cookie).to_owned()
}

#[test]
fn a_later_request_writes_the_same_bytes_under_the_same_key() {
    for id in SITES.into_iter().filter(|id| site(id).has_choice()) {
        let site = site(id);
        for body in [
            "decision=accept",
            "decision=reject",
            "decision=save&category=analytics&surface=preferences",
        ] {
            let first = answer(site, body, 0, 7);
            let held = owed(std::slice::from_ref(&first), 0, None).unwrap();
            let due = Due::read(site, Some(value(&held)), NOW + 60);
            let [again] = &due.writes[..] else {
                panic!("{due:?}")
            };
            assert_eq!((&again.key, &again.value), (&first.key, &first.value));
            assert_eq!(
                again.ttl,
                first.ttl - 60,
                "{id}: it expires when it would have"
            );
            assert!(
                again.metadata.as_ref().unwrap().contains("\"t\":true"),
                "its time came by way of a browser"
            );
            assert_eq!(
                owed(&due.writes, 1, due.held.as_deref()),
                Some(format!(
                    "{PENDING}=; Path=/; Secure; SameSite=Lax; Max-Age=0"
                ))
            );
            assert_eq!(
                owed(&due.writes, 0, due.held.as_deref()),
                None,
                "the browser has it right"
            );
        }
    }
}

#[test]
fn after_its_day_is_over_the_day_is_marked_first() {
    let site = site("musictracker");
    let first = answer(site, "decision=accept", 0, 7);
    let held = owed(&[first], 0, None).unwrap();
    let due = |now| Due::read(site, Some(value(&held)), now).writes;
    let [mark, record] = &due(NOW + DAY)[..] else {
        panic!()
    };
    assert!(
        mark.key.starts_with("mend:musictracker:2026-11-22:late:")
            && record.key.starts_with("receipt:")
    );
    assert_eq!(
        due(NOW + 2 * DAY)[0].key,
        mark.key,
        "once, however often it is tried"
    );
    assert_eq!(
        owed(&due(NOW + DAY), 1, None).as_deref(),
        Some(held.as_str()),
        "the record failed"
    );
    assert_eq!(due(NOW + 31 * DAY), [], "thirty days are the end of it");
    assert_eq!(due(NOW - 3600), [], "and nobody answers tomorrow");
}

#[test]
fn every_request_for_a_page_or_to_us_carries_it_on() {
    let site = site("musictracker");
    let held = failed(&Ask::form(CHOICE, "decision=reject").reply(site));
    let cookie = format!("{PENDING}={held}");
    let due = |ask: Ask| match ask.with("cookie", &cookie).begin(site) {
        Next::Origin(_, due) => due.writes.len(),
        Next::Reply(reply) => reply.writes.len(),
        _ => panic!(),
    };
    assert_eq!(due(Ask::get("/")), 1);
    assert_eq!(due(Ask::get("/_privacy/")), 1);
    assert_eq!(due(Ask::get("/_privacy/state")), 1);
    assert_eq!(due(Ask::get("/cookie-policy")), 1);
    assert_eq!(due(Ask::get("/a.png")), 0);
    assert_eq!(due(Ask::get("/x").with("sec-fetch-dest", "image")), 0);
    let errand = Ask::get("/")
        .with("cookie", &format!("a=1; {cookie}"))
        .errand(site);
    assert!(
        errand.request.contains(&("cookie", Some("a=1".to_owned()))),
        "the origin never sees it: {:?}",
        errand.request
    );
    let mut reply = Ask::get("/_privacy/").with("cookie", &cookie).reply(site);
    reply.wait();
    assert_eq!(owed(&reply.writes, 0, reply.held.as_deref()), None);
}

#[test]
fn who_changes_his_mind_meanwhile_has_both_written() {
    let site = site("musictracker");
    let first = Ask::form(CHOICE, "decision=accept").reply(site);
    let held = failed(&first);
    let cookie = format!(
        "cookie_consent={}; {PENDING}={held}",
        consent(&first).unwrap()
    );
    let second = Ask::form(CHOICE, "decision=reject")
        .with("cookie", &cookie)
        .reply(site);
    assert_eq!(second.writes.len(), 2);
    assert_eq!(second.writes[0].value, first.writes[0].value);
    let record: Value = serde_json::from_str(&second.writes[1].value).unwrap();
    assert_eq!(
        (&record["decision"], &record["previous"]),
        (&json!("withdraw"), &json!(crate::kit::id(&first)))
    );
    let both = failed(&second);
    assert!(both.starts_with(&held) && both.contains('.'));
    assert_eq!(Due::read(site, Some(&both), NOW).writes.len(), 2);
    // The first came through, the second didn't.
    let one = owed(&second.writes, 1, second.held.as_deref()).unwrap();
    assert_eq!(both, format!("{held}.{}", value(&one)));
    // An erasure needs none of them.
    let erased = Ask::form("/_privacy/erase", "")
        .with("cookie", &cookie)
        .reply(site);
    assert_eq!(erased.writes, []);
    assert!(
        set_cookies(&erased)
            .contains(&format!("{PENDING}=; Path=/; Secure; SameSite=Lax; Max-Age=0").as_str())
    );
}

#[test]
fn an_erasure_finds_records_behind_one_that_never_came() {
    let site = site("musictracker");
    let before = made(site, &["analytics"]);
    let second = Ask::form(
        CHOICE,
        "decision=save&category=analytics&surface=preferences",
    )
    .with("sec-gpc", "1")
    .chose(&before)
    .reply(site);
    let cookie = format!(
        "cookie_consent={}; {PENDING}={}",
        consent(&second).unwrap(),
        failed(&second)
    );
    let Next::Body(pending) = Ask::form("/_privacy/erase", "")
        .with("cookie", &cookie)
        .begin(site)
    else {
        panic!()
    };
    let mut chain = pending.erases(NOW).unwrap();
    let mut asked = Vec::new();
    while let Some(key) = chain.key() {
        let earlier = key.ends_with(EARLIER);
        asked.push(key);
        chain.take(
            earlier
                .then(|| format!("{{\"id\":\"{EARLIER}\",\"previous\":null}}"))
                .as_deref(),
        );
    }
    assert!(
        asked
            .iter()
            .any(|key| key.ends_with(&crate::kit::id(&second)))
    );
    // The one that never came is his as well: where KV only hides it, it goes, too.
    let ids: Vec<&str> = chain
        .keys()
        .iter()
        .filter_map(|key| key.rsplit(':').next())
        .collect();
    assert_eq!(
        ids,
        [crate::kit::id(&second).as_str(), EARLIER],
        "{asked:?}"
    );
}

#[test]
fn a_limited_visitor_may_always_refuse() {
    let site = site("musictracker");
    let finish = |ask: &Ask| {
        let Next::Body(pending) = ask.begin(site) else {
            panic!()
        };
        pending.finish(
            Some(&ask.body),
            Moment {
                limited: true,
                ..MOMENT
            },
        )
    };
    for (status, ask) in [
        (429, Ask::form(CHOICE, "decision=accept")),
        (
            429,
            Ask::json(
                CHOICE,
                r#"{"decision":"save","categories":{"analytics":true}}"#,
            ),
        ),
    ] {
        let reply = finish(&ask);
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (status, Some("60"))
        );
        assert_eq!((set_cookies(&reply).len(), reply.writes.len()), (0, 0));
    }
    for ask in [
        Ask::form(CHOICE, "decision=reject"),
        Ask::form(CHOICE, "decision=reject").chose(&made(site, &["analytics"])),
        Ask::form("/_privacy/reset", "").chose(&made(site, &["analytics"])),
    ] {
        let reply = finish(&ask);
        assert_eq!(
            (reply.status, reply.writes.len()),
            (303, 0),
            "KV isn't asked"
        );
        let cookies = set_cookies(&reply);
        let pending = cookies
            .iter()
            .find(|cookie| cookie.starts_with(PENDING))
            .expect("its record waits");
        assert_eq!(Due::read(site, Some(value(pending)), NOW).writes.len(), 1);
        assert!(consent(&reply).is_none_or(|value| !decode(&value).unwrap().grants()));
    }
}

#[test]
fn the_same_answer_again_writes_nothing() {
    let site = site("balanced-mastering");
    for body in [
        "decision=accept",
        "decision=reject",
        "decision=save&category=analytics&service=-google-analytics&surface=preferences",
    ] {
        let first = Ask::form(CHOICE, body).reply(site);
        let cookie = consent(&first).unwrap();
        let again = |at: u64, ask: Ask| {
            let ask = ask.with("cookie", &format!("cookie_consent={cookie}"));
            let Next::Body(pending) = ask.begin(site) else {
                panic!()
            };
            pending.finish(
                Some(&ask.body),
                Moment {
                    now: (NOW + at) * 1000,
                    random: 5,
                    limited: false,
                },
            )
        };
        let second = again(60, Ask::form(CHOICE, body));
        assert_eq!(
            (second.status, second.writes.len(), second.notice.is_none()),
            (303, 0, true),
            "{body}"
        );
        assert_eq!(
            consent(&second).as_deref(),
            Some(cookie.as_str()),
            "{body}: he answered when he did"
        );
        assert_eq!(
            again(2 * DAY, Ask::form(CHOICE, body)).writes.len(),
            1,
            "{body}: days later it is a new one"
        );
        assert_eq!(
            again(60, Ask::form(CHOICE, body).with("sec-gpc", "1"))
                .writes
                .len(),
            1,
            "{body}: with a signal it is another"
        );
    }
}

/// What a forger could send: each of these is no record that an answer could have left.
#[test]
fn what_no_answer_could_have_left_is_dropped() {
    let site = site("musictracker");
    let held = failed(&Ask::form(CHOICE, "decision=accept").reply(site));
    let (at, text) = held.split_once('~').unwrap();
    let text = String::from_utf8(Base64UrlUnpadded::decode_vec(text).unwrap()).unwrap();
    let read = |at: &str, text: &str| {
        let item = format!("{at}~{}", Base64UrlUnpadded::encode_string(text.as_bytes()));
        Due::read(site, Some(&item), NOW).writes.len()
    };
    assert_eq!(read(at, &text), 1);
    for (from, to) in [
        ("\"accept\"", "\"reject\""),
        ("\"accept\"", "\"maybe\""),
        ("[\"analytics\",\"necessary\"]", "[\"analytics\"]"),
        (
            "[\"analytics\",\"necessary\"]",
            "[\"analytics\",\"necessary\",\"necessary\"]",
        ),
        (
            "[\"analytics\",\"necessary\"]",
            "[\"marketing\",\"necessary\"]",
        ),
        ("[\"microsoft-clarity\"]", "[]"),
        ("\"DE\"", "\"Mozilla/5.0\""),
        ("\"en\"", "\"me@example.com\""),
        (site.version.as_str(), "https://a.example"),
        ("\"m\":36", "\"m\":1200"),
        ("\"q\":null", "\"q\":\"192.0.2.1\""),
        ("\"k\":\"", "\"k\":\"x"),
        ("\"b\":\"", "\"b\":\"x"),
        ("\"m\":36", "\"m\":36,\"z\":1"),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(read(at, &text.replacen(from, to, 1)), 0, "{from} → {to}");
    }
    for at in ["", "x", "-1", "99999999999999999999", "1e3"] {
        assert_eq!(read(at, &text), 0, "{at}");
    }
    // An earlier policy can't be looked up any more: its names have only to look like names.
    let older = text.replacen(&site.version, "0123456789abcdef", 1);
    assert_eq!(read(at, &older), 1);
    assert_eq!(
        read(at, &older.replacen("microsoft-clarity", "a@b.example", 1)),
        0
    );
}

fn stored(site: &Site, held: &str) -> Vec<Record> {
    let due = Due::read(site, Some(held), NOW);
    due.writes
        .iter()
        .filter(|write| write.owed.is_some())
        .map(|write| Record::read(&write.value).expect("a record that proves itself"))
        .collect()
}

proptest! {
    /// Whatever is changed in what a browser holds, no record comes out under another's key.
    #[test]
    fn no_record_can_be_written_over_another(at in any::<prop::sample::Index>(), by in "[A-Za-z0-9_~.-]") {
        let site = site("balanced-mastering");
        let first = answer(site, "decision=accept", 0, 7);
        let held = owed(std::slice::from_ref(&first), 0, None).unwrap();
        let mut bytes = value(&held).to_owned().into_bytes();
        let index = at.index(bytes.len());
        bytes[index] = by.as_bytes()[0];
        let changed = String::from_utf8(bytes).unwrap();
        let due = Due::read(site, Some(&changed), NOW);
        for write in due.writes.iter().filter(|write| write.key == first.key) {
            prop_assert_eq!(&write.value, &first.value);
        }
        stored(site, &changed);
    }

    #[test]
    fn anything_may_stand_in_the_cookie(text in "[ -~]{0,200}") {
        stored(site("trackncloak"), &text);
    }
}
