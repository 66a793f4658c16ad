//! The operator's pages: who is let in, and what everybody else learns.

use crate::kit::{Ask, NOW, site};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use edge_consent::app::{Access, Entry, Found, Locks, Next, Operator, Reply, door};
use edge_consent::record::Listed;
use serde_json::{Value, json};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn locks() -> Locks {
    Locks {
        token: Some(TOKEN.to_owned()),
        access: Some(Access {
            team: "studio".to_owned(),
            audience: "tag".to_owned(),
        }),
    }
}

fn operator(ask: &Ask) -> Operator<'static> {
    match ask.begin(site("musictracker")) {
        Next::Operator(operator) => *operator,
        other => panic!("{ask:?} is no operator's: {other:?}"),
    }
}

fn knock(ask: &Ask) -> Entry {
    operator(ask).knock(&locks(), &ask.body, NOW)
}

fn bearer(ask: Ask, token: &str) -> Ask {
    ask.with("authorization", &format!("Bearer {token}"))
}

fn jwt(head: &Value, claims: &Value) -> String {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    format!(
        "{}.{}.{}",
        part(head),
        part(claims),
        Base64UrlUnpadded::encode_string(b"signed")
    )
}

fn good() -> (Value, Value) {
    let head = json!({"alg": "RS256", "kid": "k1", "typ": "JWT"});
    let claims = json!({"iss": "https://studio.cloudflareaccess.com", "aud": ["tag"], "exp": NOW + 60, "nbf": NOW - 60, "email": "a@example.com"});
    (head, claims)
}

#[test]
fn only_the_whole_token_lets_in() {
    for (header, expected) in [
        (format!("Bearer {TOKEN}"), true),
        (format!("bearer {TOKEN}"), true),
        (format!("Bearer {}", &TOKEN[..31]), false),
        (format!("Bearer {TOKEN}0"), false),
        (format!("Basic {TOKEN}"), false),
        (TOKEN.to_owned(), false),
        ("Bearer ".to_owned(), false),
        (String::new(), false),
    ] {
        let ask = Ask::get("/_privacy/admin").with("authorization", &header);
        assert_eq!(knock(&ask) == Entry::In, expected, "{header}");
    }
    let nobody = operator(&bearer(Ask::get("/_privacy/admin"), ""));
    assert_eq!(nobody.knock(&Locks::default(), b"", NOW), Entry::Out);
}

