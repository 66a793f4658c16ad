//! `services/<id>.toml`: third parties that sites declare by their id.

use super::cookies::Draft as Cookie;
use super::folder;
use super::grammar;
use super::mistake::Log;
use super::reader::Table;
use super::services::{self, Draft};
use super::source::Source;
use super::text::Languages;
use super::wording::quoted;
use std::collections::BTreeMap;
use std::path::Path;

/// Every service there is. One with mistakes is there with what could be read of it.
pub(super) fn read(root: &Path, languages: &Languages, log: &Log) -> BTreeMap<String, Draft> {
    let mut catalogue = BTreeMap::new();
    for id in folder::stems(root, "services", "toml") {
        let path = format!("services/{id}.toml");
        if let Err(text) = grammar::id(&id) {
            log.add(
                &path,
                1,
                format!("the file's name is the service's id. {text}"),
            );
        } else if let Some(source) = Source::load(root, &path, log) {
            catalogue.insert(id, service(&source, languages));
        }
    }
    catalogue
}

fn service(source: &Source<'_>, languages: &Languages) -> Draft {
    let document = source.parse();
    let table = Table::root(source, &document);
    let mut draft = Draft::read(&table, languages);
    services::complete(&table);
    let _ = table.need("privacy", "privacy = \"https://…\"");
    let _ = table.need("sale_or_share", "sale_or_share = \"no\"");
    draft.tag = services::tag(&table);
    for entry in table.tables("cookies") {
        if let Some(cookie) = Cookie::read(&entry, languages) {
            cookie.complete(entry.spot(), |key| entry.has(key));
            if draft.cookies.iter().any(|known| known.name == cookie.name) {
                entry.mistake(format!(
                    "cookie {} is declared twice. Leave one out.",
                    quoted(&cookie.name)
                ));
            } else {
                draft.cookies.push(cookie);
            }
        }
        entry.finish();
    }
    table.finish();
    draft
}
