use super::{Write, notice_key, retained};
use crate::{
    digest::digest,
    json,
    site::{Cookie, NECESSARY, Site},
    wording,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Seconds that a notice has to outlive the newest record that might cite it. A record can come 30 days late.
const OUTLIVES: u64 = 31 * 86_400;

/// What KV's metadata says of a notice: until when it is kept, in seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Kept {
    e: u64,
}

/// What a visitor was shown, word for word, under its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// SHA-256 of [`Notice::json`], 64 hex digits.
    pub digest: String,
    /// The notice itself.
    pub json: String,
}

#[derive(Serialize)]
struct Shown<'a> {
    v: u8,
    site: &'a str,
    policy: &'a str,
    language: &'a str,
    title: String,
    text: String,
    third_parties: Option<String>,
    buttons: [&'a str; 3],
    categories: Vec<ShownCategory<'a>>,
}

#[derive(Serialize)]
struct ShownCategory<'a> {
    id: &'a str,
    name: &'a str,
    purpose: &'a str,
    digest: &'a str,
    cookies: Vec<ShownCookie<'a>>,
    services: Vec<ShownService<'a>>,
}

#[derive(Serialize)]
struct ShownCookie<'a> {
    name: &'a str,
    purpose: &'a str,
    duration: String,
}

#[derive(Serialize)]
struct ShownService<'a> {
    id: &'a str,
    name: &'a str,
    company: &'a str,
    purpose: &'a str,
    privacy: Option<&'a str>,
}

impl Notice {
    /// What this site shows in this language.
    #[must_use]
    pub fn of(site: &Site, language: &str) -> Arc<Self> {
        let name = ["notice ", language].concat();
        site.kept.get(&name, || Self::new(site, language))
    }

    fn new(site: &Site, language: &str) -> Self {
        let wording = wording::Banner::new(site, language, None);
        let shown = Shown {
            v: super::VERSION,
            site: &site.id,
            policy: &site.version,
            language,
            title: wording.title,
            text: wording.text,
            third_parties: wording.third_parties,
            buttons: [wording.accept, wording.refuse, wording.customise],
            categories: site
                .categories
                .iter()
                .map(|category| category_shown(site, category, language))
                .collect(),
        };
        let json = json::write(&shown);
        Self {
            digest: digest(json.as_bytes()),
            json,
        }
    }

    /// The write that keeps it for longer than any record which could cite it within the next month.
    #[must_use]
    pub fn write(&self, site: &Site, now: u64) -> Write {
        let ttl = retained(site.records.months) + 2 * OUTLIVES;
        Write {
            key: notice_key(&site.id, &self.digest),
            value: self.json.clone(),
            metadata: Some(json::write(&Kept { e: now + ttl })),
            ttl,
            owed: None,
        }
    }

    /// Whether it still has to be written, or written again to be kept longer, going by the metadata that KV holds.
    #[must_use]
    pub fn is_due(site: &Site, metadata: Option<&str>, now: u64) -> bool {
        let kept = metadata.and_then(json::read::<Kept>);
        kept.is_none_or(|kept| kept.e < now + retained(site.records.months) + OUTLIVES)
    }
}

fn category_shown<'a>(
    site: &'a Site,
    category: &'a crate::site::Category,
    language: &'a str,
) -> ShownCategory<'a> {
    let cookies = |cookie: &'a Cookie| ShownCookie {
        name: &cookie.name,
        purpose: cookie.purpose.get(language),
        duration: wording::lifetime(site, language, cookie.lifetime),
    };
    ShownCategory {
        id: &category.id,
        name: category.name.get(language),
        purpose: category.purpose.get(language),
        digest: if category.id == NECESSARY {
            ""
        } else {
            &category.digest
        },
        cookies: site.cookies_in(&category.id).map(cookies).collect(),
        services: site
            .services_in(&category.id)
            .map(|service| ShownService {
                id: &service.id,
                name: &service.name,
                company: &service.company,
                purpose: service.purpose.get(language),
                privacy: service.privacy.as_deref(),
            })
            .collect(),
    }
}
