//! `services/<id>.toml`: third parties that sites declare by their id.

use super::super::{Cookie, Map, NECESSARY, SaleOrShare, Service};
use super::cookies;
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

/// One file of the catalogue.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the file says of the service, with its tag's places still open.
    pub service: Service,
    /// What the ids look like that its tag needs: `*` stands for letters, digits, `-`, `_` and `.`, `#` for digits.
    pub shapes: BTreeMap<String, String>,
    /// The entries it leaves on the device.
    pub cookies: Vec<Cookie>,
}

/// Every service there is. One with mistakes is there with what could be read of it.
pub(super) fn read(root: &Path, languages: &Languages, log: &Log) -> BTreeMap<String, Draft> {
    let mut catalogue = BTreeMap::new();
    let mut claimed = BTreeMap::new();
    for id in folder::stems(root, "services", "toml") {
        let path = format!("services/{id}.toml");
        if let Err(text) = grammar::id(&id) {
            log.add(
                &path,
                1,
                format!("the file's name is the service's id. {text}"),
            );
        } else if let Some(source) = Source::load(root, &path, log) {
            let draft = service(&source, &id, languages, &mut claimed);
            catalogue.insert(id, draft);
        }
    }
    catalogue
}

/// The catalogue as services.
pub(super) fn entries(catalogue: BTreeMap<String, Draft>) -> Vec<Entry> {
    let entry = |(id, draft): (String, Draft)| {
        let category = draft.category.unwrap_or_else(|| NECESSARY.to_owned());
        let cookies = draft.cookies.iter();
        let shapes = draft.tag.iter().flat_map(|tag| &tag.shapes);
        Entry {
            shapes: shapes
                .map(|(key, shape)| (key.clone(), shape.to_string()))
                .collect(),
            cookies: cookies
                .map(|cookie| cookie.build(&category, Some(&id)))
                .collect(),
            service: Service {
                id,
                name: draft.name.unwrap_or_default(),
                company: draft.company.unwrap_or_default(),
                own: false,
                category,
                purpose: draft.purpose.unwrap_or_default(),
                data: draft.data,
                privacy: draft.privacy,
                opt_out: draft.opt_out,
                hosts: draft.hosts.unwrap_or_default(),
                markers: draft.markers.unwrap_or_default(),
                sale_or_share: draft.sale_or_share.unwrap_or(SaleOrShare::No),
                settings: Map::new(),
                signal: draft.tag.as_ref().and_then(|shaped| shaped.signal),
                listed: String::new(),
                announced: false,
                tag: draft.tag.map(|shaped| shaped.tag),
            },
        }
    };
    catalogue.into_iter().map(entry).collect()
}

fn service(
    source: &Source<'_>,
    id: &str,
    languages: &Languages,
    claimed: &mut BTreeMap<String, String>,
) -> Draft {
    let document = source.parse();
    let table = Table::root(source, &document);
    let mut draft = Draft::read(&table, languages);
    services::complete(&table);
    let _ = table.need("privacy", "privacy = \"https://…\"");
    let _ = table.need("sale_or_share", "sale_or_share = \"no\"");
    let hosts = draft.hosts.as_deref().unwrap_or_default();
    services::claim(&table, id, hosts, claimed);
    draft.tag = services::tag(&table);
    for entry in table.tables("cookies") {
        if let Some(cookie) = cookies::Draft::read(&entry, languages) {
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
    if draft.markers.as_ref().is_none_or(Vec::is_empty) && draft.cookies.is_empty() {
        services::some_hosts(&table);
    }
    table.finish();
    draft
}
