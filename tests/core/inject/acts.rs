//! What a page is sent with an answer, to carry out at once.

use super::TRACED;
use crate::kit::{Ask, made};
use edge_consent::site::Pattern;
use serde_json::{Value, json};

const ALL: &[&str] = &["functional", "analytics", "marketing"];
const TAGS: &[&str] = &[
    "google-analytics",
    "google-tag-manager",
    "google-ads",
    "microsoft-clarity",
    "microsoft-uet",
];

/// The state that answers, to somebody who had granted this, or nothing yet.
fn state(before: Option<&[&str]>, body: &str) -> Value {
    let site = &*TRACED;
    let mut ask = Ask::json("/_privacy/choice", body).at("traced.example");
    if let Some(granted) = before {
        ask = ask.chose(&made(site, granted));
    }
    serde_json::from_str(&ask.reply(site).body).unwrap()
}

fn ids(tags: &Value) -> Vec<String> {
    let list = tags.as_array().map(Vec::as_slice).unwrap_or_default();
    let id = |tag: &Value| tag["id"].as_str().unwrap().to_owned();
    list.iter().map(id).collect()
}

const ACCEPT: &str = r#"{"decision":"accept"}"#;
const REJECT: &str = r#"{"decision":"reject"}"#;

#[test]
fn a_yes_brings_the_tags_and_one_word_to_each_vendor() {
    let act = &state(None, ACCEPT)["act"];
    assert_eq!(ids(&act["tags"]), TAGS);
    assert_eq!(
        act["tags"][0]["script"],
        "https://www.googletagmanager.com/gtag/js?id=G-TRACED"
    );
    let inline = act["tags"][0]["inline"].as_str().unwrap();
    assert!(
        inline.ends_with(r#"gtag("config","G-TRACED");"#),
        "{inline}"
    );
    for vendor in ["google", "clarity", "uet"] {
        assert_eq!(act[vendor]["on"], true, "{vendor}");
        let words = act[vendor]["state"].as_object().unwrap();
        assert!(words.values().all(|word| word == "granted"), "{vendor}");
        let count = words.len();
        assert_eq!(
            count,
            match vendor {
                "google" => 7,
                "clarity" => 2,
                _ => 1,
            }
        );
    }
    assert_eq!((&act["over"], &act["forget"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_was_granted_before_is_not_brought_again() {
    let act = &state(Some(&["analytics"]), ACCEPT)["act"];
    assert_eq!(
        ids(&act["tags"]),
        ["google-tag-manager", "google-ads", "microsoft-uet"]
    );
    assert_eq!(act["over"], Value::Null);
    let same = &state(Some(ALL), ACCEPT)["act"];
    assert_eq!((&same["tags"], &same["over"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_withdrawal_tells_each_vendor_and_says_what_is_over() {
    let act = &state(Some(ALL), REJECT)["act"];
    assert_eq!(act["over"], json!(TAGS));
    assert_eq!(act["tags"], Value::Null);
    assert_eq!(
        act["google"],
        json!({"on": false, "state": {"ad_storage": "denied", "ad_user_data": "denied", "ad_personalization": "denied", "analytics_storage": "denied", "functionality_storage": "denied", "personalization_storage": "denied", "security_storage": "granted"}})
    );
    assert_eq!(
        act["clarity"],
        json!({"on": false, "state": {"ad_Storage": "denied", "analytics_Storage": "denied"}})
    );
    assert_eq!(
        act["uet"],
        json!({"on": false, "state": {"ad_storage": "denied"}})
    );
    let forget = &act["forget"];
    let has = |store: &str, name: &str| forget[store].as_array().unwrap().contains(&json!(name));
    assert!(has("localStorage", "_uetsid") && has("localStorage", "_uetvid_exp"));
    assert!(has("sessionStorage", "_cltk"));
}

#[test]
fn cookies_go_with_what_was_granted_before() {
    let cookies = &state(Some(ALL), REJECT)["act"]["cookies"];
    assert_eq!(cookies["drafts"], json!(["/account", "/account/drafts"]));
    for name in [
        "_clsk",
        "_ga",
        "_ga_*",
        "_gcl_au",
        "_fbp",
        "__Host-experiment",
    ] {
        assert_eq!(cookies[name], json!([]), "{name}");
    }
    // The necessary ones, ours, and those on other domains.
    for name in ["session", "cookie_consent", "consent_seen", "MUID"] {
        assert_eq!(cookies[name], Value::Null, "{name}");
    }
    let body = r#"{"decision":"save","categories":{"marketing":true}}"#;
    let some = &state(Some(&["analytics", "marketing"]), body)["act"]["cookies"];
    assert_eq!((&some["_ga"], &some["_fbp"]), (&json!([]), &Value::Null));
    assert_eq!(some["drafts"], Value::Null, "was not granted before");
    for (before, body) in [(None, REJECT), (Some(ALL), ACCEPT), (Some(&[][..]), REJECT)] {
        assert_eq!(state(before, body)["act"]["cookies"], Value::Null);
    }
}

#[test]
fn a_beginning_that_a_granted_cookie_has_too_goes_by_http_alone() {
    let wide = |pattern: &str, body: &str| {
        let mut site = TRACED.clone();
        let cookie = site.cookies.iter_mut().find(|own| own.name == "experiment");
        cookie.unwrap().patterns = vec![Pattern(pattern.to_owned())];
        let ask = Ask::json("/_privacy/choice", body).at("traced.example");
        let reply = ask.chose(&made(&site, ALL)).reply(&site);
        let state: Value = serde_json::from_str(&reply.body).unwrap();
        state["act"]["cookies"][pattern].clone()
    };
    let keeps_marketing = r#"{"decision":"save","categories":{"marketing":true}}"#;
    assert_eq!(wide("_g*", REJECT), json!([]));
    assert_eq!(wide("_g*", keeps_marketing), Value::Null, "_gcl_au is kept");
    assert_eq!(wide("_gx*", keeps_marketing), json!([]));
    assert_eq!(wide("c*", REJECT), Value::Null, "ours is kept");
    assert_eq!(
        wide("sess*", REJECT),
        Value::Null,
        "what is necessary is kept"
    );
}

#[test]
fn a_first_no_tells_nobody_anything() {
    let act = &state(None, REJECT)["act"];
    for key in ["google", "clarity", "uet", "tags", "over"] {
        assert_eq!(act[key], Value::Null, "{key}");
    }
    assert_ne!(act["forget"], Value::Null, "what was there before us goes");
}

#[test]
fn google_is_not_told_where_the_site_does_it_itself() {
    let mut site = TRACED.clone();
    for service in &mut site.services {
        service.announced = false;
    }
    let ask = Ask::json("/_privacy/choice", REJECT).at("traced.example");
    let reply = ask.chose(&made(&site, ALL)).reply(&site);
    let state: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(state["act"]["google"], Value::Null);
    // Nothing else would end these on the open page.
    assert_eq!(state["act"]["clarity"]["on"], false);
    assert_eq!(state["act"]["uet"]["on"], false);
}