/// Absent, wrong, expired, foreign, cross-site, another method: the same bytes and headers.
#[test]
fn nobody_else_learns_even_whether_there_is_something() {
    let (head, claims) = good();
    let expired = json!({"iss": claims["iss"], "aud": "tag", "exp": NOW});
    let mut answers: Vec<Reply> = Vec::new();
    for ask in [
        Ask::get("/_privacy/admin"),
        Ask::get("/_privacy/admin/"),
        Ask::get("/_privacy/admin/records?id=1"),
        Ask::get("/_privacy/admin/nothing/here"),
        Ask::get("/_privacy/admin/export"),
        Ask::get("/_privacy/admin/export?from=2026-11-01&to=2026-11-02&format=csv"),
        Ask::new("HEAD", "/_privacy/admin/export?from=2026-11-01"),
        Ask::form("/_privacy/admin/export?from=2026-11-01", ""),
        bearer(Ask::get("/_privacy/admin/export?from=2026-11-01"), "wrong"),
        Ask::new("DELETE", "/_privacy/admin"),
        Ask::form("/_privacy/admin", "token=x"),
        Ask::form("/_privacy/admin/sign-out", ""),
        bearer(Ask::get("/_privacy/admin"), "wrong"),
        bearer(Ask::form("/_privacy/admin/sign-out", ""), TOKEN)
            .with("sec-fetch-site", "cross-site"),
        Ask::get("/_privacy/admin").with("cf-access-jwt-assertion", &jwt(&head, &expired)),
        Ask::get("/_privacy/admin").with("cookie", "consent_admin=1.abc"),
        Ask::form(
            &format!("/_privacy/admin/{}", door(TOKEN).unwrap()),
            &format!("token={TOKEN}"),
        )
        .with("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(knock(&ask), Entry::Out, "{ask:?}");
        answers.push(operator(&ask).nothing());
    }
    assert_eq!(answers[0].status, 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(answers[0].header("allow"), None);
    assert_eq!(answers[0].header("www-authenticate"), None);
    // And who is let in learns no more of a page that there isn't.
    let ask = bearer(Ask::get("/_privacy/admin/nothing"), TOKEN);
    assert_eq!(knock(&ask), Entry::In);
    assert_eq!(operator(&ask).finish(&Found::default(), NOW), answers[0]);
}

#[test]
fn a_jwt_is_let_in_if_it_is_ours_valid_and_its_signature_right() {
    let entry = |head: &Value, claims: &Value| {
        knock(&Ask::get("/_privacy/admin").with("cf-access-jwt-assertion", &jwt(head, claims)))
    };
    let (head, claims) = good();
    let Entry::Ask(assertion) = entry(&head, &claims) else {
        panic!("not asked for its signature")
    };
    assert_eq!(
        (assertion.key.as_str(), assertion.signature.as_slice()),
        ("k1", b"signed".as_slice())
    );
    assert!(jwt(&head, &claims).starts_with(&assertion.signed));
    let with = |field: &str, value: Value| {
        let mut claims = claims.clone();
        claims[field] = value;
        claims
    };
    assert!(matches!(
        entry(&head, &with("aud", json!("tag"))),
        Entry::Ask(_)
    ));
    for wrong in [
        with("aud", json!(["other"])),
        with("aud", json!([])),
        with("aud", Value::Null),
        with("iss", json!("https://other.cloudflareaccess.com")),
        with(
            "iss",
            json!("https://studio.cloudflareaccess.com.evil.example"),
        ),
        with("exp", json!(NOW)),
        with("exp", json!("never")),
        with("nbf", json!(NOW + 61)),
    ] {
        assert_eq!(entry(&head, &wrong), Entry::Out, "{wrong}");
    }
    for wrong in [
        json!({"alg": "none", "kid": "k1"}),
        json!({"alg": "HS256", "kid": "k1"}),
        json!({"alg": "RS256"}),
    ] {
        assert_eq!(entry(&wrong, &claims), Entry::Out, "{wrong}");
    }
    for wrong in ["", "a", "a.b", "a.b.c", "..", &"a".repeat(10_000)] {
        let ask = Ask::get("/_privacy/admin").with("cf-access-jwt-assertion", wrong);
        assert_eq!(knock(&ask), Entry::Out, "{wrong:.20}");
    }
}

#[test]
fn a_person_signs_in_at_an_address_that_follows_from_the_token() {
    let door = format!("/_privacy/admin/{}", door(TOKEN).unwrap());
    assert_eq!(door.len(), "/_privacy/admin/".len() + 32);
    let Entry::Reply(form) = knock(&Ask::get(&door)) else {
        panic!("no form")
    };
    assert_eq!(form.status, 200);
    assert!(form.body.contains("type=\"password\"") && !form.body.contains(TOKEN));
    let Entry::Reply(wrong) = knock(&Ask::form(&door, "token=wrong")) else {
        panic!("no answer")
    };
    assert_eq!((wrong.status, wrong.header("set-cookie")), (403, None));
    let Entry::Reply(right) = knock(&Ask::form(&door, &format!("token={TOKEN}"))) else {
        panic!("no answer")
    };
    assert_eq!(
        (right.status, right.header("location")),
        (303, Some("/_privacy/admin"))
    );
    let cookie = right.header("set-cookie").unwrap();
    for part in [
        "Path=/_privacy/admin",
        "Max-Age=28800",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(TOKEN));
    let value = cookie.split(';').next().unwrap();
    let signed_in = |cookie: &str, at: u64| {
        let ask = Ask::get("/_privacy/admin").with("cookie", cookie);
        operator(&ask).knock(&locks(), b"", at) == Entry::In
    };
    assert!(signed_in(&format!("a=1; {value}; b=2"), NOW));
    assert!(!signed_in(value, NOW + 28_800), "it ends");
    assert!(
        !signed_in(&value.replace("admin=1", "admin=2"), NOW),
        "a later end"
    );
    assert!(!signed_in(&value[..value.len() - 1], NOW));
    let other = Locks {
        token: Some("another token of more than 32 letters".to_owned()),
        access: None,
    };
    let ask = Ask::get("/_privacy/admin").with("cookie", value);
    assert_eq!(
        operator(&ask).knock(&other, b"", NOW),
        Entry::Out,
        "the token was changed"
    );
    assert!(
        edge_consent::app::door("short").is_none(),
        "no door that could be found out by trying"
    );
}

fn listed(name: String, metadata: Option<Value>) -> Listed {
    Listed {
        name,
        metadata: metadata.map(|metadata| metadata.to_string()),
    }
}

fn day(day: &str, accept: u64, reject: u64) -> Listed {
    let all = accept + reject;
    let metadata = json!({"v": 1, "site": "musictracker", "day": day, "seal": {"count": all, "digest": ""}, "erased": 1, "late": 0,
        "gpc": 3, "dnt": 0, "decision": {"accept": accept, "reject": reject}, "surface": {"banner": all},
        "categories": {"analytics": accept}, "language": {"en": all}, "policy": {"p1": all}, "country": {"DE": all}, "months": 36});
    listed(format!("day:musictracker:{day}"), Some(metadata))
}

#[test]
fn the_numbers_of_a_month_take_one_list_and_the_turn_of_a_year_two() {
    let wants = |path: &str, now: u64| operator(&bearer(Ask::get(path), TOKEN)).wants(now).lists;
    assert_eq!(wants("/_privacy/admin", NOW), ["day:musictracker:2026-1"]);
    assert_eq!(
        wants("/_privacy/admin?days=90", NOW),
        ["day:musictracker:2026-"]
    );
    let january = NOW + 50 * 86_400;
    assert_eq!(
        wants("/_privacy/admin", january),
        ["day:musictracker:2026", "day:musictracker:2027"]
    );
    assert_eq!(
        wants("/_privacy/admin?days=100000", NOW),
        ["day:musictracker:2026-1"],
        "30 days"
    );
}

#[test]
fn the_first_page_shows_each_number_in_words_and_a_chart_with_its_text() {
    let operator = operator(&bearer(Ask::get("/_privacy/admin"), TOKEN));
    let mut list = vec![
        day("2026-11-20", 1500, 500),
        day("2026-11-21", 300, 700),
        day("2026-10-01", 9, 9),
    ];
    let forms = |text: String| text.replacen('{', "{\"forms\":12,", 1);
    list[0].metadata = list[0].metadata.take().map(forms);
    let found = Found {
        lists: vec![list],
        gets: Vec::new(),
    };
    let page = operator.finish(&found, NOW);
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, Some("no-store"))
    );
    assert!(!page.body.contains("<script"));
    for part in [
        "3\u{202f}000",
        "60.0 %",
        "40.0 %",
        "<svg",
        "<title id=\"chart-title\">",
        "<desc id=\"chart-text\">",
        "2026-11-20",
        "Granted, by category",
        "DE",
        "GPC",
        "2 records of these days were erased",
        "With forms, 12 consents were given.",
        "<span>2\u{202f}000</span><span>1\u{202f}000</span><span>0</span>",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(!page.body.contains("2026-10-01"), "older than asked for");
    let empty = operator.finish(
        &Found {
            lists: vec![Vec::new()],
            gets: Vec::new(),
        },
        NOW,
    );
    assert!(empty.body.contains("No day with answers"));
}

#[test]
fn a_record_is_looked_up_by_its_id() {
    let id = crate::kit::EARLIER;
    let ask = bearer(
        Ask::get(&format!("/_privacy/admin/records?id={}", id.to_lowercase())),
        TOKEN,
    );
    let operator = operator(&ask);
    let wants = operator.wants(NOW);
    assert_eq!(wants.gets[0], "fold:musictracker");
    assert!(wants.gets[1].starts_with("receipt:musictracker:") && wants.gets[1].ends_with(id));
    // It may be that of a consent given with a form.
    assert!(wants.gets[2].starts_with("form:musictracker:") && wants.gets[2].ends_with(id));
    let record = format!(
        r#"{{"id":"{id}","at":"2026-11-01T00:00:00Z","categories":{{"analytics":true}},"language":"<b>"}}"#
    );
    let page = |record: Option<String>| {
        let found = Found {
            lists: vec![Vec::new()],
            gets: vec![None, record],
        };
        operator.finish(&found, NOW).body
    };
    let found = page(Some(record));
    assert!(
        found.contains("2026-11-01T00:00:00Z") && found.contains(": yes") && !found.contains("<b>")
    );
    assert!(page(None).contains("There is no record"));
    let given = json!({"id": id, "form": "/join", "field": "newsletter", "text": "Yes, <please>.", "country": null});
    let found = Found {
        lists: vec![Vec::new()],
        gets: vec![None, None, Some(given.to_string())],
    };
    let form = operator.finish(&found, NOW).body;
    for part in [
        "<dd>/join</dd>",
        "<dd>newsletter</dd>",
        "<dd>Yes, &lt;please&gt;.</dd>",
        "<dd>–</dd>",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    assert!(!form.contains("GPC"), "only what it has");
    let none = self::operator(&bearer(Ask::get("/_privacy/admin/records?id=../x"), TOKEN));
    assert_eq!(none.wants(NOW).gets, ["fold:musictracker"]);
}

#[test]
fn gaps_are_merged_and_what_was_declared_since_is_left_out() {
    let key = |day: &str, value: Value| listed(format!("seen:musictracker:{day}:0"), Some(value));
    let list = vec![
        key(
            "2026-11-20",
            json!({"c": ["cart", "_clck"], "h": ["cdn.example"]}),
        ),
        key("2026-11-22", json!({"c": ["cart", "<img>"], "h": []})),
        listed("seen:musictracker:2026-11-23:0".to_owned(), None),
    ];
    let operator = operator(&bearer(Ask::get("/_privacy/admin/gaps"), TOKEN));
    assert_eq!(operator.wants(NOW).lists, ["seen:musictracker:"]);
    let page = operator
        .finish(
            &Found {
                lists: vec![list],
                gets: Vec::new(),
            },
            NOW,
        )
        .body;
    assert!(page.contains("cart") && page.contains("2 times") && page.contains("cdn.example"));
    assert!(!page.contains("_clck") && !page.contains("<img>"), "{page}");
}

#[test]
fn an_export_is_of_days_and_for_nobody_else() {
    let export = |query: &str| {
        let ask = bearer(Ask::get(&format!("/_privacy/admin/export?{query}")), TOKEN);
        assert_eq!(knock(&ask), Entry::In);
        operator(&ask)
    };
    let named = |query: &str| export(query).export().map(|export| export.file_name());
    assert_eq!(
        named("from=2026-11-01&to=2026-11-03&format=csv").as_deref(),
        Some("musictracker-consent-2026-11-01-2026-11-03.csv")
    );
    assert_eq!(
        named("from=2026-11-01").as_deref(),
        Some("musictracker-consent-2026-11-01-2026-11-01.ndjson")
    );
    for wrong in [
        "",
        "from=x",
        "from=2026-11-03&to=2026-11-01",
        "from=2026-11-01&format=pdf",
        "from=2026-11-01&after=x",
    ] {
        assert_eq!(named(wrong), None, "{wrong}");
        assert_eq!(
            export(wrong).finish(&Found::default(), NOW).status,
            400,
            "{wrong}"
        );
    }
    let ask = Ask::get("/_privacy/admin/export?from=2026-11-01");
    assert_eq!(knock(&ask), Entry::Out);
}
