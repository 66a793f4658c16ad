//! What is done about tags that scripts add: which pages get a guard, which a policy, and what is in them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::kit::{Ask, made};
use edge_consent::html::Editor;
use edge_consent::origin::hold::Hold;
use edge_consent::origin::{Answer, Errand, Head};
use edge_consent::site::{Site, UnknownHosts, declare};
use std::path::Path;
use std::sync::LazyLock;

static SITES: LazyLock<Vec<Site>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    declare::read_folders(root, &["sites", "tests/sites"]).unwrap()
});

/// One of the tests' own sites.
pub(crate) fn site(id: &str) -> &'static Site {
    SITES.iter().find(|site| site.id == id).unwrap()
}

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const CSP: &str = "content-security-policy";

/// Everybody who withholds something, by what he grants; nothing for who hasn't answered.
pub(crate) fn ask(site: &Site, granted: Option<&[&str]>) -> Ask {
    let ask = Ask::get("/");
    match granted {
        Some(granted) => ask.chose(&made(site, granted)),
        None => ask,
    }
}

/// What becomes of a page: the policy that is sent, and the page itself.
pub(crate) fn page(
    errand: &Errand<'_>,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) -> (Option<String>, String) {
    let owned: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let answer = errand.answer(&Head {
        status,
        headers: &owned,
        set_cookies: &Vec::new,
    });
    let found = answer.headers.iter().find(|(name, _)| *name == CSP);
    let policy = found.and_then(|(_, value)| value.clone());
    (policy, edited(&answer, body))
}

fn edited(answer: &Answer<'_>, body: &str) -> String {
    let Some(edit) = answer.edit else {
        return body.to_owned();
    };
    let pieces = |size: usize| {
        let hold = edit
            .hold
            .clone()
            .map(|plan| Hold::new(plan).with(answer.markup.clone()));
        let (mut editor, mut out) = (Editor::with(None, hold), Vec::new());
        for piece in body.as_bytes().chunks(size) {
            editor.push(piece, &mut out);
        }
        editor.end(&mut out);
        String::from_utf8(out).unwrap()
    };
    let whole = pieces(usize::MAX);
    assert_eq!(pieces(1), whole, "{body}");
    whole
}

const PAGE: &str = "<!doctype html><html><head><meta charset=utf-8><title>x</title><script src=/a.js></script></head><body>x";

fn has_guard(page: &str) -> bool {
    page.contains("<script>try{document.currentScript.remove();")
}

#[test]
fn who_withholds_nothing_gets_his_page_as_it_is_and_others_a_guard_or_a_policy() {
    let all: &[&str] = &["functional", "analytics", "marketing"];
    let theirs =
        "script-src 'self' blob: data: 'unsafe-inline' 'unsafe-eval' closed.test *.closed.test";
    let rest = "frame-src 'self' blob: data: closed.test *.closed.test";
    let none = format!("{theirs}; {rest}; object-src 'self' blob: data: closed.test *.closed.test");
    for (id, granted, guard, policy) in [
        ("guarded", None, true, None),
        ("guarded", Some(&[][..]), true, None),
        ("guarded", Some(&["analytics"][..]), true, None),
        ("guarded", Some(all), false, None),
        ("closed", None, true, None),
        ("closed", Some(&[][..]), false, Some(none.as_str())),
        (
            "closed",
            Some(&["functional"][..]),
            false,
            Some(none.as_str()),
        ),
        ("closed", Some(all), false, None),
        ("tagged", Some(&[][..]), false, None),
    ] {
        let site = site(id);
        let errand = ask(site, granted).errand(site);
        let (sent, body) = page(&errand, 200, &[HTML], PAGE);
        assert_eq!(has_guard(&body), guard, "{id} {granted:?}");
        assert_eq!(sent.as_deref(), policy, "{id} {granted:?}");
    }
}

