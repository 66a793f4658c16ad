//! Checks what was declared and hands it to the crate as data.
//!
//! Out of `languages/`, `services/` and `sites/` it makes one file per site, in postcard's format, and an index of them
//! with the words of each language that `src/declared/mod.rs` includes. A mistake in any of them ends the build, with every other mistake beside it.
//! Styles and script of banner and pages lose their comments and blanks here.

#[path = "src/site/mod.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the crate uses all of it; the build only what reads declarations"
)]
mod site;

use site::{Site, Words};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    assets(&root, &out)?;
    // Set by scripts/build.mjs for the worker that tests run: sites which nobody deploys.
    let more = "EDGE_CONSENT_MORE_SITES";
    println!("cargo:rerun-if-env-changed={more}");
    let more = env::var(more).ok();
    let folders: Vec<&str> = ["sites"].into_iter().chain(more.as_deref()).collect();
    let code = ["src", "build.rs", "Cargo.lock", "languages", "services"];
    let inputs = [&code, folders.as_slice()].concat();
    // Cargo looks through these folders as a whole, so that a new file counts too.
    for input in &inputs {
        println!("cargo:rerun-if-changed={}", root.join(input).display());
    }
    let edition = site::declare::edition(&root, &inputs)?;
    println!("cargo:rustc-env=EDGE_CONSENT_EDITION={edition}");
    // Set by scripts/archive.mjs, which needs the code to run where a site's archive lacks a page.
    let none = "EDGE_CONSENT_SITES";
    println!("cargo:rerun-if-env-changed={none}");
    if env::var(none).is_ok_and(|sites| sites == "none") {
        return write(&[], &out);
    }
    let sites = site::declare::read_folders(&root, &folders)
        .map_err(|mistakes| site::declare::report(&mistakes))?;
    write(&sites, &out)
}

/// Writes the sites and the index.
fn write(sites: &[Site], out: &Path) -> Result<(), Box<dyn Error>> {
    let mut languages: BTreeMap<&str, &Words> = BTreeMap::new();
    let mut hosts = BTreeMap::new();
    let mut index = format!("pub(super) static SITES: [Declared; {}] = [\n", sites.len());
    for (number, site) in sites.iter().enumerate() {
        let (id, name) = (&site.id, &site.name);
        fs::write(
            out.join(format!("site-{id}.bin")),
            postcard::to_allocvec(site)?,
        )?;
        let bytes = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/site-{id}.bin\"))");
        writeln!(
            index,
            "    Declared::new({id:?}, {name:?}, &{:?}, {bytes}, &[{}]),",
            site.hosts,
            archive(site)
        )?;
        hosts.extend(site.hosts.iter().map(|host| (host, number)));
        languages.extend(site.words.iter().map(|(tag, words)| (tag.as_str(), words)));
    }
    index.push_str("];\n\npub(super) static HOSTS: &[(&str, usize)] = &[\n");
    for (host, number) in hosts {
        writeln!(index, "    ({host:?}, {number}),")?;
    }
    index.push_str("];\n\npub(super) static WORDS: &[Speech] = &[\n");
    for (tag, words) in languages {
        let words = literal("crate::site::Words", &serde_json::to_value(words)?);
        writeln!(index, "    ({tag:?}, {words}),")?;
    }
    index.push_str("];\n");
    fs::write(out.join("declared.rs"), index)?;
    Ok(())
}

/// A site's earlier policy pages, as Rust.
fn archive(site: &Site) -> String {
    let pages = site.archive.iter().flat_map(|page| {
        let name = page.name();
        let each = page.pages.iter();
        each.map(move |(language, html)| format!("({name:?}, {language:?}, {html:?}), "))
    });
    pages.collect()
}

/// A language's words as Rust: they are part of the code, where nothing has to read them.
fn literal(name: &str, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(fields) => {
            let inner =
                |key: &str| format!("crate::site::{}{}", key[..1].to_uppercase(), &key[1..]);
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{key}: {}", literal(&inner(key), value)))
                .collect();
            format!("{name} {{ {} }}", fields.join(", "))
        }
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| literal("", item)).collect();
            format!("[{}]", items.join(", "))
        }
        text => format!("crate::site::Word({:?})", text.as_str().unwrap_or_default()),
    }
}

/// Styles and script as they travel. ASCII only: they stand in pages of any encoding.
fn assets(root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    for name in [
        "banner.css",
        "page.css",
        "operator.css",
        "placeholder.css",
        "refused.css",
        "consent.js",
        "release.js",
        "dialog.js",
        "forget.js",
        "guard.js",
    ] {
        let text = fs::read_to_string(root.join("src/page/assets").join(name))?;
        let small = match name.rsplit_once('.') {
            Some((_, "css")) => minifier::css::minify(&text)?.to_string(),
            _ => minifier::js::minify(&text)?.to_string(),
        };
        if !small.is_ascii() {
            return Err(format!(
                "src/page/assets/{name} must be ASCII: write other characters as escapes"
            )
            .into());
        }
        fs::write(out.join(name), small)?;
    }
    Ok(())
}
