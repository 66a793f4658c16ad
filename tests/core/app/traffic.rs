//! What the origin is told, what becomes of its answer.

use crate::kit::{Ask, SITES, made, site};
use edge_consent::origin::{Answer, Changes, Head};
use edge_consent::site::{Site, Undeclared};

/// An origin's answer, up to its body.
pub(super) struct OriginHead {
    status: u16,
    headers: Vec<(String, String)>,
    set_cookies: Box<dyn Fn() -> Vec<String>>,
}

pub(super) fn head(status: u16, headers: &[(&str, &str)]) -> OriginHead {
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let cookies: Vec<String> = headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.clone())
        .collect();
    OriginHead {
        status,
        headers,
        set_cookies: Box::new(move || cookies.clone()),
    }
}

impl OriginHead {
    pub(super) fn head(&self) -> Head<'_> {
        Head {
            status: self.status,
            headers: &self.headers,
            set_cookies: &*self.set_cookies,
        }
    }
}

fn sent<'a>(changes: &'a Changes, name: &str) -> Option<&'a Option<String>> {
    let found: Vec<&Option<String>> = changes
        .iter()
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value)
        .collect();
    assert!(found.len() < 2, "{name} twice");
    found.first().copied()
}

const HTML: &[(&str, &str)] = &[
    ("content-type", "text/html; charset=utf-8"),
    ("etag", "\"abc\""),
];

#[test]
fn the_origin_is_told_what_holds_and_never_what_a_client_claims() {
    let site = site("trackncloak");
    let claim = |ask: Ask| ask.with("x-consent", "functional=1, analytics=1");
    for (ask, expected) in [
        (Ask::get("/"), "functional=0, analytics=0"),
        (
            Ask::get("/").chose(&made(site, &["analytics"])),
            "functional=0, analytics=1",
        ),
        (
            Ask::get("/").chose(&made(site, &["functional", "analytics"])),
            "functional=1, analytics=1",
        ),
        (
            Ask::get("/")
                .chose(&made(site, &["functional", "analytics"]))
                .with("sec-gpc", "1"),
            "functional=0, analytics=0",
        ),
        (Ask::new("PUT", "/api"), "functional=0, analytics=0"),
    ] {
        let errand = claim(ask).errand(site);
        assert_eq!(
            sent(&errand.request, "x-consent"),
            Some(&Some(expected.to_owned()))
        );
        assert_eq!(sent(&errand.request, "sec-gpc"), None, "it passes");
    }
    let plain = crate::kit::site("musicmuse");
    assert_eq!(
        sent(&claim(Ask::get("/")).errand(plain).request, "x-consent"),
        Some(&None),
        "taken away, not answered"
    );
    assert_eq!(Ask::get("/").errand(plain).request, []);
}

#[test]
fn cookies_pass_by_the_byte_or_not_at_all() {
    let site = site("balanced-mastering");
    let refused = made(site, &[]);
    let cookie = format!("cookie_consent={}", edge_consent::visit::encode(&refused));
    let rows: [(&str, Option<Option<&str>>); 12] = [
        ("a=1; b=2", None),
        ("a=1;b=2;  c=\"x y\" ;=;;", None),
        ("_ga=1", None),
        ("a=1; _ga=2", Some(Some("a=1"))),
        ("_ga=2; a=1", Some(Some("a=1"))),
        (
            "a=1;_ga=2;  b=\"3\" ; _gid=4; c",
            Some(Some("a=1;  b=\"3\" ; c")),
        ),
        (" _ga =2; a=1", Some(Some("a=1"))),
        (
            "_GA=2; _gax=3; _ga_=4; theme-mode",
            Some(Some("_GA=2; _gax=3")),
        ),
        (
            "_ga_X=1; _gat_gtag=2; auth-token=3",
            Some(Some("auth-token=3")),
        ),
        ("a=_ga; _ga=a; _ga=b; b==;", Some(Some("a=_ga; b==;"))),
        ("session-id=1; sb-x-auth-token=2; csrf-token=3", None),
        (
            "user-preferences=1; usage-stats=%7B%7D; upload-history=3",
            Some(None),
        ),
    ];
    for (header, expected) in rows {
        let with = format!("{header}; {cookie}");
        let errand = Ask::get("/").with("cookie", &with).errand(site);
        if header == "_ga=1" {
            assert_eq!(sent(&errand.request, "cookie"), Some(&Some(cookie.clone())));
            continue;
        }
        let expected = expected
            .map(|kept| kept.map_or_else(|| cookie.clone(), |kept| format!("{kept}; {cookie}")));
        assert_eq!(
            sent(&errand.request, "cookie").cloned().map(Option::unwrap),
            expected,
            "{header}"
        );
    }
    let all = Ask::get("/").with("cookie", "_ga=1; _gid=2").errand(site);
    assert_eq!(
        sent(&all.request, "cookie"),
        Some(&None),
        "an empty header is none"
    );
}

