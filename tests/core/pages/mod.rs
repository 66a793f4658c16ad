//! Golden pages: `<site>/<name>.html`, to be opened in a browser and read in a diff.
//!
//! They are what is sent, with line breaks between blocks and with styles in files of their own. `UPDATE_GOLDEN=1`
//! rewrites them. Not every site in every state: each sentence is to be seen once.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::kit::{Ask, SITES, made, site};
use edge_consent::app::Next;
use edge_consent::form::{Mistake, Refusal};
use edge_consent::page::{self, View, banner};
use edge_consent::site::Site;
use edge_consent::visit::Made;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

const ADDRESS: &str = "/pricing?plan=yearly&from=mail";

/// Every golden, by its path.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for id in SITES {
        let site = site(id);
        add(
            &mut pages,
            id,
            "policy",
            &reply(site, Ask::get("/cookie-policy")),
        );
        add(
            &mut pages,
            id,
            "preferences",
            &reply(site, Ask::get("/_privacy/")),
        );
        if site.has_choice() {
            add(&mut pages, id, "banner", &banner_page(site, &Ask::get("/")));
        }
    }
    music_tracker(&mut pages);
    refusals(&mut pages);
    track_n_cloak(&mut pages);
    balanced_mastering(&mut pages);
    pages
}

/// One optional category; all the errors.
fn music_tracker(pages: &mut BTreeMap<String, String>) {
    let id = "musictracker";
    let site = site(id);
    let granted = made(site, &["analytics"]);
    add(
        pages,
        id,
        "policy-granted",
        &reply(site, Ask::get("/cookie-policy").chose(&granted)),
    );
    add(
        pages,
        id,
        "policy-gpc",
        &reply(site, Ask::get("/cookie-policy").with("sec-gpc", "1")),
    );
    add(
        pages,
        id,
        "preferences-granted-gpc",
        &reply(
            site,
            Ask::get("/_privacy/").chose(&granted).with("sec-gpc", "1"),
        ),
    );
    add(
        pages,
        id,
        "dialog-granted",
        &reply(
            site,
            Ask::get("/_privacy/?dialog&return_to=/a%3Fb").chose(&granted),
        ),
    );
    let form = |body: &str| Ask::form("/_privacy/choice", body);
    for (name, ask) in [
        ("error-method", Ask::get("/_privacy/choice")),
        (
            "error-cross-site",
            form("decision=accept").with("sec-fetch-site", "cross-site"),
        ),
        ("error-malformed", form("decision=maybe")),
        ("error-unknown", form("decision=save&category=<marketing>")),
        ("error-too-large", form(&"x".repeat(16_385))),
        (
            "error-media-type",
            Ask::new("POST", "/_privacy/choice").with("content-type", "text/plain"),
        ),
    ] {
        add(pages, id, name, &reply(site, ask));
    }
}

/// A form that was not let through: with everything that it may hold, and with nothing.
fn refusals(pages: &mut BTreeMap<String, String>) {
    let id = "musictracker";
    let ask = Ask::new("POST", "/write-to-us/send?from=mail")
        .with("content-type", "multipart/form-data; boundary=x")
        .with("accept", "text/html");
    let part = |rest: &str| format!("--x\r\nContent-Disposition: form-data; name={rest}\r\n");
    let body = [
        part("\"name\"\r\n\r\nAda <Lovelace>"),
        part("\"csrf\"\r\n\r\n1234"),
        part("\"password\"\r\n\r\nhunter2"),
        part("\"picture\"; filename=\"p.png\"\r\n\r\n..."),
        "--x--\r\n".to_owned(),
    ]
    .concat();
    for (name, refusal, whole) in [
        ("refused-rejected", Refusal::Rejected, true),
        ("refused-used", Refusal::Used, true),
        ("refused-unreachable", Refusal::Unreachable, true),
        (
            "refused-ours",
            Refusal::Misconfigured(Mistake::NoSecret),
            true,
        ),
        ("refused-too-large", Refusal::TooLarge, false),
    ] {
        let Next::Form(guard, None) = ask.begin(site(id)) else {
            panic!("{name}: not guarded");
        };
        let reply = guard.refuse(refusal, Some((body.as_bytes(), whole)));
        add(pages, id, name, &reply.body);
    }
}

