//! A policy changes: who is told, how often, and what remains to be read.

use super::traffic::head;
use crate::kit::{Ask, DAY, NOW, made, set_cookies, site};
use edge_consent::calendar::day_of;
use edge_consent::site::{Archived, Change, Map, Site, Text};
use edge_consent::visit::Made;
use std::borrow::Cow;

fn change(date: &str, matters: bool) -> Change {
    let summary = format!("What changed on {date}.");
    Change {
        date: date.to_owned(),
        summary: Text(Map::from([("en".to_owned(), summary)])),
        matters,
    }
}

/// Three changes, two of which matter; the last was the day before [`NOW`].
fn changed() -> Site {
    let mut site = site("trackncloak").clone();
    site.changes = vec![
        change("2026-11-21", true),
        change("2026-11-10", false),
        change("2026-10-01", true),
    ];
    site
}

fn answered(site: &Site, day: &str) -> Made {
    let mut made = made(site, &["analytics"]);
    while day_of(made.at).as_str() > day {
        made.at -= DAY;
    }
    assert_eq!(day_of(made.at), day);
    made
}

/// What is put into a page, and the policy it gets.
fn page(site: &Site, ask: &Ask) -> Option<(String, String)> {
    let errand = ask.errand(site);
    let origin = head(
        200,
        &[
            ("content-type", "text/html"),
            ("content-security-policy", "default-src 'self'"),
        ],
    );
    let answer = errand.answer(&origin.head());
    let policy = answer
        .headers
        .iter()
        .find(|(name, _)| *name == "content-security-policy")
        .and_then(|(_, value)| value.clone());
    let insertion = answer.edit?.insertion.as_ref()?;
    let markup = String::from_utf8(insertion.first.to_vec()).unwrap();
    Some((markup, policy.unwrap_or_default()))
}

fn news(site: &Site, ask: &Ask) -> Vec<String> {
    let found = page(site, ask)
        .filter(|(markup, _)| markup.contains("/_privacy/seen"))
        .map(|(markup, _)| markup)
        .unwrap_or_default();
    let days = ["2026-11-21", "2026-11-10", "2026-10-01"];
    let named = |day: &&str| found.contains(&format!("What changed on {day}."));
    days.into_iter().filter(named).map(str::to_owned).collect()
}

#[test]
fn who_chose_before_a_change_that_matters_is_told_until_he_has_seen_it() {
    let site = changed();
    let chose = |day: &str| Ask::get("/").chose(&answered(&site, day));
    for (ask, expected) in [
        (Ask::get("/"), vec![]),
        (chose("2026-11-21"), vec![]),
        (chose("2026-11-20"), vec!["2026-11-21"]),
        (chose("2026-10-01"), vec!["2026-11-21"]),
        (chose("2026-09-30"), vec!["2026-11-21", "2026-10-01"]),
        (
            Ask::get("/").chose(&Made {
                at: NOW - 400 * DAY,
                ..made(&site, &[])
            }),
            vec![],
        ),
        (Ask::get("/").with("cookie", "cookie_consent=x"), vec![]),
        // A no is an answer, and a signal takes nothing from what he should know.
        (
            Ask::get("/").chose(&Made {
                receipt: None,
                at: NOW - 5 * DAY,
                ..made(&site, &[])
            }),
            vec!["2026-11-21"],
        ),
        (chose("2026-11-20").with("sec-gpc", "1"), vec!["2026-11-21"]),
        // A piece of a page, or what a script asks for, isn't the place.
        (chose("2026-11-20").with("sec-fetch-dest", "empty"), vec![]),
    ] {
        assert_eq!(news(&site, &ask), expected, "{ask:?}");
    }
    for (seen, expected) in [
        ("2026-11-21", vec![]),
        ("2026-11-22", vec![]),
        ("2026-10-01", vec!["2026-11-21"]),
        ("", vec!["2026-11-21", "2026-10-01"]),
    ] {
        let cookie = format!(
            "cookie_consent={}; consent_seen={seen}",
            edge_consent::visit::encode(&answered(&site, "2026-09-30"))
        );
        assert_eq!(
            news(&site, &Ask::get("/").with("cookie", &cookie)),
            expected,
            "{seen}"
        );
    }
    // What will hold from tomorrow on doesn't hold yet.
    let mut early = changed();
    early.changes[0].date = "2026-11-23".to_owned();
    assert_eq!(news(&early, &chose("2026-11-20")), [""; 0]);
}

