//! The site's inventory, for programs: what is declared, as `{base}/policy.json`.

use crate::{
    site::{Category, Cookie, NECESSARY, Party, Service, Site, Storage},
    wording::lifetime,
};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inventory<'a> {
    site: &'a str,
    name: &'a str,
    version: &'a str,
    last_update: &'a str,
    policy: &'a str,
    languages: &'a [String],
    categories: Vec<Listed<'a>>,
    cookies: Vec<ListedCookie<'a>>,
    services: Vec<ListedService<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    purpose: &'a str,
    required: bool,
    version: Option<&'a str>,
}

#[derive(Serialize)]
struct ListedCookie<'a> {
    name: &'a str,
    patterns: Vec<&'a str>,
    category: &'a str,
    service: Option<&'a str>,
    purpose: &'a str,
    duration: String,
    party: Party,
    storage: Storage,
}

#[derive(Serialize)]
struct ListedService<'a> {
    id: &'a str,
    name: &'a str,
    company: &'a str,
    category: &'a str,
    purpose: &'a str,
    privacy: Option<&'a str>,
    hosts: &'a [String],
}

/// Everything the site declared, in its default language.
pub(super) fn inventory(site: &Site) -> String {
    let language = site.language();
    let inventory = Inventory {
        site: &site.id,
        name: &site.name,
        version: &site.version,
        last_update: &site.updated,
        policy: &site.policy_path,
        languages: &site.languages,
        categories: site
            .categories
            .iter()
            .map(|own| category(own, language))
            .collect(),
        cookies: site
            .cookies
            .iter()
            .map(|own| cookie(site, own, language))
            .collect(),
        services: site
            .services
            .iter()
            .map(|own| service(own, language))
            .collect(),
    };
    // Strings and booleans only: there is nothing in it that could fail.
    crate::json::write(&inventory)
}

fn category<'a>(own: &'a Category, language: &str) -> Listed<'a> {
    let required = own.id == NECESSARY;
    Listed {
        id: &own.id,
        name: own.name.get(language),
        purpose: own.purpose.get(language),
        required,
        version: (!required).then_some(own.digest.as_str()),
    }
}

fn cookie<'a>(site: &Site, own: &'a Cookie, language: &str) -> ListedCookie<'a> {
    ListedCookie {
        name: &own.name,
        patterns: own
            .patterns
            .iter()
            .map(|pattern| pattern.0.as_str())
            .collect(),
        category: &own.category,
        service: own.service.as_deref(),
        purpose: own.purpose.get(language),
        duration: lifetime(site, language, own.lifetime),
        party: own.party,
        storage: own.storage,
    }
}

fn service<'a>(own: &'a Service, language: &str) -> ListedService<'a> {
    ListedService {
        id: &own.id,
        name: &own.name,
        company: &own.company,
        category: &own.category,
        purpose: own.purpose.get(language),
        privacy: own.privacy.as_deref(),
        hosts: &own.hosts,
    }
}