#[test]
fn cookies_that_nobody_declared_pass_as_the_site_says() {
    let mut site = site("trackncloak").clone();
    let cookie =
        "x=1; next-auth.session-token.0=2; __Secure-next-auth.session-token=3; sidebar-collapsed=4";
    let asked = |site: &Site, granted: &[&str]| {
        let chosen = format!(
            "{cookie}; cookie_consent={}",
            edge_consent::visit::encode(&made(site, granted))
        );
        let errand = Ask::get("/").with("cookie", &chosen).errand(site);
        sent(&errand.request, "cookie")
            .cloned()
            .flatten()
            .map(|kept| kept.split("; cookie_consent").next().unwrap().to_owned())
    };
    assert_eq!(asked(&site, &["functional"]), None);
    site.consent.undeclared = Undeclared::Block;
    assert_eq!(asked(&site, &["functional"]).as_deref(), Some(&cookie[5..]));
    assert_eq!(
        asked(&site, &[]).as_deref(),
        Some("next-auth.session-token.0=2; __Secure-next-auth.session-token=3")
    );
}

#[test]
fn set_cookie_is_filtered_one_by_one() {
    let site = site("balanced-mastering");
    let ours = &[
        ("content-type", "text/plain"),
        (
            "set-cookie",
            "auth-token=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly",
        ),
        (
            "set-cookie",
            "_ga=GA1.2; Domain=.balancedmastering.com; Expires=Thu, 01 Jan 2028 00:00:00 GMT",
        ),
        ("set-cookie", "other=a,b"),
        ("set-cookie", " theme-mode = dark"),
        ("set-cookie", "cookie_consent=1~0~~yes~; Path=/"),
        ("set-cookie", "_ga_X=1"),
    ];
    let origin = head(200, ours);
    let kept = |ask: Ask| {
        let errand = ask.errand(site);
        errand.answer(&origin.head()).set_cookies
    };
    let mine = |names: &[usize]| {
        Some(
            names
                .iter()
                .map(|index| ours[*index].1.to_owned())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(kept(Ask::get("/")), mine(&[1, 3]));
    assert_eq!(
        kept(Ask::get("/").chose(&made(site, &["analytics"]))),
        mine(&[1, 2, 3, 6])
    );
    assert_eq!(
        kept(Ask::get("/").chose(&made(site, &["analytics", "functional"]))),
        mine(&[1, 2, 3, 4, 6]),
        "the consent cookie is ours to set"
    );
    let untouched = head(200, &ours[..2]);
    let errand = Ask::get("/").chose(&made(site, &[])).errand(site);
    assert!(errand.answer(&untouched.head()).is_untouched());
}

#[test]
fn a_decided_visitor_gets_the_origins_answer_itself() {
    for id in SITES {
        let mut site = site(id).clone();
        for service in &mut site.services {
            // Google is told what was granted, in whatever page its tags stand.
            service.announced = false;
        }
        let site = &site;
        // Where something is held, its pages are read for who has not granted it.
        let nothing_held = ["musicmuse", "trackncloak"].contains(&id);
        let all = &["functional", "analytics"][..];
        for granted in [all, if nothing_held { &[] } else { all }] {
            let errand = Ask::get("/a")
                .with("if-none-match", "\"abc\"")
                .with("if-modified-since", "x")
                .with("range", "bytes=0-1")
                .chose(&made(site, granted))
                .errand(site);
            for name in ["if-none-match", "if-modified-since", "range", "cookie"] {
                assert_eq!(sent(&errand.request, name), None, "{name}");
            }
            assert!(errand.answer(&head(200, HTML).head()).is_untouched());
        }
    }
    let plain = site("musicmuse");
    assert!(
        Ask::get("/")
            .errand(plain)
            .answer(&head(200, HTML).head())
            .is_untouched()
    );
}

fn edited<'a>(errand: &'a edge_consent::origin::Errand<'a>, origin: &OriginHead) -> Answer<'a> {
    errand.answer(&origin.head())
}

#[test]
fn an_edited_page_is_kept_by_nobody_and_says_nothing_of_its_old_bytes() {
    let site = site("musictracker");
    let errand = Ask::get("/").errand(site);
    let origin = head(
        200,
        &[
            ("content-type", "text/html"),
            ("etag", "\"abc\""),
            ("last-modified", "Wed, 21 Oct 2026 07:28:00 GMT"),
            ("cache-control", "public, max-age=600"),
            ("content-length", "12"),
            ("content-encoding", "gzip"),
            ("content-md5", "x"),
            ("accept-ranges", "bytes"),
            ("vary", "Accept"),
        ],
    );
    let answer = edited(&errand, &origin);
    assert!(answer.edit.is_some());
    assert_eq!(
        sent(&answer.headers, "vary"),
        Some(&Some(
            "Accept, Cookie, Sec-GPC, DNT, Accept-Language".to_owned()
        ))
    );
    assert_eq!(
        sent(&answer.headers, "cache-control"),
        Some(&Some("private, no-cache".to_owned()))
    );
    let tag = sent(&answer.headers, "etag").unwrap().clone().unwrap();
    assert!(tag.starts_with("W/\"") && tag.ends_with(".abc\""), "{tag}");
    for name in [
        "last-modified",
        "expires",
        "age",
        "cdn-cache-control",
        "surrogate-control",
        "content-length",
        "content-encoding",
        "content-md5",
        "digest",
        "repr-digest",
        "accept-ranges",
    ] {
        assert_eq!(sent(&answer.headers, name), Some(&None), "{name}");
    }
    let tagless = head(200, &[("content-type", "text/html")]);
    assert_eq!(
        sent(&edited(&errand, &tagless).headers, "etag"),
        Some(&None)
    );
}

#[test]
fn a_tag_never_answers_for_another_state() {
    let site = site("trackncloak");
    let tag_of = |ask: &Ask| -> String {
        let errand = ask.errand(site);
        let answer = edited(&errand, &head(200, HTML));
        sent(&answer.headers, "etag")
            .cloned()
            .flatten()
            .unwrap_or_else(|| "\"abc\"".to_owned())
    };
    let mut stale = made(site, &["functional"]);
    stale.answers[1].digest = "00000000".to_owned();
    let states = [
        Ask::get("/"),
        Ask::get("/").with("sec-gpc", "1"),
        Ask::get("/").with("dnt", "1"),
        Ask::get("/").with("cookie", "cookie_consent=x"),
        Ask::get("/").chose(&stale),
        Ask::get("/").with("accept-language", "de"),
        Ask::get("/").chose(&made(site, &["functional"])),
        Ask::get("/?other=page"),
    ];
    let tags: Vec<String> = states.iter().map(tag_of).collect();
    for (mine, ask) in tags.iter().zip(&states) {
        for other in &tags {
            let errand = ask.clone().with("if-none-match", other).errand(site);
            let passed = match sent(&errand.request, "if-none-match") {
                None => Some(other.clone()),
                Some(changed) => changed.clone(),
            };
            let expected = (mine == other).then(|| {
                if other == "\"abc\"" {
                    other.clone()
                } else {
                    "W/\"abc\"".to_owned()
                }
            });
            assert_eq!(passed, expected, "{ask:?} holding {other}");
        }
    }
    // The same page for two people in one state is one page.
    assert_eq!(
        tag_of(&states[0]),
        tag_of(&Ask::get("/").with("cookie", "session=1"))
    );
    assert_ne!(tags[0], tags[1]);
    assert_ne!(tags[0], tags[4]);
}

#[test]
fn conditional_requests_work_within_a_state() {
    let site = site("musictracker");
    let first = Ask::get("/").errand(site);
    let tag = sent(&edited(&first, &head(200, HTML)).headers, "etag")
        .cloned()
        .flatten()
        .unwrap();
    let again = Ask::get("/")
        .with("if-none-match", &format!("\"x\", {tag}, W/\"y\""))
        .with("if-modified-since", "x")
        .with("range", "bytes=0-9")
        .with("if-range", "x")
        .errand(site);
    assert_eq!(
        sent(&again.request, "if-none-match"),
        Some(&Some("W/\"abc\"".to_owned()))
    );
    for name in ["if-modified-since", "range", "if-range"] {
        assert_eq!(sent(&again.request, name), Some(&None), "{name}");
    }
    let answer = edited(
        &again,
        &head(304, &[("etag", "\"abc\""), ("last-modified", "x")]),
    );
    assert!(answer.edit.is_none());
    assert_eq!(sent(&answer.headers, "etag"), Some(&Some(tag)));
    assert_eq!(sent(&answer.headers, "last-modified"), Some(&None));
    assert_eq!(
        sent(&answer.headers, "cache-control"),
        Some(&Some("private, no-cache".to_owned()))
    );
}

#[test]
fn only_pages_that_a_person_looks_at_are_edited() {
    let site = site("musictracker");
    let edits = |ask: Ask, origin: &OriginHead| {
        let errand = ask.errand(site);
        let answer = errand.answer(&origin.head());
        answer.edit.is_some_and(|edit| edit.insertion.is_some())
    };
    let page = head(200, HTML);
    assert!(edits(Ask::get("/"), &page));
    assert!(edits(Ask::new("HEAD", "/"), &page));
    assert!(edits(Ask::new("POST", "/search"), &page));
    assert!(edits(
        Ask::get("/").with("sec-fetch-dest", "document"),
        &page
    ));
    for dest in [
        "empty",
        "iframe",
        "embed",
        "object",
        "image",
        "script",
        "style",
        "fencedframe",
        "",
    ] {
        assert!(
            !edits(Ask::get("/").with("sec-fetch-dest", dest), &page),
            "{dest}"
        );
    }
    assert!(!edits(
        Ask::get("/").with("x-requested-with", "XMLHttpRequest"),
        &page
    ));
    assert!(!edits(Ask::new("PUT", "/"), &page));

    for status in [200, 201, 203, 299, 400, 401, 403, 404, 410, 500, 503] {
        assert!(edits(Ask::get("/"), &head(status, HTML)), "{status}");
    }
    for status in [101, 204, 205, 206] {
        assert!(!edits(Ask::get("/"), &head(status, HTML)), "{status}");
    }
    for (name, value, expected) in [
        ("content-type", "text/html", true),
        ("content-type", "TEXT/HTML;charset=\"windows-1252\"", true),
        ("content-type", "text/html; charset=shift_jis", true),
        ("content-type", "text/html; charset=utf-16", true),
        ("content-type", "text/html; charset=\"UTF-16LE\"", true),
        ("content-type", "text/html;charset=utf-16be", true),
        ("content-type", "text/html; charset=iso-2022-jp", true),
        (
            "content-type",
            "text/html; charset=utf-8; charset=utf-16",
            false,
        ),
        ("content-type", "application/xhtml+xml", false),
        ("content-type", "text/plain", false),
        ("content-type", "application/json", false),
        ("content-type", "text/htmlx", false),
        ("content-encoding", "gzip", true),
        ("content-encoding", "br", true),
        ("content-encoding", "BR", true),
        ("content-encoding", "identity", true),
        ("content-encoding", "zstd", false),
        ("content-encoding", "deflate", false),
        ("content-encoding", "gzip, br", false),
        ("content-disposition", "attachment; filename=a.html", false),
        ("content-disposition", "ATTACHMENT", false),
        ("content-disposition", "inline", true),
    ] {
        let mut headers = vec![(name, value)];
        if name != "content-type" {
            headers.push(("content-type", "text/html"));
        }
        assert_eq!(
            edits(Ask::get("/"), &head(200, &headers)),
            expected,
            "{name}: {value}"
        );
    }
    assert!(!edits(Ask::get("/"), &head(200, &[])), "no type");
}

#[test]
fn a_policy_of_the_page_lets_the_banner_in_and_nothing_else() {
    let site = site("musictracker");
    let errand = Ask::get("/").errand(site);
    let policy = |value: &str| {
        let origin = head(
            200,
            &[
                ("content-type", "text/html"),
                ("content-security-policy", value),
            ],
        );
        sent(&edited(&errand, &origin).headers, "content-security-policy")
            .cloned()
            .flatten()
            .unwrap()
    };
    let strict = policy("default-src 'self'; form-action 'none'");
    let hash = |directive: &str| {
        let of = strict
            .split("; ")
            .find_map(|own| own.strip_prefix(&format!("{directive} 'self' '")))
            .unwrap();
        of.trim_end_matches('\'').to_owned()
    };
    let (style, script) = (hash("style-src"), hash("script-src"));
    assert!(style.starts_with("sha256-") && script.starts_with("sha256-") && style != script);
    assert_eq!(
        strict,
        format!(
            "default-src 'self'; form-action 'self'; style-src 'self' '{style}'; script-src 'self' '{script}'"
        )
    );
    assert_eq!(
        policy("script-src 'unsafe-inline' 'nonce-a'; style-src 'unsafe-inline'"),
        format!("script-src 'unsafe-inline' 'nonce-a' '{script}'; style-src 'unsafe-inline'")
    );
    // `'strict-dynamic'` says nothing about styles: a hash would switch the page's own inline ones off.
    assert_eq!(
        policy(
            "default-src 'unsafe-inline' 'strict-dynamic' 'nonce-a'; style-src 'unsafe-inline' 'strict-dynamic'"
        ),
        format!(
            "default-src 'unsafe-inline' 'strict-dynamic' 'nonce-a'; style-src 'unsafe-inline' 'strict-dynamic'; script-src 'unsafe-inline' 'strict-dynamic' 'nonce-a' '{script}'; connect-src 'unsafe-inline' 'strict-dynamic' 'nonce-a' 'self'"
        )
    );
    let none = head(200, &[("content-type", "text/html")]);
    assert_eq!(
        sent(&edited(&errand, &none).headers, "content-security-policy"),
        None
    );
}
