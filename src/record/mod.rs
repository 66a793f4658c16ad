//! What KV keeps: the consent record that proves an answer, and the notice that says what was asked.
//!
//! Here is the only place where a KV key is spelled. Not here: reading and writing KV (`shell`), and any decision: none
//! is ever read from KV.

mod chain;
mod form;
mod key;
mod notice;

pub use chain::Chain;
pub use form::{Occasion, given};
pub use key::{day_key, fold_key, form_key, mends_of, notice_key, receipt_key, seen_key, seen_of};
pub use notice::Notice;

use crate::{
    calendar::rfc3339,
    decision::{Decision, Surface},
    site::{Site, gathered},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the record's shape; a reader refuses what it doesn't know.
pub const VERSION: u8 = 1;

/// What a visitor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Deed {
    Accept,
    Reject,
    Save,
    Withdraw,
}

/// One answer, written once and never changed (GDPR Art. 7(1)). Its times are the server's. It never holds an IP
/// address, a user agent, an address of a page or a user's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// [`VERSION`].
    pub v: u8,
    /// Its id, a ULID.
    pub id: String,
    /// The record of the same visitor before this one.
    pub previous: Option<String>,
    /// The site's id.
    pub site: String,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Policy version that was answered.
    pub policy: String,
    /// Digest of what was shown.
    pub notice: String,
    /// In which language.
    pub language: String,
    /// Where.
    pub surface: Surface,
    /// What was done.
    pub decision: Deed,
    /// Every category, granted and denied.
    pub categories: BTreeMap<String, bool>,
    /// Every service that could be refused, granted and denied.
    pub services: BTreeMap<String, bool>,
    /// Whether GPC was on.
    pub gpc: bool,
    /// Whether DNT was on.
    pub dnt: bool,
    /// The country the edge saw; nothing finer.
    pub country: Option<String>,
    /// When KV forgets it, RFC 3339 UTC.
    pub expires: String,
}

/// A value to be put into KV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value, JSON.
    pub value: String,
    /// Metadata, JSON of at most 1,024 bytes.
    pub metadata: Option<String>,
    /// Seconds until KV forgets it.
    pub ttl: u64,
}

/// What a record says beside the decision itself.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// Its id.
    pub id: &'a str,
    /// The record before it.
    pub previous: Option<&'a str>,
    /// What was done.
    pub deed: Deed,
    /// Where.
    pub surface: Surface,
    /// In which language.
    pub language: &'a str,
    /// The visitor's country.
    pub country: Option<&'a str>,
    /// Seconds since 1970.
    pub now: u64,
}

/// The writes that prove an answer: the record and the notice it cites.
#[must_use]
pub fn writes(site: &Site, decision: &Decision, circumstances: &Circumstances<'_>) -> Vec<Write> {
    let now = circumstances.now;
    let ttl = retention(site);
    let notice = Notice::new(site, circumstances.language);
    let record = Record {
        v: VERSION,
        id: circumstances.id.to_owned(),
        previous: circumstances.previous.map(str::to_owned),
        site: site.id.clone(),
        at: rfc3339(now),
        policy: site.version.clone(),
        notice: notice.digest.clone(),
        language: circumstances.language.to_owned(),
        surface: circumstances.surface,
        decision: circumstances.deed,
        categories: gathered(
            site.categories
                .iter()
                .map(|own| (own.id.clone(), decision.grants(site, &own.id))),
        ),
        services: gathered(
            site.services
                .iter()
                .filter(|service| service.category != crate::site::NECESSARY)
                .map(|service| {
                    (
                        service.id.clone(),
                        decision.grants_service(site, &service.id),
                    )
                }),
        ),
        gpc: decision.signals.gpc.is_on(),
        dnt: decision.signals.dnt.is_on(),
        country: circumstances.country.map(str::to_owned),
        expires: rfc3339(now + ttl),
    };
    let metadata = Summary {
        d: record.decision,
        c: record
            .categories
            .iter()
            .filter(|(_, granted)| **granted)
            .map(|(id, _)| id.as_str())
            .collect(),
        l: &record.language,
        n: record.country.as_deref(),
        p: &record.policy,
        g: record.gpc,
    };
    vec![
        Write {
            key: receipt_key(&site.id, now, circumstances.id),
            value: json(&record),
            metadata: Some(json(&metadata)).filter(|text| text.len() <= 1024),
            ttl,
        },
        Write {
            key: notice_key(&site.id, &notice.digest),
            value: notice.json,
            metadata: None,
            ttl: ttl + NOTICE_OUTLIVES,
        },
    ]
}

/// What a list of keys shows of a record without reading it: decision, categories granted, language, country, policy
/// version, GPC. Short names, since KV takes 1,024 bytes.
#[derive(Serialize)]
struct Summary<'a> {
    d: Deed,
    c: Vec<&'a str>,
    l: &'a str,
    n: Option<&'a str>,
    p: &'a str,
    g: bool,
}

/// Seconds that a notice is kept beyond the record that was just written with it: each new record that cites it writes
/// it again, so that it outlives them all; the day covers clocks that differ.
const NOTICE_OUTLIVES: u64 = 86_400;

/// Seconds that a site's records are kept; a month is counted as 30.44 days, the mean of the Gregorian calendar.
#[must_use]
pub fn retention(site: &Site) -> u64 {
    u64::from(site.records.months) * 2_630_016
}

fn json<T: Serialize>(value: &T) -> String {
    // Strings, booleans and numbers only: there is nothing in it that could fail.
    serde_json::to_string(value).unwrap_or_default()
}
