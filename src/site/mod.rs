//! What a site declared, once it has been checked.
//!
//! Here live the types that everything else reads: [`Site`], [`Category`], [`Cookie`], [`Service`], the words of a
//! language and the prose of the policy page. They are made at build time from `sites/`, `services/` and `languages/`
//! ([`declare`], native only), travel into the worker in postcard's format (every field, in order), and are read there once per isolate.
//!
//! Not here: what a visitor chose (`visit`), what a request may do (`decision`), how it looks (`page`).

mod category;
mod change;
mod cookie;
#[cfg(not(target_arch = "wasm32"))]
pub mod declare;
mod form;
pub mod hosts;
mod kept;
mod lifetime;
mod map;
mod policy;
mod service;
mod settings;
mod text;
mod words;

pub use category::{Category, NECESSARY};
pub use change::{Archived, Change};
pub use cookie::{Cookie, Party, Pattern, Storage};
pub use form::{Attribute, Form, FormConsent, Selector, Theme, Unreachable, WidgetPlace};
pub use kept::Kept;
pub use lifetime::{Lifetime, Unit};
pub use map::Map;
pub use policy::{Part, Prose};
pub use service::{SaleOrShare, Service, Signal, Tag};
pub use settings::{
    AddedTags, Banner, Colours, Consent, Corner, Enforce, Owner, Palette, Place, Records, Signals,
    Stance, Undeclared, UnknownHosts,
};
pub use text::Text;
pub(crate) use text::filled;
pub use words::{Units, Word, Words};

use serde::{Deserialize, Serialize};

/// Collects one by one. A map's or set's own way sorts first, and each sort weighs kilobytes in the worker.
pub fn gathered<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}

/// Each once, in order.
pub fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for item in items {
        if let Err(at) = all.binary_search(&item) {
            all.insert(at, item);
        }
    }
    all
}

/// Puts each where it belongs; those that are alike stay in their order. For lists of some hundreds: the library's sorts are
/// quicker for longer ones, and weigh four kilobytes each.
pub fn sorted<T>(items: impl IntoIterator<Item = T>, before: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut all = Vec::new();
    for item in items {
        let at = all.partition_point(|own| !before(&item, own));
        all.insert(at, item);
    }
    all
}

/// One site, as declared and checked: the single source of its banner, pages, enforcement and records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Folder name under `sites/`, also the label of local runs (`<id>.localhost`) and part of every KV key.
    pub id: String,
    /// What people call the site.
    pub name: String,
    /// Host names that the site answers at, lower case, without a port.
    pub hosts: Vec<String>,
    /// Languages in the site's order, as BCP 47 tags in lower case; the first is the default.
    pub languages: Vec<String>,
    /// Day of the last change of the policy, `YYYY-MM-DD`.
    pub updated: String,
    /// Path under which our own addresses live, without a trailing slash.
    pub base: String,
    /// Path of the policy page.
    pub policy_path: String,
    /// Who is responsible.
    pub owner: Owner,
    /// How long a choice lasts and what happens to undeclared cookies.
    pub consent: Consent,
    /// What the site does when a browser sends GPC or DNT.
    pub signals: Signals,
    /// How long records are kept, and of what.
    pub records: Records,
    /// Labels, place and colours of the banner.
    pub banner: Banner,
    /// All categories in the site's order, `necessary` first.
    pub categories: Vec<Category>,
    /// All services and groups of the site's own cookies that can be chosen alone, in the site's order.
    pub services: Vec<Service>,
    /// Every cookie and storage entry, those of services included, in the order in which tables show them.
    pub cookies: Vec<Cookie>,
    /// The forms that only people may send.
    pub forms: Vec<Form>,
    /// What has changed so far, the newest first.
    pub changes: Vec<Change>,
    /// Earlier policy pages, the newest first.
    pub archive: Vec<Archived>,
    /// The policy page's prose by language.
    pub prose: Map<Prose>,
    /// The words of banner and pages by language.
    /// They are the same for every site, so they travel once, as code.
    #[serde(skip)]
    pub words: Map<Words>,
    /// Digest over the optional categories: changes when, and only when, something that matters to consent changes.
    pub version: String,
    /// What has been made of it, once.
    #[serde(skip)]
    pub kept: Kept,
}

impl Site {
    /// The categories that a visitor can refuse, in the site's order.
    pub fn optional(&self) -> impl Iterator<Item = &Category> {
        self.categories
            .iter()
            .filter(|category| category.id != NECESSARY)
    }

    /// Whether there is anything to ask.
    #[must_use]
    pub fn has_choice(&self) -> bool {
        self.optional().next().is_some()
    }

    /// The category with this id.
    #[must_use]
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// The services of one category, in the site's order.
    pub fn services_in<'a>(&'a self, category: &'a str) -> impl Iterator<Item = &'a Service> {
        self.services
            .iter()
            .filter(move |service| service.category == category)
    }

    /// The cookies of one category, in the site's order.
    pub fn cookies_in<'a>(&'a self, category: &'a str) -> impl Iterator<Item = &'a Cookie> {
        self.cookies
            .iter()
            .filter(move |cookie| cookie.category == category)
    }

    /// Whether this is a rehearsal: what is not granted is reported instead of withheld.
    #[must_use]
    pub fn rehearses(&self) -> bool {
        self.consent.enforce == Enforce::Report
    }

    /// Whether there was ever a change that visitors are told about.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.changes.iter().any(|change| change.matters)
    }

    /// An earlier policy page, by its full name or its version alone.
    #[must_use]
    pub fn archived(&self, name: &str) -> Option<&Archived> {
        self.archive
            .iter()
            .find(|page| page.version == name || page.name() == name)
    }

    /// The default language.
    #[must_use]
    pub fn language(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }
}