#[test]
fn a_policy_lets_in_what_is_granted_by_host_and_folder() {
    let site = site("closed");
    let errand = ask(site, Some(&["analytics"])).errand(site);
    let (sent, body) = page(&errand, 200, &[HTML], PAGE);
    let sent = sent.unwrap();
    for source in [
        " www.googletagmanager.com/gtag/ *.www.googletagmanager.com/gtag/",
        " google-analytics.com *.google-analytics.com",
        " clarity.ms *.clarity.ms",
    ] {
        for directive in sent.split("; ") {
            assert!(directive.contains(source), "{source} in {directive}");
        }
    }
    assert!(!sent.contains("youtube"), "{sent}");
    assert!(!has_guard(&body));
}

/// Where a policy can't tell what is granted from what isn't, the guard stands, too.
#[test]
fn what_a_policy_cant_tell_apart_is_for_the_guard() {
    for (granted, withheld, guard) in [
        ("a.example", "b.example", false),
        ("a.example", "a.example/x/", true),
        ("a.example/x/", "a.example", false),
        ("a.example", "sub.a.example", true),
        ("sub.a.example", "a.example", false),
        ("a.example/x/", "a.example/y/", false),
        ("a.example/x/", "a.example/x/y", true),
        ("a.example/x", "a.example/y", true),
        ("a.example/x/z?id=G-", "a.example/x/z?id=AW-", true),
        ("a.example/x/z?id=G-", "a.example/", true),
        ("a.example", "nota.example", false),
    ] {
        let mut site = site("closed").clone();
        let youtube = site
            .services
            .iter()
            .position(|own| own.id == "youtube")
            .unwrap();
        for (at, service) in site.services.iter_mut().enumerate() {
            let host = if at == youtube { withheld } else { granted };
            service.hosts = vec![host.to_owned()];
        }
        let errand = ask(&site, Some(&["analytics"])).errand(&site);
        let (sent, body) = page(&errand, 200, &[HTML], PAGE);
        assert!(sent.is_some());
        assert_eq!(has_guard(&body), guard, "{granted} {withheld}");
    }
}

#[test]
fn where_unknown_hosts_are_held_a_policy_speaks_of_everything_that_loads() {
    let mut site = site("closed").clone();
    site.consent.unknown_hosts = UnknownHosts::Hold;
    let (sent, _) = page(
        &ask(&site, Some(&["marketing"])).errand(&site),
        200,
        &[HTML],
        PAGE,
    );
    let sent = sent.unwrap();
    assert!(sent.starts_with("default-src 'self' blob: data: 'unsafe-inline' 'unsafe-eval' closed.test *.closed.test youtube.com"), "{sent}");
    assert!(
        sent.contains("; connect-src 'self' blob: data: closed.test"),
        "{sent}"
    );
    assert!(
        sent.ends_with("wss://ytimg.com wss://*.ytimg.com"),
        "{sent}"
    );
    // The unknown ones stay out, whatever is granted.
    let all = ["functional", "analytics", "marketing"];
    assert!(
        page(&ask(&site, Some(&all)).errand(&site), 200, &[HTML], PAGE)
            .0
            .is_some()
    );
}

/// A browser takes a 304's headers for the page that it has kept.
#[test]
fn a_revalidation_says_what_the_page_said() {
    let site = site("closed");
    let ask = ask(site, Some(&[]));
    let errand = ask.errand(site);
    let own = "script-src 'self' 'nonce-x'";
    let (first, _) = page(&errand, 200, &[HTML, (CSP, own)], PAGE);
    let (again, _) = page(&errand, 304, &[(CSP, own)], "");
    assert_eq!(first, again);
    assert!(first.unwrap().starts_with("script-src 'self' 'nonce-x'"));
    // Without its policy the kept ones stand; ours alone would replace them.
    assert_eq!(page(&errand, 304, &[], "").0, None);
}

