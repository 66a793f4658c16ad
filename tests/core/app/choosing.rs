//! Answers given: by form and by program, taken back, and asked again.

use crate::kit::{Ask, DAY, EARLIER, NOW, SITES, consent, id, made, set_cookies, site};
use edge_consent::app::Reply;
use edge_consent::site::Site;
use edge_consent::visit::{Made, decode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CHOICE: &str = "/_privacy/choice";

fn chosen(reply: &Reply) -> Made {
    decode(&consent(reply).unwrap()).unwrap()
}

/// Each optional category and service, as granted once the browser has taken the answer.
fn granted(site: &Site, reply: &Reply) -> String {
    let after = Ask::get("/").chose(&chosen(reply)).decision(site);
    let categories = site.optional().map(|own| own.id.as_str());
    let services = site
        .services
        .iter()
        .filter(|own| own.category != "necessary");
    let mut on: Vec<&str> = categories.filter(|id| after.grants(site, id)).collect();
    on.extend(
        services
            .map(|own| own.id.as_str())
            .filter(|id| after.grants_service(site, id)),
    );
    on.join(" ")
}

#[test]
fn what_is_asked_for_is_granted_and_nothing_else() {
    const ALL: &str = "functional analytics user-preferences theme-mode upload-history google-analytics usage-stats";
    let site = site("balanced-mastering");
    for (form, json, expected) in [
        ("decision=accept", json!({"decision": "accept"}), ALL),
        (
            "decision=accept&service=-theme-mode&category=x",
            Value::Null,
            "422",
        ),
        (
            "decision=accept&service=-theme-mode",
            json!({"decision": "accept", "services": {"theme-mode": false}}),
            ALL,
        ),
        ("decision=reject", json!({"decision": "reject"}), ""),
        (
            "decision=reject&category=analytics&service=theme-mode",
            json!({"decision": "reject", "categories": {"analytics": true}}),
            "",
        ),
        ("decision=save", json!({"decision": "save"}), ""),
        (
            "decision=save&category=necessary",
            json!({"decision": "save", "categories": {"necessary": true}}),
            "",
        ),
        (
            "decision=save&category=analytics",
            json!({"decision": "save", "categories": {"analytics": true, "functional": false}}),
            "analytics google-analytics usage-stats",
        ),
        (
            "decision=save&category=analytics&service=-google-analytics",
            json!({"decision": "save", "categories": {"analytics": true}, "services": {"google-analytics": false}}),
            "analytics usage-stats",
        ),
        (
            "decision=save&service=google-analytics",
            json!({"decision": "save", "services": {"google-analytics": true}}),
            "google-analytics",
        ),
        (
            "decision=save&service=google-analytics&service=-google-analytics",
            Value::Null,
            "",
        ),
        (
            "decision=save&service=-stripe",
            json!({"decision": "save", "services": {"stripe": false}}),
            "",
        ),
        // The preference centre has a switch for each group and none for the category: all of them on mean the category.
        (
            "decision=save&surface=preferences&service=google-analytics&service=usage-stats",
            Value::Null,
            "analytics google-analytics usage-stats",
        ),
        (
            "decision=save&surface=preferences&service=theme-mode&service=upload-history",
            Value::Null,
            "theme-mode upload-history",
        ),
    ] {
        let by_form = Ask::form(CHOICE, form).reply(site);
        if expected == "422" {
            assert_eq!(by_form.status, 422);
            continue;
        }
        assert_eq!(granted(site, &by_form), expected, "{form}");
        if !json.is_null() {
            let by_json = Ask::json(CHOICE, &json.to_string()).reply(site);
            assert_eq!(granted(site, &by_json), expected, "{json}");
        }
    }
}

#[test]
fn a_form_goes_back_and_a_program_gets_the_state() {
    let site = site("musictracker");
    let form = Ask::form(CHOICE, "decision=accept&return_to=/pricing?plan=a%26b").reply(site);
    assert_eq!(
        (form.status, form.header("location")),
        (303, Some("/pricing?plan=a&b"))
    );
    assert_eq!(form.body, "");
    assert_eq!(
        Ask::form(CHOICE, "decision=accept")
            .reply(site)
            .header("location"),
        Some("/")
    );

    for ask in [
        Ask::json(CHOICE, r#"{"decision":"accept","return_to":"/x"}"#),
        Ask::form(CHOICE, "decision=accept").with("accept", "application/json"),
        Ask::form(CHOICE, "decision=accept").with("accept", "application/json, text/html;q=0.5"),
    ] {
        let reply = ask.reply(site);
        assert_eq!((reply.status, reply.header("location")), (200, None));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let state: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(state["decided"], json!(true));
        assert_eq!(state["source"], json!("choice"));
        assert_eq!(
            state["categories"],
            json!({"necessary": true, "analytics": true})
        );
        assert_eq!(state["receipt"], json!(id(&reply)));
        assert_eq!(state["decidedAt"], json!("2026-11-22T10:00:00Z"));
        assert_eq!(state["expiresAt"], json!("2027-05-21T10:00:00Z"));
        assert_eq!(state["message"], json!("Your choice is saved."));
        assert!(consent(&reply).is_some());
    }
}

/// Contract, section 5: a form goes back, JSON is answered with JSON.
#[test]
fn who_sends_json_and_does_not_mind_gets_json() {
    let site = site("musictracker");
    for accept in [None, Some("*/*")] {
        let ask = Ask::new("POST", CHOICE)
            .with("content-type", "application/json")
            .body(r#"{"decision":"reject"}"#);
        let ask = accept
            .iter()
            .fold(ask, |ask, accept| ask.with("accept", accept));
        assert_eq!(ask.reply(site).status, 200, "{accept:?}");
        let reply = ask.body("{").reply(site);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (400, Some("application/problem+json"))
        );
    }
    let page = Ask::new("POST", CHOICE)
        .with("content-type", "application/json")
        .with("accept", "text/html")
        .body(r#"{"decision":"reject"}"#);
    assert_eq!(page.reply(site).status, 303);
}

#[test]
fn a_yes_given_in_the_face_of_a_signal_stands_against_that_one() {
    let site = site("balanced-mastering");
    let reply = Ask::json(CHOICE, r#"{"decision":"accept"}"#)
        .with("sec-gpc", "1")
        .reply(site);
    let state: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(
        (&state["source"], &state["gpc"]),
        (&json!("choice"), &json!(true))
    );
    let made = chosen(&reply);
    assert_eq!((made.gpc, made.dnt), (true, false));
    assert!(
        Ask::get("/")
            .chose(&made)
            .with("sec-gpc", "1")
            .decision(site)
            .grants(site, "analytics")
    );
    assert!(
        Ask::get("/")
            .chose(&made)
            .decision(site)
            .grants(site, "analytics")
    );
    assert!(
        !Ask::get("/")
            .chose(&made)
            .with("dnt", "1")
            .decision(site)
            .grants(site, "analytics")
    );
}

/// What `window.consent.set` sends.
#[test]
fn a_call_that_names_one_category_leaves_the_others_as_they_are() {
    let site = site("balanced-mastering");
    let but_theme =
        r#"{"decision":"save","categories":{"functional":true},"services":{"theme-mode":false}}"#;
    let before = chosen(&Ask::json(CHOICE, but_theme).reply(site));
    let set = Ask::json(
        CHOICE,
        r#"{"decision":"save","categories":{"analytics":true},"others":"keep"}"#,
    )
    .chose(&before);
    assert_eq!(
        granted(site, &set.clone().reply(site)),
        "functional analytics user-preferences upload-history google-analytics usage-stats"
    );
    // A signal has overruled the others: they don't come back by a call that doesn't name them.
    let signalled = chosen(&set.with("sec-gpc", "1").reply(site));
    let after = Ask::get("/")
        .chose(&signalled)
        .with("sec-gpc", "1")
        .decision(site);
    assert!(after.grants(site, "analytics") && !after.grants(site, "functional"));
    let other = Ask::json(CHOICE, r#"{"decision":"save","others":"all"}"#).reply(site);
    assert_eq!(other.status, 400);
}

#[test]
fn a_site_without_a_choice_keeps_nothing() {
    let site = site("musicmuse");
    for ask in [
        Ask::form(CHOICE, "decision=accept"),
        Ask::form(CHOICE, "decision=save&category=necessary&service=stripe"),
        Ask::json(CHOICE, r#"{"decision":"accept"}"#),
    ] {
        let reply = ask.reply(site);
        assert_eq!(set_cookies(&reply), Vec::<&str>::new());
        assert_eq!(reply.writes, []);
        assert!(reply.status == 303 || reply.status == 200);
    }
    let state: Value = serde_json::from_str(
        &Ask::json(CHOICE, r#"{"decision":"accept"}"#)
            .reply(site)
            .body,
    )
    .unwrap();
    assert_eq!(
        (&state["decided"], &state["categories"]),
        (&json!(false), &json!({"necessary": true}))
    );
}

#[test]
fn a_reset_forgets_and_asks_again() {
    for id in ["balanced-mastering", "musictracker", "trackncloak"] {
        let site = site(id);
        let before = made(site, &["analytics"]);
        let reply = Ask::form("/_privacy/reset", "return_to=/a")
            .chose(&before)
            .with("cookie", "_ga=1")
            .at("www.site.example")
            .reply(site);
        assert_eq!((reply.status, reply.header("location")), (303, Some("/a")));
        let gone = "cookie_consent=; Path=/; Secure; SameSite=Lax; Max-Age=0";
        let cookies = set_cookies(&reply);
        for expected in [
            gone.to_owned(),
            format!("{gone}; Domain=www.site.example"),
            format!("{gone}; Domain=site.example"),
        ] {
            assert!(cookies.contains(&expected.as_str()), "{cookies:?}");
        }
        assert_eq!(consent(&reply), None);
        let state = Ask::json("/_privacy/reset", "{}")
            .chose(&before)
            .reply(site);
        let state: Value = serde_json::from_str(&state.body).unwrap();
        assert_eq!(
            (&state["decided"], &state["receipt"]),
            (&json!(false), &Value::Null)
        );
    }
}

/// It needs nothing said: a program may send it empty.
#[test]
fn a_reset_needs_no_body() {
    let site = site("musictracker");
    for address in ["/_privacy/reset", "/_privacy/erase"] {
        assert_eq!(
            Ask::new("POST", address).reply(site).status,
            303,
            "{address}"
        );
        assert_eq!(
            Ask::new("POST", address)
                .with("accept", "application/json")
                .reply(site)
                .status,
            200
        );
        let text = Ask::new("POST", address)
            .with("content-type", "text/plain;charset=UTF-8")
            .body("x");
        assert_eq!(text.reply(site).status, 415);
    }
}

#[test]
fn a_change_of_one_category_asks_about_that_one_and_keeps_the_others() {
    let mut changed = site("balanced-mastering").clone();
    let mut before = made(&changed, &["functional", "analytics"]);
    before.answers[0].exceptions = vec![0];
    changed.categories[2].digest = "0badcafe".to_owned();
    let ask = Ask::get("/").chose(&before);
    let decision = ask.decision(&changed);
    assert_eq!((decision.decided, decision.asks_some()), (false, true));
    assert!(decision.grants(&changed, "functional") && !decision.grants(&changed, "analytics"));
    assert!(!decision.grants_service(&changed, "theme-mode"));
    assert!(decision.grants_service(&changed, "upload-history"));

    let banner = banner_of(&changed, &ask);
    assert!(banner.contains("Something has changed since you chose: Analytics."));
    for (form, expected) in [
        (
            0,
            "functional analytics user-preferences upload-history google-analytics usage-stats",
        ),
        (1, "functional user-preferences upload-history"),
    ] {
        let body = forms(&banner)[form].clone();
        let reply = Ask::form(CHOICE, &body).chose(&before).reply(&changed);
        assert_eq!(granted(&changed, &reply), expected, "{body}");
        assert!(
            Ask::get("/")
                .chose(&chosen(&reply))
                .decision(&changed)
                .decided
        );
    }
}

/// While a signal denies everything no answer stands, so that everything is asked: a no about what has changed must not
/// bring back the rest against the signal.
#[test]
fn under_a_signal_the_whole_question_is_asked_again() {
    let mut changed = site("balanced-mastering").clone();
    let mut before = made(&changed, &["functional", "analytics"]);
    before.answers[0].exceptions = vec![0];
    changed.categories[2].digest = "0badcafe".to_owned();
    for signal in ["sec-gpc", "dnt"] {
        let ask = Ask::get("/").chose(&before).with(signal, "1");
        let banner = banner_of(&changed, &ask);
        assert!(!banner.contains("the rest of your choice stands"));
        let sent = forms(&banner);
        let answer = |form: &str| {
            Ask::form(CHOICE, form)
                .chose(&before)
                .with(signal, "1")
                .reply(&changed)
        };
        assert_eq!(granted(&changed, &answer(&sent[1])), "", "{signal}");
        assert!(granted(&changed, &answer(&sent[0])).starts_with("functional analytics"));
    }
}

fn banner_of(site: &Site, ask: &Ask) -> String {
    let errand = ask.errand(site);
    let head = super::traffic::head(200, &[("content-type", "text/html")]);
    let head = head.head();
    let answer = errand.answer(&head);
    let insertion = answer.edit.unwrap().insertion.as_ref().unwrap();
    String::from_utf8(insertion.first.to_vec()).unwrap()
}

/// What each button of a page sends, urlencoded.
pub(super) fn forms(page: &str) -> Vec<String> {
    let attributes = |tag: &str| -> BTreeMap<String, String> {
        let mut rest = tag;
        let mut found = BTreeMap::new();
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            let name = name.rsplit(' ').next().unwrap();
            found.insert(
                name.to_owned(),
                value.replace("&quot;", "\"").replace("&amp;", "&"),
            );
            rest = after;
        }
        found
    };
    let mut sent = Vec::new();
    for form in page.split("<form ").skip(1) {
        let form = form.split("</form>").next().unwrap();
        let mut fields = form_urlencoded::Serializer::new(String::new());
        for input in form.split("<input ").skip(1) {
            let input = attributes(input.split('>').next().unwrap());
            fields.append_pair(&input["name"], &input["value"]);
        }
        let fields = fields.finish();
        for button in form.split("<button ").skip(1) {
            let button = attributes(button.split('>').next().unwrap());
            sent.push(format!("{fields}&{}={}", button["name"], button["value"]));
        }
    }
    sent
}

#[test]
fn the_first_banner_asks_for_all_or_nothing() {
    for id in SITES {
        let site = site(id);
        if !site.has_choice() {
            continue;
        }
        let banner = banner_of(site, &Ask::get("/a?b=\"c&d"));
        let sent = forms(&banner);
        assert_eq!(sent.len(), 2, "{id}");
        let all = Ask::form(CHOICE, &sent[0]).reply(site);
        let none = Ask::form(CHOICE, &sent[1]).reply(site);
        assert_eq!(all.header("location"), Some("/a?b=%22c&d"));
        assert!(
            site.optional()
                .all(|own| granted(site, &all).contains(&own.id))
        );
        assert_eq!(granted(site, &none), "");
        assert_eq!(chosen(&none).receipt, None);
    }
}

#[test]
fn an_expired_choice_is_asked_for_anew() {
    let site = site("musictracker");
    let lasts = u64::from(site.consent.days) * DAY;
    let at = |at: u64| Made {
        at,
        ..made(site, &["analytics"])
    };
    let last = Ask::get("/").chose(&at(NOW - lasts + 1)).decision(site);
    assert!(last.decided && last.grants(site, "analytics"));
    let over = Ask::get("/").chose(&at(NOW - lasts)).decision(site);
    assert!(!over.decided && !over.grants(site, "analytics") && over.asks());
    let ahead = Ask::get("/").chose(&at(NOW + 300)).decision(site);
    assert!(ahead.decided, "clocks of edge machines differ");
    let forged = Ask::get("/").chose(&at(NOW + 301)).decision(site);
    assert!(!forged.grants(site, "analytics") && forged.unreadable);
    let receipt = Ask::get("/_privacy/state")
        .chose(&at(NOW - lasts))
        .reply(site);
    assert!(!receipt.body.contains(EARLIER));
}
