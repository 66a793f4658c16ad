use super::Decision;
use crate::site::{Cookie, NECESSARY, Site, Storage};
use serde::Serialize;

/// What is declared, not granted, and kept where only a script can remove it: names, or beginnings that end in `*`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forget {
    local_storage: Vec<String>,
    session_storage: Vec<String>,
}

impl Forget {
    /// What a decision leaves no place for.
    #[must_use]
    pub fn new(site: &Site, decision: &Decision) -> Self {
        if site.rehearses() {
            return Self::default();
        }
        let names = |storage: Storage| {
            let own = site.cookies.iter().filter(|entry| entry.storage == storage);
            let withheld = own.filter(|entry| match &entry.service {
                Some(id) => !decision.grants_service(site, id),
                None => !decision.grants(site, &entry.category),
            });
            withheld
                .flat_map(|entry| entry.patterns.iter().map(|pattern| pattern.0.clone()))
                .collect()
        };
        Self {
            local_storage: names(Storage::LocalStorage),
            session_storage: names(Storage::SessionStorage),
        }
    }

    /// Whether a site declares anything that could have to be forgotten.
    #[must_use]
    pub fn is_possible(site: &Site) -> bool {
        let stored = |entry: &Cookie| {
            entry.category != NECESSARY
                && matches!(
                    entry.storage,
                    Storage::LocalStorage | Storage::SessionStorage
                )
        };
        site.cookies.iter().any(stored)
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.local_storage.is_empty() && self.session_storage.is_empty()
    }

    /// As JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        // Strings only: there is nothing in it that could fail.
        crate::json::write(self)
    }
}
