//! Tags of ours in pages of all kinds, and what vendors are told before theirs run.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod acts;
mod golden;
mod grants;
mod places;
mod policies;

use crate::kit::{Ask, made};
use edge_consent::{
    html::Editor,
    origin::{Head, hold::Hold},
    site::{Site, declare},
};
use std::{path::Path, sync::LazyLock};

/// `tests/sites/traced`: Analytics, Tag Manager, Ads, Clarity and UET with ids; Meta's pixel and `YouTube` without.
static TRACED: LazyLock<Site> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sites = declare::read_folders(root, &["tests/sites"]).unwrap();
    sites.into_iter().find(|site| site.id == "traced").unwrap()
});

/// A request of somebody who has granted these categories.
fn ask(site: &Site, granted: &[&str]) -> Ask {
    Ask::get("/page")
        .at("www.traced.example")
        .chose(&made(site, granted))
}

/// What reaches the browser: the page, and its policy.
fn edited(site: &Site, ask: &Ask, policy: Option<&str>, page: &str) -> (String, Option<String>) {
    let mut headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    headers.extend(policy.map(|policy| ("content-security-policy".to_owned(), policy.to_owned())));
    let errand = ask.errand(site);
    let answer = errand.answer(&Head {
        status: 200,
        headers: &headers,
        set_cookies: &Vec::new,
    });
    let changed = answer
        .headers
        .iter()
        .find(|(name, _)| *name == "content-security-policy");
    let policy = changed.map_or(policy.map(str::to_owned), |(_, value)| value.clone());
    let Some(edit) = answer.edit else {
        return (page.to_owned(), policy);
    };
    let in_pieces = |pieces: &[&[u8]]| {
        let hold = edit.hold.clone();
        let hold = hold.map(|plan| Hold::new(plan).with(answer.markup.clone()));
        let mut editor = Editor::with(edit.insertion.clone(), hold);
        let mut out = Vec::new();
        for piece in pieces {
            editor.push(piece, &mut out);
        }
        editor.end(&mut out);
        out
    };
    let bytes = page.as_bytes();
    let whole = in_pieces(&[bytes]);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert!(in_pieces(&single) == whole, "byte by byte: {page}");
    for at in 0..bytes.len().min(600) {
        let (before, after) = bytes.split_at(at);
        assert!(in_pieces(&[before, after]) == whole, "cut at {at}: {page}");
    }
    (String::from_utf8(whole).unwrap(), policy)
}

/// The page for somebody who has granted these categories.
fn page(granted: &[&str], text: &str) -> String {
    let site = &*TRACED;
    edited(site, &ask(site, granted), None, text).0
}
