//! Which requests get their pages held, and what that does to headers.

use super::site;
use edge_consent::{
    app::{Next, begin},
    origin::{Errand, Head},
    site::Site,
    visit::{Incoming, Method},
};

type List = Vec<(String, String)>;

fn list(pairs: &[(&str, &str)]) -> List {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(pair).collect()
}

fn errand<'a>(site: &'a Site, path: &str, headers: &[(&str, &str)]) -> Box<Errand<'a>> {
    errand_by(Method::Get, site, path, headers)
}

fn errand_by<'a>(
    method: Method,
    site: &'a Site,
    path: &str,
    headers: &[(&str, &str)],
) -> Box<Errand<'a>> {
    let headers = list(headers);
    let incoming = Incoming {
        method,
        host: "page.example".into(),
        path: path.into(),
        search: String::new(),
        country: None,
        headers: &headers,
    };
    match begin(site, &incoming, 1_800_000_000) {
        Next::Origin(errand, _) => errand,
        other => panic!("{other:?}"),
    }
}

/// Whether the banner goes in, whether tags are held, and the changed headers.
fn answer(
    errand: &Errand<'_>,
    status: u16,
    headers: &[(&str, &str)],
) -> (bool, bool, Vec<(&'static str, Option<String>)>) {
    let headers = list(headers);
    let none = Vec::new;
    let head = Head {
        status,
        headers: &headers,
        set_cookies: &none,
    };
    let answer = errand.answer(&head);
    let edit = answer.edit;
    (
        edit.is_some_and(|edit| edit.insertion.is_some()),
        edit.is_some_and(|edit| edit.hold.is_some()),
        answer.headers,
    )
}

/// A page is a page whatever asked for it; but where a request writes, its conditions are the origin's.
#[test]
fn by_any_method_a_page_is_held_and_conditions_of_writes_pass() {
    let site = site();
    let conditions = [
        ("if-none-match", "*"),
        ("if-modified-since", "x"),
        ("range", "bytes=0-1"),
    ];
    for (method, touched) in [
        (Method::Get, true),
        (Method::Head, true),
        (Method::Post, false),
        (Method::Other, false),
    ] {
        let errand = errand_by(method, &site, "/", &conditions);
        let (_, holds, _) = answer(&errand, 200, &[HTML]);
        assert!(holds, "{method:?}");
        for (name, _) in conditions {
            let changed = errand.request.iter().any(|(own, _)| *own == name);
            assert_eq!(changed, touched, "{method:?} {name}");
        }
    }
}

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

#[test]
fn every_page_is_held_and_only_documents_get_the_banner() {
    let site = site();
    for (dest, banner, hold) in [
        (None, true, true),
        (Some("document"), true, true),
        (Some("iframe"), false, true),
        (Some("frame"), false, true),
        (Some("object"), false, true),
        (Some("empty"), false, true),
        (Some("image"), false, false),
        (Some("script"), false, false),
        (Some("video"), false, false),
    ] {
        let sent: Vec<_> = dest
            .map(|dest| ("sec-fetch-dest", dest))
            .into_iter()
            .collect();
        let errand = errand(&site, "/", &sent);
        let (has_banner, holds, _) = answer(&errand, 200, &[HTML]);
        assert_eq!((has_banner, holds), (banner, hold), "{dest:?}");
        let (has_banner, holds, headers) = answer(&errand, 200, &[("content-type", "text/css")]);
        assert_eq!(
            (has_banner, holds, headers.len()),
            (false, false, 0),
            "{dest:?}"
        );
    }
}

#[test]
fn who_answered_with_no_gets_pages_held_and_with_yes_as_they_are() {
    let mut site = site();
    for service in &mut site.services {
        service.announced = false;
    }
    let answered = |category: &str| {
        let mut headers = Vec::new();
        let granted = |own: &str| i32::from(category == "all" || own == category);
        let answers: Vec<_> = site
            .optional()
            .map(|own| edge_consent::visit::Answer {
                digest: own.digest.clone(),
                granted: granted(&own.id) == 1,
                exceptions: Vec::new(),
            })
            .collect();
        let made = edge_consent::visit::Made {
            at: 1_799_999_000,
            gpc: false,
            dnt: false,
            answers,
            receipt: None,
        };
        headers.push(format!(
            "cookie_consent={}",
            edge_consent::visit::encode(&made)
        ));
        headers.remove(0)
    };
    for (category, holds) in [("none", true), ("analytics", true), ("all", false)] {
        let cookie = answered(category);
        let errand = errand(&site, "/", &[("cookie", &cookie)]);
        assert_eq!(answer(&errand, 200, &[HTML]).1, holds, "{category}");
        assert!(!answer(&errand, 200, &[HTML]).0, "{category}");
        let etag = answer(&errand, 200, &[HTML, ("etag", "\"a\"")]).2;
        assert_eq!(
            etag.iter().any(|(name, _)| *name == "etag"),
            holds,
            "{category}"
        );
    }
}

/// What a held frame's form goes back to.
fn return_to(headers: &[(&str, &str)]) -> String {
    use edge_consent::{html::Editor, origin::hold::Hold};
    let site = site();
    let errand = errand(&site, "/part", headers);
    let list = list(&[HTML]);
    let head = Head {
        status: 200,
        headers: &list,
        set_cookies: &Vec::new,
    };
    let hold = errand.answer(&head).edit.unwrap().hold.clone().unwrap();
    let (mut editor, mut out) = (Editor::with(None, Some(Hold::new(hold))), Vec::new());
    editor.push(
        b"<iframe src=https://www.youtube.com/embed/1></iframe>",
        &mut out,
    );
    editor.end(&mut out);
    let text = String::from_utf8(out).unwrap();
    let (_, rest) = text
        .split_once("name=&quot;return_to&quot; value=&quot;")
        .unwrap();
    rest.split_once("&quot;").unwrap().0.to_owned()
}

#[test]
fn a_frame_in_a_part_of_a_page_leads_back_to_the_page() {
    let part = ("sec-fetch-dest", "iframe");
    assert_eq!(return_to(&[]), "/part");
    assert_eq!(return_to(&[part]), "/");
    assert_eq!(
        return_to(&[part, ("referer", "https://page.example/a?b")]),
        "/a?b"
    );
    assert_eq!(
        return_to(&[part, ("referer", "https://page.example.net/a")]),
        "/"
    );
    assert_eq!(
        return_to(&[part, ("referer", "https://other.example/a")]),
        "/"
    );
}

#[test]
fn validators_tell_plans_apart() {
    let site = site();
    let tag = |site: &Site, headers: &[(&str, &str)]| {
        let errand = errand(site, "/", headers);
        let (_, _, headers) = answer(&errand, 200, &[HTML, ("etag", "\"a\"")]);
        let found = headers.into_iter().find(|(name, _)| *name == "etag");
        found.unwrap().1.unwrap()
    };
    let dest = [("sec-fetch-dest", "empty")];
    let own = tag(&site, &dest);
    assert_ne!(own, tag(&site, &[]));
    assert_eq!(own, tag(&site, &dest));

    let sent = [
        ("range", "bytes=0-9"),
        ("if-modified-since", "x"),
        ("if-none-match", &*own),
        dest[0],
    ];
    let request = errand(&site, "/", &sent).request.clone();
    assert!(request.contains(&("range", None)));
    assert!(request.contains(&("if-modified-since", None)));
    assert!(request.contains(&("if-none-match", Some("W/\"a\"".into()))));
    let request = errand(&site, "/big.zip", &sent).request.clone();
    assert!(!request.iter().any(|(name, _)| *name == "range"));
}

#[test]
fn a_page_that_cant_be_read_loads_nothing_from_elsewhere() {
    let site = site();
    let errand = errand(&site, "/", &[]);
    for headers in [
        &[(
            "content-type",
            "text/html; charset=utf-8, text/html; charset=utf-16",
        )][..],
        &[],
        &[HTML, ("content-encoding", "zstd")],
        &[("content-type", "application/xhtml+xml")],
    ] {
        let (banner, hold, changed) = answer(&errand, 200, headers);
        assert!(!banner && !hold);
        let policy = |changed: &[(&str, Option<String>)]| {
            let found = changed
                .iter()
                .find(|(name, _)| *name == "content-security-policy");
            found.unwrap().1.clone().unwrap()
        };
        assert!(policy(&changed).starts_with("default-src 'self'; "));
        let own = [headers, &[("content-security-policy", "script-src x")]].concat();
        let (_, _, changed) = answer(&errand, 200, &own);
        assert!(policy(&changed).starts_with("script-src x, default-src 'self'; "));
    }
    let download = [
        HTML,
        ("content-disposition", "attachment; filename=a.html"),
        ("content-encoding", "zstd"),
    ];
    assert!(answer(&errand, 200, &download).2.is_empty());
    assert!(
        answer(&errand, 302, &[HTML, ("location", "/x")])
            .2
            .is_empty()
    );
    assert!(
        answer(&errand, 200, &[("x-content-type-options", "nosniff")])
            .2
            .is_empty()
    );
}

#[test]
fn a_page_in_another_encoding_is_decoded_and_says_so() {
    let site = site();
    let errand = errand(&site, "/", &[]);
    for (kind, becomes) in [
        (
            "text/html; charset=utf-16",
            Some("text/html; charset=utf-8"),
        ),
        (
            "text/html; charset=ISO-2022-JP",
            Some("text/html; charset=utf-8"),
        ),
        ("text/html; charset=shift_jis", None),
        ("text/html", None),
    ] {
        let (banner, hold, changed) = answer(&errand, 200, &[("content-type", kind)]);
        assert!(banner && hold, "{kind}");
        let found = changed.iter().find(|(name, _)| *name == "content-type");
        assert_eq!(
            found.and_then(|(_, value)| value.as_deref()),
            becomes,
            "{kind}"
        );
    }
}

#[test]
fn a_304_about_a_file_passes() {
    let site = site();
    let known = [("if-none-match", "\"a\"")];
    let changed = |path| answer(&errand(&site, path, &known), 304, &[("etag", "\"a\"")]).2;
    assert!(changed("/a.json").is_empty());
    assert!(!changed("/page").is_empty());
}

#[test]
fn a_strict_policy_lets_the_placeholder_have_its_style() {
    let site = site();
    let errand = errand(&site, "/", &[("sec-fetch-dest", "iframe")]);
    let policy = (
        "content-security-policy",
        "default-src 'self'; script-src 'nonce-x'",
    );
    let (_, _, headers) = answer(&errand, 200, &[HTML, policy]);
    let found = headers
        .into_iter()
        .find(|(name, _)| *name == "content-security-policy");
    let found = found.unwrap().1.unwrap();
    assert!(found.contains("; style-src 'self' 'sha256-"), "{found}");
    assert!(
        found.contains("script-src 'nonce-x';")
            || found.ends_with("script-src 'nonce-x'")
            || found.contains("script-src 'nonce-x'; style-src"),
        "{found}"
    );
}
