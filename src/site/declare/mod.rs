//! Reads and checks what was declared: `languages/`, `services/` and `sites/` of a folder.
//!
//! Used by `build.rs` and by tests, never inside the worker. Every mistake of every file is found in one run; a folder
//! with a mistake gives no sites at all.
//!
//! Not here: what a checked declaration holds (the types beside this folder), and how a page shows it (`page`).

mod addresses;
mod catalogue;
mod categories;
mod changes;
mod colour;
mod consistency;
mod cookies;
mod coverage;
mod digest;
mod edition;
mod fields;
mod folder;
mod forms;
mod grammar;
mod inventory;
mod languages;
mod markdown;
mod mistake;
mod placeholder;
mod reader;
mod selector;
mod services;
mod settings;
mod site_file;
mod site_services;
mod source;
mod text;
mod value;
mod wording;

pub use catalogue::Entry;
pub use edition::edition;
pub use mistake::{Mistake, report};

use super::Site;
use languages::Phrases;
use mistake::Log;
use site_file::Shared;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use text::Languages;

/// Every site in `root/sites`, in the order of their ids.
///
/// # Errors
///
/// All mistakes in all files, in the order of files and lines.
pub fn read(root: &Path) -> Result<Vec<Site>, Vec<Mistake>> {
    read_folders(root, &["sites"])
}

/// The same for sites in several folders of `root`: tests have some of their own.
///
/// # Errors
///
/// All mistakes in all files, in the order of files and lines.
pub fn read_folders(root: &Path, folders: &[&str]) -> Result<Vec<Site>, Vec<Mistake>> {
    let log = Log::default();
    let (words, phrases) = languages::read(root, &log);
    let phrases = Rc::new(phrases);
    let languages = all_languages(words.keys(), &phrases);
    let catalogue = catalogue::read(root, &languages, &log);
    let shared = Shared {
        root,
        log: &log,
        words: &words,
        phrases: &phrases,
        catalogue: &catalogue,
    };
    let mut claimed = BTreeMap::new();
    let mut sites: Vec<Site> = Vec::new();
    for folder in folders {
        let ids = folder::folders(root, folder);
        sites.extend(
            ids.iter()
                .filter_map(|id| shared.site(folder, id, &mut claimed)),
        );
    }
    sites.sort_by(|one, other| one.id.cmp(&other.id));
    for site in &mut sites {
        keep_languages(site);
    }
    let mistakes = log.finish();
    if mistakes.is_empty() {
        Ok(sites)
    } else {
        Err(mistakes)
    }
}

/// Every service in `root/services`, in the order of their ids, in every language.
///
/// # Errors
///
/// All mistakes in `languages/` and `services/`, in the order of files and lines.
pub fn catalogue(root: &Path) -> Result<Vec<Entry>, Vec<Mistake>> {
    let log = Log::default();
    let (words, phrases) = languages::read(root, &log);
    let languages = all_languages(words.keys(), &Rc::new(phrases));
    let catalogue = catalogue::read(root, &languages, &log);
    let mistakes = log.finish();
    if mistakes.is_empty() {
        Ok(catalogue::entries(catalogue))
    } else {
        Err(mistakes)
    }
}

/// The languages of the catalogue: all there are. A plain text in it is English.
fn all_languages<'a>(tags: impl Iterator<Item = &'a String>, phrases: &Rc<Phrases>) -> Languages {
    let mut all: Vec<String> = tags.cloned().collect();
    all.sort_by_key(|tag| tag != "en");
    Languages {
        all,
        listed: "in languages/",
        phrases: Rc::clone(phrases),
    }
}

/// Drops the translations of the catalogue that a site does not use.
fn keep_languages(site: &mut Site) {
    let languages = &site.languages;
    let cookies = site.cookies.iter_mut().map(|cookie| &mut cookie.purpose);
    let services = site.services.iter_mut();
    let services =
        services.flat_map(|service| service.data.iter_mut().chain([&mut service.purpose]));
    for text in cookies.chain(services) {
        text.0.retain(|language, _| languages.contains(language));
    }
}