/// Frames are pages; what a script fetches becomes part of one.
#[test]
fn only_pages_get_a_guard_or_a_policy() {
    for (dest, meant) in [
        ("document", true),
        ("iframe", true),
        ("object", true),
        ("empty", false),
        ("script", false),
    ] {
        let guarded = site("guarded");
        let errand = ask(guarded, Some(&[]))
            .with("sec-fetch-dest", dest)
            .errand(guarded);
        assert_eq!(
            has_guard(&page(&errand, 200, &[HTML], PAGE).1),
            meant,
            "{dest}"
        );
        let closed = site("closed");
        let errand = ask(closed, Some(&[]))
            .with("sec-fetch-dest", dest)
            .errand(closed);
        assert_eq!(
            page(&errand, 200, &[HTML], PAGE).0.is_some(),
            meant,
            "{dest}"
        );
    }
}

#[test]
fn the_guard_stands_before_whatever_could_run() {
    let site = site("guarded");
    let errand = ask(site, Some(&[])).errand(site);
    let guard = {
        let (_, body) = page(&errand, 200, &[HTML], "<p>");
        body.strip_suffix("<p>").unwrap().to_owned()
    };
    assert!(has_guard(&guard));
    for (before, behind) in [
        (
            "<!doctype html><html><head><meta charset=utf-8><title>x</title>",
            "<script>a</script></head><body>",
        ),
        (
            "<head><link rel=stylesheet href=/a.css>",
            "</head><body><script>a</script>",
        ),
        (
            "<head><meta name=a content=b>",
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><script>a</script>",
        ),
        (
            "<head>",
            "<template><script>a</script></template><script>b</script>",
        ),
        (
            "<head>",
            "<noscript><style>a</style></noscript><script>b</script>",
        ),
        ("<title>&lt;script></title>", "<body onload=a()>"),
        ("<!-- <script> -->", "<script>a</script>"),
        ("", "<svg onload=a()></svg>"),
        ("", "text"),
        ("<!doctype html>", "<img src=x onerror=a()>"),
        (
            "<head><title>x</title>",
            "<frameset><frame src=/a></frameset>",
        ),
    ] {
        let (_, body) = page(&errand, 200, &[HTML], &format!("{before}{behind}"));
        assert_eq!(body, format!("{before}{guard}{behind}"));
    }
}

/// What the guard is told: who is withheld, and of what is granted only what could be taken for it.
#[test]
fn the_guards_table_is_small_and_cant_break_out() {
    let mut site = site("guarded").clone();
    let data = |site: &Site, granted: &[&str]| {
        let (_, body) = page(&ask(site, Some(granted)).errand(site), 200, &[HTML], "<p>");
        let (_, rest) = body.rsplit_once("})(").unwrap();
        rest.split_once(")}catch{}</script>").unwrap().0.to_owned()
    };
    assert_eq!(
        data(&site, &["analytics"]),
        r#"[["youtube",["youtube.com","youtube-nocookie.com","ytimg.com"],["YT.Player","youtube.com/iframe_api"]]],null"#
    );
    let youtube = site
        .services
        .iter()
        .position(|own| own.id == "youtube")
        .unwrap();
    site.services[youtube].hosts = vec!["googletagmanager.com".to_owned()];
    site.services[youtube].markers = vec!["é</script> \"x\" 𝄞".to_owned()];
    site = site.clone(); // with nothing kept of how it was
    assert_eq!(
        data(&site, &["analytics"]),
        r#"[["youtube",["googletagmanager.com"],["\u00e9\u003c/script>'x'\ud834\udd1e"]],["",["www.googletagmanager.com/gtag/"],[]]],null"#
    );
    site.consent.unknown_hosts = UnknownHosts::Hold;
    site = site.clone();
    let told = data(&site, &["analytics"]);
    assert!(
        told.contains("\"clarity.ms\"") && told.ends_with(",[\"guarded.test\"]"),
        "{told}"
    );
}
