//! As many mixed documents as time allows: none is harmed, and nothing live in one leads to a withheld host.
//!
//! `cargo test` tries a few; `npm run fuzz -- --minutes 60` an hour's worth. Documents that show something new, an
//! element in one that never held it before, are mixed into later ones.

use super::{documents::DOCUMENTS, mix, random::Random};
use crate::hold::{
    differential::{PLAN, dump, held, live, settled},
    edit_pieces,
};
use std::{
    collections::HashSet,
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

const USUALLY: u64 = 1500;

/// What is wrong with what becomes of a page, if anything is.
pub(super) fn fault(page: &str) -> Option<String> {
    let out = held(page);
    for size in [1, 3, 7] {
        let pieces = page.as_bytes().chunks(size);
        if edit_pieces(&PLAN, None, pieces) != out.as_bytes() {
            return Some(format!("other bytes in pieces of {size}"));
        }
    }
    for scripts in [true, false] {
        let live = live(&out, scripts);
        if !live.is_empty() {
            return Some(format!("live, scripts {scripts}: {live:?}\n  in {out:?}"));
        }
    }
    let (before, after) = (dump(&settled(page)), dump(&out));
    (before != after).then(|| format!("another tree\n  in {out:?}\n{before}\n---\n{after}"))
}

fn caught(page: &str) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| fault(page))).unwrap_or_else(|_| Some("panics".into()))
}

/// The shortest page with the same kind of fault that leaving out pieces leads to.
fn shortened(page: &str) -> String {
    let kind = |page: &str| caught(page).map(|fault| fault[..5].to_owned());
    let (wanted, mut page) = (kind(page), page.to_owned());
    let mut size = page.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < page.len() {
            let end = (at + size).min(page.len());
            let fits = page.is_char_boundary(at) && page.is_char_boundary(end);
            let shorter = if fits {
                [&page[..at], &page[end..]].concat()
            } else {
                page.clone()
            };
            if fits && kind(&shorter) == wanted {
                page = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    page
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn nothing_gets_through() {
    // Without a time a number of them, always the same, so that who changed nothing sees nothing new.
    let seconds = number("EDGE_CONSENT_FUZZ_SECONDS");
    let seed = number("EDGE_CONSENT_FUZZ_SEED").unwrap_or(1);
    let most = number("EDGE_CONSENT_FUZZ_FAULTS").unwrap_or(1);
    let (mut random, began) = (Random(seed), Instant::now());
    let mut of: Vec<&str> = DOCUMENTS.iter().map(String::as_str).collect();
    let (mut known, mut tried, mut faults) = (HashSet::new(), 0_u64, Vec::new());
    let goes_on = |tried| match seconds {
        Some(seconds) => began.elapsed() < Duration::from_secs(seconds),
        None => tried < USUALLY,
    };
    while goes_on(tried) && (faults.len() as u64) < most {
        tried += 1;
        let page = mix::document(&mut random, &of);
        if let Some(fault) = caught(&page) {
            let short = shortened(&page);
            eprintln!("{short:?}: {}", caught(&short).unwrap_or(fault));
            faults.push(short);
        }
        if news(&page, &mut known) && of.len() < 50_000 {
            of.push(page.leak());
        }
    }
    eprintln!(
        "seed {seed}: {tried} documents in {:?}, {} of them with something new",
        began.elapsed(),
        of.len() - DOCUMENTS.len()
    );
    assert!(
        faults.is_empty(),
        "seed {seed}, after {tried} documents: {faults:#?}"
    );
    assert!(tried > 100, "only {tried} documents");
}

/// Whether an element stands in one in which it never stood before.
fn news(page: &str, known: &mut HashSet<(String, String)>) -> bool {
    let text = dump(page);
    let mut path: Vec<&str> = Vec::new();
    let mut new = false;
    for line in text.lines() {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let name = line
            .trim_start()
            .split([' ', '"'])
            .next()
            .unwrap_or_default();
        path.truncate(depth);
        let parents = path
            .iter()
            .rev()
            .take(2)
            .copied()
            .collect::<Vec<_>>()
            .join("<");
        new |= known.insert((parents, name.to_owned()));
        path.push(name);
    }
    new
}