/// Nothing but the notice: no script, and nothing in the page's policy but its style.
#[test]
fn the_notice_needs_no_script_and_comes_before_nobody_who_has_to_be_asked() {
    let site = changed();
    let made = answered(&site, "2026-11-20");
    let (markup, policy) = page(&site, &Ask::get("/a?b=c").chose(&made)).unwrap();
    assert!(!markup.contains("<script"), "{markup}");
    assert!(markup.contains("value=\"/a?b=c\"") && markup.is_ascii());
    assert!(policy.contains("style-src 'self' 'sha256-"), "{policy}");
    assert!(!policy.contains("script-src"), "{policy}");

    let mut stale = made;
    stale.answers[1].digest = "00000000".to_owned();
    let (markup, _) = page(&site, &Ask::get("/").chose(&stale)).unwrap();
    assert!(markup.contains("data-state") && !markup.contains("/_privacy/seen"));
}

#[test]
fn seen_is_seen_by_a_click_or_by_reading_the_policy() {
    let mut site = changed();
    let made = answered(&site, "2026-09-30");
    let note = "consent_seen=2026-11-21; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=15552000";
    let click = |body: &str| Ask::form("/_privacy/seen", body).chose(&made);
    let reply = click("return_to=/a%3Fb").reply(&site);
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/a?b"))
    );
    assert_eq!(set_cookies(&reply), [note]);
    assert_eq!(reply.writes, []);
    assert_eq!(
        click("return_to=https://evil.example/")
            .reply(&site)
            .header("location"),
        Some("/")
    );
    let program = Ask::json("/_privacy/seen", "{}").chose(&made).reply(&site);
    assert_eq!((program.status, set_cookies(&program)), (200, vec![note]));
    let foreign = click("").with("sec-fetch-site", "cross-site").reply(&site);
    assert_eq!((foreign.status, set_cookies(&foreign).len()), (403, 0));

    let policy = Ask::get("/cookie-policy").chose(&made).reply(&site);
    assert_eq!(set_cookies(&policy), [note]);
    let head = Ask::new("HEAD", "/cookie-policy").chose(&made).reply(&site);
    assert_eq!(set_cookies(&head), [""; 0]);
    // Who has not chosen leaves nothing, whatever he reads.
    for ask in [Ask::get("/cookie-policy"), Ask::form("/_privacy/seen", "")] {
        assert_eq!(set_cookies(&ask.reply(&site)), [""; 0]);
    }
    let reset = Ask::form("/_privacy/reset", "")
        .with("cookie", "consent_seen=2026-11-21")
        .reply(&site);
    assert!(
        set_cookies(&reset).contains(&"consent_seen=; Path=/; Secure; SameSite=Lax; Max-Age=0")
    );

    site.consent.domain = Some("trackncloak.com".to_owned());
    let reply = click("").reply(&site);
    assert_eq!(
        set_cookies(&reply),
        [format!("{note}; Domain=trackncloak.com")]
    );
    // Where there is nothing to tell, the address is the origin's, and the cookie nobody's business.
    for change in &mut site.changes {
        change.matters = false;
    }
    assert_eq!(news(&site, &Ask::get("/").chose(&made)), [""; 0]);
    drop(click("").errand(&site));
}

fn with_archive() -> Site {
    let mut site = changed();
    site.archive = [
        ("2026-11-01", "0123456789abcdef"),
        ("2026-01-01", "00000000ffffffff"),
    ]
    .map(|(date, version)| Archived {
        date: date.to_owned(),
        version: version.to_owned(),
        pages: Map::from([("en".to_owned(), Cow::Borrowed("<h1>As it was</h1>"))]),
    })
    .into();
    "2026-11-21".clone_into(&mut site.updated);
    site
}

#[test]
fn an_earlier_policy_is_read_by_its_version() {
    let site = with_archive();
    for (name, days) in [
        (
            "0123456789abcdef",
            "from November 1, 2026 until November 21, 2026",
        ),
        (
            "2026-01-01-00000000ffffffff",
            "from January 1, 2026 until November 1, 2026",
        ),
    ] {
        let ask = Ask::get(&format!("/_privacy/policy/{name}"));
        let reply = ask.reply(&site);
        assert_eq!(reply.status, 200);
        for part in [
            days,
            "<h1>As it was</h1>",
            "name=\"robots\" content=\"noindex\"",
            "href=\"/cookie-policy\"",
        ] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(ask.with("if-none-match", &tag).reply(&site).status, 304);
    }
    let now = Ask::get(&format!("/_privacy/policy/{}", site.version)).reply(&site);
    assert_eq!(
        (now.status, now.header("location")),
        (303, Some("/cookie-policy"))
    );
    for name in ["", "x", "0123456789abcdeF", "2026-11-01"] {
        let reply = Ask::get(&format!("/_privacy/policy/{name}")).reply(&site);
        assert_eq!(reply.status, 404, "{name}");
    }
    assert_eq!(Ask::form("/_privacy/policy/x", "").reply(&site).status, 405);
}
