//! The house rules that no compiler holds: which way imports point, how long files are, where Workers may be named, and
//! what the banner weighs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::kit::{Ask, SITES, site};
use edge_consent::page::{View, banner};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines that no file may exceed.
const MOST_LINES: usize = 500;
/// Bytes, brotli: half of the lightest peer that has categories.
const MOST_BANNER: usize = 3200;

/// The rooms and what each may import, besides itself. Foundations first.
const ROOMS: [(&str, &[&str]); 16] = [
    ("digest", &[]),
    ("json", &[]),
    ("find", &[]),
    ("calendar", &[]),
    ("site", &[]),
    ("html", &["find"]),
    ("wording", &["decision", "site", "calendar"]),
    ("declared", &["site"]),
    ("visit", &["site", "find"]),
    ("decision", &["visit", "site", "calendar", "json"]),
    ("form", &["site", "calendar", "find", "json"]),
    (
        "record",
        &[
            "decision", "visit", "site", "wording", "calendar", "digest", "find", "json",
        ],
    ),
    (
        "page",
        &[
            "form", "record", "decision", "visit", "site", "wording", "calendar", "digest", "find",
            "json",
        ],
    ),
    (
        "origin",
        &[
            "page", "form", "decision", "visit", "site", "html", "digest", "find", "json",
        ],
    ),
    (
        "app",
        &[
            "origin", "record", "page", "form", "decision", "visit", "site", "wording", "calendar",
            "digest", "find", "json",
        ],
    ),
    (
        "shell",
        &[
            "app", "origin", "form", "record", "visit", "site", "html", "declared",
        ],
    ),
];

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, text) in sources() {
        let room = file.split(['/', '.']).next().unwrap().to_owned();
        if room == "lib" {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{file}: no rule for the room `{room}`"));
            continue;
        };
        seen.insert(room.clone());
        for import in imports(&text) {
            if import != room && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{file}: `{room}` must not import `{import}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let rooms: BTreeSet<String> = ROOMS.iter().map(|(room, _)| (*room).to_owned()).collect();
    assert_eq!(rooms, seen, "rules for rooms that there aren't");
}

#[test]
fn imports_are_found_however_they_are_written() {
    let text = "use crate::{\n    a::{x, y},\n    b,\n};\nuse crate::c::Z;\n// crate::no\nfn f() { crate::d::g() }\nuse crate::{e::f as h, i};";
    let found: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(found, ["a", "b", "c", "d", "e", "i"]);
}

/// The first names behind each `crate::`, groups opened.
fn imports(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect();
    let code = code.join("\n");
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut item = true;
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => item = true,
                _ if item && !character.is_whitespace() => {
                    found.insert(word(&group[at..]));
                    item = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

#[test]
fn files_are_short_and_finished() {
    let mut lengths = Vec::new();
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let lines = text.lines().count();
        lengths.push(lines);
        if lines > MOST_LINES {
            wrong.push(format!("{file}: {lines} lines, at most {MOST_LINES}"));
        }
        let lower = text.to_lowercase();
        for mark in ["todo", "fixme", "xxx"] {
            if lower.contains(mark) {
                wrong.push(format!("{file}: says `{mark}`"));
            }
        }
        let inside = file.starts_with("shell/");
        if !inside
            && (text.contains("worker::")
                || text.contains("use worker")
                || text.contains("wasm_bindgen"))
        {
            wrong.push(format!("{file}: names Workers outside of src/shell"));
        }
    }
    lengths.sort_unstable();
    println!(
        "src: {} files, median {} lines",
        lengths.len(),
        lengths[lengths.len() / 2]
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_banner_is_ascii_and_light() {
    for id in SITES {
        let site = site(id);
        if !site.has_choice() {
            continue;
        }
        for language in &site.languages {
            let decision = Ask::get("/").decision(site);
            let view = View {
                site,
                decision: &decision,
                language,
                return_to: "/pricing?plan=yearly",
            };
            let markup = banner::in_body(&banner::markup(&view));
            assert!(markup.is_ascii(), "{id}");
            let weight = brotli(markup.as_bytes());
            println!(
                "{id} ({language}): banner {} bytes, {weight} with brotli",
                markup.len()
            );
            assert!(weight <= MOST_BANNER, "{id} ({language}): {weight} bytes");
        }
    }
}

fn brotli(bytes: &[u8]) -> usize {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters).unwrap();
    out.len()
}

/// Every Rust file under `src`, by its path from there.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        (name.replace('\\', "/"), fs::read_to_string(path).unwrap())
    };
    found.iter().map(read).collect()
}
