//! What matters to consent, and its digest: whoever agreed before must be asked again when it changes, and only then.
//!
//! In: ids, names, purposes in the default language, how long, whose, where kept, companies and hosts. Not in: labels
//! of buttons, prose, dates, translations, order.

use super::super::{Category, Site};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The digest of an optional category: eight hex digits.
pub(super) fn category(site: &Site, category: &Category) -> String {
    let language = site.language();
    let mut cookies: Vec<_> = site.cookies_in(&category.id).collect();
    // A name may stand under several services.
    cookies.sort_by_key(|cookie| (&cookie.name, &cookie.service));
    let cookies: Vec<_> = cookies
        .iter()
        .map(|cookie| {
            let mut patterns = cookie.patterns.clone();
            patterns.sort();
            let purpose = cookie.purpose.get(language);
            (
                &cookie.name,
                patterns,
                purpose,
                cookie.lifetime,
                cookie.party,
                cookie.storage,
            )
        })
        .collect();
    let mut services: Vec<_> = site
        .services_in(&category.id)
        .map(|service| {
            let mut hosts = service.hosts.clone();
            hosts.sort();
            // The company of a group is the site's owner, who is not part of a category.
            let company = if service.own {
                ""
            } else {
                service.company.as_str()
            };
            (
                &service.id,
                &service.name,
                service.purpose.get(language),
                company,
                hosts,
            )
        })
        .collect();
    services.sort_by_key(|service| service.0);
    of_json(&(&category.id, cookies, services), 8)
}

/// The digest over all optional categories: sixteen hex digits.
pub(super) fn version(site: &Site) -> String {
    let mut digests: Vec<String> = site
        .optional()
        .map(|category| format!("{}:{}", category.id, category.digest))
        .collect();
    digests.sort();
    of_json(&digests, 16)
}

/// The first `digits` of SHA-256 over the JSON of lists and texts, which has one form only.
fn of_json(canonical: &impl Serialize, digits: usize) -> String {
    // Lists, texts and numbers: serialising can't fail, and an empty text would only make two digests equal, which is
    // checked.
    let json = serde_json::to_vec(canonical).unwrap_or_default();
    hex(&Sha256::digest(json), digits)
}

/// The first `digits` of a digest.
pub(super) fn hex(digest: &[u8], digits: usize) -> String {
    let mut text = String::new();
    for byte in digest.iter().take(digits.div_ceil(2)) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
