//! What all our answers have, and what programs read in them.

use crate::kit::{Ask, EARLIER, SITES, made, site};
use serde_json::{Value, json};

const READABLE: [&str; 8] = [
    "/cookie-policy",
    "/_privacy/",
    "/_privacy/?dialog",
    "/_privacy/state",
    "/_privacy/receipts",
    "/_privacy/policy.json",
    "/_privacy/consent.js",
    "/.well-known/gpc.json",
];

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn once(reply: &edge_consent::app::Reply, name: &str) -> String {
    let values: Vec<&str> = reply
        .headers
        .iter()
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(values.len(), 1, "{name}: {values:?}");
    values[0].to_owned()
}

#[test]
fn every_answer_of_ours_is_locked_down() {
    for id in SITES {
        let site = site(id);
        let mut asks: Vec<Ask> = READABLE.map(Ask::get).to_vec();
        asks.extend(READABLE.map(|address| Ask::new("PUT", address)));
        asks.extend([
            Ask::form("/_privacy/choice", "decision=accept"),
            Ask::json("/_privacy/choice", r#"{"decision":"accept"}"#),
            Ask::form("/_privacy/choice", "decision=x"),
            Ask::json("/_privacy/choice", "{"),
            Ask::form("/_privacy/reset", ""),
            Ask::json("/_privacy/reset", "{}"),
            Ask::form("/_privacy/erase", ""),
        ]);
        for ask in asks {
            let reply = ask.reply(site);
            assert_eq!(once(&reply, "x-content-type-options"), "nosniff");
            assert_eq!(once(&reply, "referrer-policy"), "same-origin");
            let policy = once(&reply, "content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            once(&reply, "content-type");
            once(&reply, "cache-control");
        }
    }
}

#[test]
fn what_depends_on_the_visitor_is_kept_nowhere() {
    let site = site("trackncloak");
    let chosen = made(site, &["functional"]);
    for address in [
        "/_privacy/",
        "/_privacy/?dialog",
        "/_privacy/state",
        "/_privacy/receipts",
    ] {
        assert_eq!(
            once(&Ask::get(address).reply(site), "cache-control"),
            "no-store",
            "{address}"
        );
    }
    for ask in [
        Ask::get("/cookie-policy").chose(&chosen),
        Ask::get("/cookie-policy").with("cookie", "cookie_consent=x"),
        Ask::get("/cookie-policy").with("sec-gpc", "1"),
        Ask::get("/cookie-policy").with("dnt", "1"),
    ] {
        assert_eq!(
            once(&ask.reply(site), "cache-control"),
            "private, no-store",
            "{ask:?}"
        );
    }
    for ask in [
        Ask::form("/_privacy/choice", "decision=accept"),
        Ask::json("/_privacy/choice", r#"{"decision":"x"}"#),
        Ask::form("/_privacy/reset", ""),
        Ask::get("/_privacy/choice"),
    ] {
        assert_eq!(once(&ask.reply(site), "cache-control"), "no-store");
    }
    let everybody = Ask::get("/cookie-policy").with("cookie", "session=1");
    assert_eq!(once(&everybody.reply(site), "cache-control"), "no-cache");
}

#[test]
fn pages_carry_just_the_style_that_their_policy_names_and_a_script_only_to_forget() {
    for id in SITES {
        let site = site(id);
        for address in ["/cookie-policy", "/_privacy/", "/_privacy/choice"] {
            let reply = Ask::get(address).reply(site);
            // What Clarity keeps in sessionStorage only a script can remove.
            let forgets = id == "musictracker" && address == "/_privacy/";
            assert_eq!(
                reply.body.matches("<script").count(),
                usize::from(forgets),
                "{id} {address}"
            );
            assert!(!reply.body.contains(" style=") && !reply.body.contains(" onclick="));
            let csp = once(&reply, "content-security-policy");
            assert!(csp.contains("style-src 'sha256-"), "{csp}");
            assert!(csp.contains("form-action 'self'"), "{csp}");
        }
    }
}

#[test]
fn the_policy_page_revalidates_and_each_state_has_its_own_tag() {
    for id in SITES {
        let site = site(id);
        let choices = [
            Ask::get("/cookie-policy"),
            Ask::get("/cookie-policy").with("cookie", "cookie_consent=x"),
            Ask::get("/cookie-policy").chose(&made(site, &[])),
            Ask::get("/cookie-policy").chose(&made(site, &["analytics"])),
            Ask::get("/cookie-policy").with("sec-gpc", "1"),
            Ask::get("/cookie-policy?lang=de"),
        ];
        let tags: Vec<String> = choices
            .iter()
            .map(|ask| once(&ask.reply(site), "etag"))
            .collect();
        for (mine, ask) in tags.iter().zip(&choices) {
            for (other, state) in tags.iter().zip(&choices) {
                let reply = ask.clone().with("if-none-match", other).reply(site);
                let same = ask.reply(site).body == state.reply(site).body;
                assert_eq!(
                    reply.status,
                    if same { 304 } else { 200 },
                    "{id}: {ask:?} {state:?}"
                );
                assert_eq!(once(&reply, "etag"), *mine);
                assert_eq!(reply.body.is_empty(), same);
            }
        }
        if site.has_choice() {
            assert_ne!(tags[0], tags[1]);
            assert_ne!(tags[0], tags[2]);
            assert_ne!(tags[2], tags[3]);
        }
        assert_ne!(tags[0], tags[4], "{id}");
    }
}

#[test]
fn tags_are_compared_weakly_and_in_lists() {
    let site = site("musictracker");
    let plain = once(&Ask::get("/cookie-policy").reply(site), "etag");
    for (sent, status) in [
        (format!("W/{plain}"), 304),
        (format!("\"x\", {plain}"), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
        (String::new(), 200),
        (plain.trim_matches('"').to_owned(), 200),
    ] {
        let ask = Ask::get("/cookie-policy").with("if-none-match", &sent);
        assert_eq!(ask.reply(site).status, status, "{sent}");
    }
    for address in [
        "/_privacy/policy.json",
        "/_privacy/consent.js",
        "/.well-known/gpc.json",
    ] {
        let tag = once(&Ask::get(address).reply(site), "etag");
        let again = Ask::get(address).with("if-none-match", &tag).reply(site);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{address}");
    }
}

#[test]
fn gpc_json_says_what_the_site_declared() {
    for (id, updated) in [
        ("balanced-mastering", "2025-11-15"),
        ("musicmuse", "2026-03-15"),
        ("musictracker", "2026-05-21"),
        ("trackncloak", "2026-03-30"),
    ] {
        let plain = Ask::get("/.well-known/gpc.json").reply(site(id));
        assert_eq!(once(&plain, "content-type"), "application/json");
        assert_eq!(
            parse(&plain.body),
            json!({"gpc": true, "lastUpdate": updated})
        );
        let other = Ask::get("/.well-known/gpc.json")
            .with("sec-gpc", "1")
            .with("cookie", "cookie_consent=x");
        assert_eq!(
            other.reply(site(id)).body,
            plain.body,
            "it says nothing of the visitor"
        );
    }
}

#[test]
fn the_state_is_what_the_contract_shows() {
    let site = site("musictracker");
    let version = site.version.clone();
    let state = |ask: Ask| parse(&ask.reply(site).body);
    assert_eq!(
        state(Ask::get("/_privacy/state")),
        json!({
            "site": "musictracker", "policy": version, "decided": false, "source": "default",
            "categories": {"necessary": true, "analytics": false},
            "services": {"microsoft-clarity": false},
            "gpc": false, "receipt": null, "decidedAt": null, "expiresAt": null,
        })
    );
    let granted = made(site, &["analytics"]);
    assert_eq!(
        state(Ask::get("/_privacy/state").chose(&granted)),
        json!({
            "site": "musictracker", "policy": version, "decided": true, "source": "choice",
            "categories": {"necessary": true, "analytics": true},
            "services": {"microsoft-clarity": true},
            "gpc": false, "receipt": EARLIER,
            "decidedAt": "2026-11-21T10:00:00Z", "expiresAt": "2027-05-20T10:00:00Z",
        })
    );
    let under_gpc = state(
        Ask::get("/_privacy/state")
            .chose(&granted)
            .with("sec-gpc", "1"),
    );
    assert_eq!(
        (
            &under_gpc["source"],
            &under_gpc["gpc"],
            &under_gpc["decided"]
        ),
        (&json!("gpc"), &json!(true), &json!(true))
    );
    assert_eq!(under_gpc["categories"]["analytics"], json!(false));
    assert_eq!(under_gpc["services"]["microsoft-clarity"], json!(false));
    let refused = state(Ask::get("/_privacy/state").chose(&made(site, &[])));
    assert_eq!(
        (&refused["decided"], &refused["receipt"]),
        (&json!(true), &Value::Null)
    );
}

#[test]
fn the_inventory_lists_everything_declared() {
    for id in SITES {
        let site = site(id);
        let inventory = parse(&Ask::get("/_privacy/policy.json").reply(site).body);
        assert_eq!(inventory["site"], json!(id));
        assert_eq!(inventory["version"], json!(site.version));
        assert_eq!(inventory["lastUpdate"], json!(site.updated));
        let ids = |name: &str, key: &str| -> Vec<String> {
            let list = inventory[name].as_array().unwrap();
            list.iter()
                .map(|own| own[key].as_str().unwrap().to_owned())
                .collect()
        };
        let declared: Vec<&String> = site.categories.iter().map(|own| &own.id).collect();
        assert_eq!(ids("categories", "id").iter().collect::<Vec<_>>(), declared);
        let declared: Vec<&String> = site.cookies.iter().map(|own| &own.name).collect();
        assert_eq!(ids("cookies", "name").iter().collect::<Vec<_>>(), declared);
        let declared: Vec<&String> = site.services.iter().map(|own| &own.id).collect();
        assert_eq!(ids("services", "id").iter().collect::<Vec<_>>(), declared);
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table and three lines")]
fn people_get_pages_and_programs_get_problems() {
    let site = site("musictracker");
    let form = |body: &str| Ask::form("/_privacy/choice", body);
    let rows = [
        (400, "Malformed request", form("decision=maybe")),
        (400, "Malformed request", form("")),
        (
            400,
            "Malformed request",
            form("decision=accept&decision=reject"),
        ),
        (400, "Malformed request", Ask::json("/_privacy/choice", "{")),
        (
            400,
            "Malformed request",
            Ask::json("/_privacy/choice", "null"),
        ),
        (
            400,
            "Malformed request",
            Ask::json("/_privacy/choice", r#"["accept",{},{},null]"#),
        ),
        (
            400,
            "Malformed request",
            Ask::json(
                "/_privacy/choice",
                r#"{"decision":"save","categories":{"analytics":1}}"#,
            ),
        ),
        (
            400,
            "Malformed request",
            Ask::json(
                "/_privacy/choice",
                r#"{"decision":"save","categories":{"analytics":false,"analytics":true}}"#,
            ),
        ),
        (
            403,
            "Cross-site request refused",
            form("decision=accept").with("sec-fetch-site", "cross-site"),
        ),
        (
            403,
            "Cross-site request refused",
            form("decision=accept").with("origin", "https://evil.example"),
        ),
        (
            403,
            "Cross-site request refused",
            form("decision=accept").with("origin", "null"),
        ),
        (
            403,
            "Cross-site request refused",
            form("decision=accept").with("origin", "https://site.example:8443"),
        ),
        (
            403,
            "Cross-site request refused",
            form("decision=accept").with("origin", "https://notsite.example"),
        ),
        (
            403,
            "Cross-site request refused",
            Ask::form("/_privacy/reset", "").with("origin", "https://evil.example"),
        ),
        (
            403,
            "Cross-site request refused",
            Ask::form("/_privacy/erase", "").with("sec-fetch-site", "cross-site"),
        ),
        (405, "Method not allowed", Ask::get("/_privacy/choice")),
        (413, "Body too large", form(&"x".repeat(16 * 1024 + 1))),
        (
            413,
            "Body too large",
            form("x").with("content-length", "16385"),
        ),
        (
            415,
            "Unsupported media type",
            Ask::new("POST", "/_privacy/choice")
                .with("content-type", "text/plain")
                .body("decision=accept"),
        ),
        (
            415,
            "Unsupported media type",
            Ask::new("POST", "/_privacy/choice").body("decision=accept"),
        ),
        (
            415,
            "Unsupported media type",
            Ask::new("POST", "/_privacy/choice")
                .with("content-type", "multipart/form-data; boundary=a")
                .body("decision=accept"),
        ),
        (
            422,
            "Unknown name",
            form("decision=save&category=marketing"),
        ),
        (422, "Unknown name", form("decision=save&service=nobody")),
    ];
    for (status, title, ask) in rows {
        let program = ask.clone().with("accept", "application/json").reply(site);
        assert_eq!(program.status, status, "{ask:?}");
        assert_eq!(once(&program, "content-type"), "application/problem+json");
        let problem = parse(&program.body);
        assert_eq!(
            (&problem["status"], &problem["title"]),
            (&json!(status), &json!(title))
        );
        assert!(problem["type"].is_string() && problem["detail"].is_string());
        if ask.headers.iter().any(|(name, _)| name == "accept") {
            continue;
        }
        for accept in ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*"] {
            let person = ask.clone().with("accept", accept).reply(site);
            assert_eq!(person.status, status);
            assert_eq!(once(&person, "content-type"), "text/html; charset=utf-8");
            assert!(person.body.contains("<h1>That did not work</h1>"));
        }
    }
}

#[test]
fn an_unknown_name_is_named_beside_the_known_ones() {
    let site = site("musictracker");
    let detail = |body: &str| {
        let ask = Ask::form("/_privacy/choice", body).with("accept", "application/json");
        let problem = parse(&ask.reply(site).body);
        problem["detail"].as_str().unwrap().to_owned()
    };
    let category = detail("decision=save&category=marketing");
    assert!(
        category.contains("marketing") && category.contains("necessary, analytics"),
        "{category}"
    );
    let service = detail("decision=save&service=hotjar");
    assert!(
        service.contains("hotjar") && service.contains("cloudflare-turnstile, microsoft-clarity"),
        "{service}"
    );
}

#[test]
fn what_a_browser_says_of_itself_is_believed_first() {
    let site = site("musictracker");
    let status = |headers: &[(&str, &str)]| {
        let form = Ask::form("/_privacy/choice", "decision=reject");
        let ask = headers
            .iter()
            .fold(form, |ask, (name, value)| ask.with(name, value));
        ask.reply(site).status
    };
    assert_eq!(status(&[]), 303, "no browser, nobody's cookies but its own");
    for own in ["same-origin", "same-site", "none"] {
        assert_eq!(
            status(&[("sec-fetch-site", own), ("origin", "null")]),
            303,
            "{own}"
        );
    }
    assert_eq!(
        status(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://site.example")
        ]),
        403
    );
    assert_eq!(status(&[("origin", "https://site.example")]), 303);
    assert_eq!(status(&[("origin", "https://SITE.example")]), 303);
}

#[test]
fn sixteen_kibibytes_are_enough_and_not_too_much() {
    let site = site("musictracker");
    let body = format!("decision=reject&x={}", "x".repeat(16 * 1024 - 18));
    assert_eq!(body.len(), 16 * 1024);
    let ask = Ask::form("/_privacy/choice", &body).with("content-length", "16384");
    assert_eq!(ask.reply(site).status, 303);
}