/// Two categories, one of them empty.
fn track_n_cloak(pages: &mut BTreeMap<String, String>) {
    let id = "trackncloak";
    let site = site(id);
    let refused = made(site, &[]);
    let stale = stale(made(site, &["functional", "analytics"]), 1);
    add(
        pages,
        id,
        "preferences-refused",
        &reply(site, Ask::get("/_privacy/").chose(&refused)),
    );
    add(
        pages,
        id,
        "preferences-unreadable",
        &reply(
            site,
            Ask::get("/_privacy/").with("cookie", "cookie_consent=x"),
        ),
    );
    add(
        pages,
        id,
        "preferences-stale",
        &reply(site, Ask::get("/_privacy/").chose(&stale)),
    );
    add(
        pages,
        id,
        "banner-stale",
        &banner_page(site, &Ask::get("/").chose(&stale)),
    );
}

/// A switch for each service and group.
fn balanced_mastering(pages: &mut BTreeMap<String, String>) {
    let id = "balanced-mastering";
    let site = site(id);
    let mut partly = made(site, &["functional"]);
    partly.answers[0].exceptions = vec![0];
    add(
        pages,
        id,
        "preferences-partly",
        &reply(site, Ask::get("/_privacy/").chose(&partly)),
    );
    add(
        pages,
        id,
        "policy-dnt",
        &reply(site, Ask::get("/cookie-policy").with("dnt", "1")),
    );
    let stale = stale(partly, 1);
    add(
        pages,
        id,
        "banner-stale",
        &banner_page(site, &Ask::get("/").chose(&stale)),
    );
    add(
        pages,
        id,
        "banner-stale-gpc",
        &banner_page(site, &Ask::get("/").chose(&stale).with("sec-gpc", "1")),
    );
}

/// As if this category had changed since.
fn stale(made: Made, index: usize) -> Made {
    let mut made = made;
    made.answers[index].digest.replace_range(.., "00000000");
    made
}

fn reply(site: &Site, ask: Ask) -> String {
    let ask = ask.at(&site.hosts[0]);
    let reply = ask.reply(site);
    assert!(reply.body.contains("<style>"), "{reply:?}");
    reply.body
}

/// The banner in a tiny page, as it goes out.
fn banner_page(site: &Site, ask: &Ask) -> String {
    let decision = ask.decision(site);
    let view = View {
        site,
        decision: &decision,
        language: "en",
        return_to: ADDRESS,
    };
    let markup = banner::in_body(&banner::markup(&view));
    let markup = without(&markup, "<script>", "</script>");
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Banner of {}</title></head><body>{markup}<h1>A page</h1><p>Its first paragraph.</p></body></html>",
        site.name
    )
}

fn without(text: &str, open: &str, close: &str) -> String {
    let (before, rest) = text.split_once(open).unwrap();
    let (_, after) = rest.split_once(close).unwrap();
    format!("{before}{after}")
}

/// Takes a page in: its style becomes a file beside it, once a site and kind.
fn add(pages: &mut BTreeMap<String, String>, id: &str, name: &str, page: &str) {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (style, after) = rest.split_once("</style>").unwrap();
    // The dialog brings its script along, which has tests of its own.
    let after = after
        .split_once("<script>")
        .filter(|_| name.starts_with("dialog"))
        .map_or(after, |(markup, _)| markup);
    let sheet = match name.split('-').next() {
        Some("banner") => "banner.css",
        Some("refused") => "refused.css",
        _ => "page.css",
    };
    let style = style.replace('}', "}\n");
    let known = pages
        .entry(format!("{id}/{sheet}"))
        .or_insert_with(|| style.clone());
    assert_eq!(*known, style, "{id}: two styles");
    let page = format!("{before}<link rel=stylesheet href={sheet}>{after}");
    let lost = pages.insert(format!("{id}/{name}.html"), lines(&page));
    assert!(lost.is_none(), "{id}/{name} twice");
}

