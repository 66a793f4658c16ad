//! The sites that this worker was built with: checked by `build.rs`, carried in postcard's format, read once per isolate when first
//! asked for.
//!
//! Here a host finds its site. Not here: what a declaration means (`site`), or what happens to a host that no site has.

mod reader;

mod index {
    use super::{Declared, Speech};
    include!(concat!(env!("OUT_DIR"), "/declared.rs"));
}

use crate::site::{Site, Words};
use index::{HOSTS, SITES, WORDS};
use reader::Reader;
use serde::Deserialize;
use std::{borrow::Cow, sync::OnceLock};

/// A language's tag, and its words.
type Speech = (&'static str, Words);

/// A page of an archive: its name, its language, and the page.
type Page = (&'static str, &'static str, &'static str);

/// A site that this worker was built with, read or not yet read.
#[derive(Debug)]
pub struct Declared {
    /// Its id, the label of local runs.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The hosts it answers at.
    pub hosts: &'static [&'static str],
    bytes: &'static [u8],
    archive: &'static [Page],
    site: OnceLock<Option<Site>>,
}

impl Declared {
    #[allow(dead_code, reason = "scripts/archive.mjs builds without sites")]
    const fn new(
        id: &'static str,
        name: &'static str,
        hosts: &'static [&'static str],
        bytes: &'static [u8],
        archive: &'static [Page],
    ) -> Self {
        Self {
            id,
            name,
            hosts,
            bytes,
            archive,
            site: OnceLock::new(),
        }
    }

    /// The site itself. `None` only if the build has left out the words of one of its languages, which a test rules out.
    pub fn site(&'static self) -> Option<&'static Site> {
        self.site.get_or_init(|| self.read()).as_ref()
    }

    fn read(&self) -> Option<Site> {
        let Ok(mut site) = Site::deserialize(&mut Reader(self.bytes));
        for language in &site.languages {
            let (_, words) = WORDS.iter().find(|(tag, _)| tag == language)?;
            site.words.insert(language.clone(), *words);
        }
        for (name, language, html) in self.archive {
            if let Some(page) = site.archive.iter_mut().find(|page| page.name() == *name) {
                page.pages
                    .insert((*language).to_owned(), Cow::Borrowed(*html));
            }
        }
        Some(site)
    }
}

/// Every site, in the order of their ids.
pub fn all() -> impl Iterator<Item = &'static Declared> {
    SITES.iter()
}

/// The site that answers at a host, as a browser sends it in `Host`: its port, a trailing dot and capitals don't matter.
/// `<id>.localhost` names a site in local runs.
#[must_use]
pub fn by_host(host: &str) -> Option<&'static Site> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    if let Some(id) = name.strip_suffix(".localhost") {
        return by_id(id);
    }
    let found = HOSTS
        .binary_search_by(|(host, _)| (*host).cmp(name.as_str()))
        .ok()?;
    let (_, number) = HOSTS.get(found)?;
    SITES.get(*number)?.site()
}

/// The site with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Site> {
    let found = SITES
        .binary_search_by(|declared| declared.id.cmp(id))
        .ok()?;
    SITES.get(found)?.site()
}