/// Line breaks before blocks, where no browser shows them.
fn lines(page: &str) -> String {
    const BLOCKS: [&str; 31] = [
        "html", "head", "body", "meta", "link", "title", "template", "slot", "section", "header",
        "main", "footer", "article", "nav", "h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd",
        "table", "tr", "form", "fieldset", "details", "dialog", "div", "button",
    ];
    let mut text = String::new();
    for (index, piece) in page.split('<').enumerate() {
        if index > 0 {
            let name = piece
                .split(|character: char| !character.is_ascii_alphanumeric())
                .next()
                .unwrap();
            if BLOCKS.contains(&name) {
                text.push('\n');
            }
            text.push('<');
        }
        text.push_str(piece);
    }
    text + "\n"
}

#[test]
fn pages_are_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/pages");
    let pages = pages();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        for file in goldens(&folder) {
            fs::remove_file(folder.join(file)).unwrap();
        }
        for (file, page) in &pages {
            fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
            fs::write(folder.join(file), page).unwrap();
        }
    }
    let there = goldens(&folder);
    let wanted: BTreeSet<String> = pages.keys().cloned().collect();
    assert_eq!(there, wanted, "missing or left over");
    let differing: Vec<&String> = pages
        .iter()
        .filter(|(file, page)| fs::read_to_string(folder.join(file)).unwrap() != **page)
        .map(|(file, _)| file)
        .collect();
    assert!(
        differing.is_empty(),
        "UPDATE_GOLDEN=1 rewrites these, git diff shows what changed: {differing:#?}"
    );
}

fn goldens(folder: &Path) -> BTreeSet<String> {
    let files = |path: PathBuf| {
        fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    files(folder.to_owned())
        .filter(|path| path.is_dir())
        .flat_map(files)
        .map(|path| {
            path.strip_prefix(folder)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/")
        })
        .collect()
}

#[test]
fn no_page_leaves_a_place_unfilled_or_a_word_out() {
    for (file, page) in pages()
        .iter()
        .filter(|(_, page)| page.contains("<html") || page.contains("<dialog"))
    {
        let page = match page.split_once("<script data-forget") {
            Some((before, rest)) => &format!("{before}{}", rest.split_once("</script>").unwrap().1),
            None => page,
        };
        let page = match page.split_once("<script>") {
            Some((before, rest)) => &format!("{before}{}", rest.split_once("</script>").unwrap().1),
            None => page,
        };
        // JSON has its braces before `&quot;`.
        let unfilled = page
            .split('{')
            .skip(1)
            .any(|rest| rest.starts_with(|character: char| character.is_ascii_lowercase()));
        assert!(!unfilled, "{file}");
        for empty in [
            "<p></p>",
            "<strong></strong>",
            "<button></button>",
            "href=\"\"",
        ] {
            assert!(!page.contains(empty), "{file}: {empty}");
        }
    }
}

#[test]
fn everything_declared_stands_in_the_policy() {
    for id in SITES {
        let site = site(id);
        let policy = reply(site, Ask::get("/cookie-policy"));
        let rows: Vec<&str> = policy.split("<tr ").skip(1).collect();
        for cookie in &site.cookies {
            let purpose = cookie.purpose.get("en");
            let row = rows.iter().find(|row| {
                row.contains(&escaped(&cookie.name)) && row.contains(&escaped(purpose))
            });
            assert!(row.is_some(), "{id}: no row for {}", cookie.name);
        }
        for service in site.services.iter().filter(|service| !service.own) {
            let address = service.privacy.as_deref().unwrap();
            let row = rows
                .iter()
                .find(|row| row.contains(&escaped(&service.name)) && row.contains(address));
            assert!(row.is_some(), "{id}: no row for {}", service.id);
        }
        for needed in [&site.owner.email, &site.name] {
            assert!(policy.contains(&escaped(needed)), "{id}: no {needed}");
        }
        assert!(!page::SCRIPT.is_empty());
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
