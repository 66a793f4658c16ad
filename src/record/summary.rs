use super::{Deed, Record, VERSION, retained, write::MOST_METADATA};
use crate::{
    calendar::rfc3339,
    decision::{Decision, Surface},
    json,
    site::{Map, NECESSARY, Site, distinct, gathered},
    visit::is_ulid,
};
use serde::{Deserialize, Serialize};

/// A record in short: what a list of keys shows of it, and what a browser holds of one that is still to be written.
/// Names are short, since KV takes 1,024 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// What was done.
    #[serde(rename = "d")]
    pub decision: Deed,
    /// Categories granted.
    #[serde(rename = "c")]
    pub granted: Vec<String>,
    /// In which language.
    #[serde(rename = "l")]
    pub language: String,
    /// The visitor's country.
    #[serde(rename = "n")]
    pub country: Option<String>,
    /// Policy version.
    #[serde(rename = "p")]
    pub policy: String,
    /// Whether GPC was on.
    #[serde(rename = "g")]
    pub gpc: bool,
    /// Whether DNT was on.
    #[serde(rename = "o")]
    pub dnt: bool,
    /// Where.
    #[serde(rename = "s")]
    pub surface: Surface,
    /// Whether it was written later than at the answer: then its time came by way of a browser.
    #[serde(rename = "t", default, skip_serializing_if = "core::ops::Not::not")]
    pub late: bool,
    /// The rest of the record; left out where all of it is too long for KV's metadata.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
}

/// What a record has beyond what is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// Categories denied.
    #[serde(rename = "x")]
    pub denied: Vec<String>,
    /// Services granted.
    #[serde(rename = "e")]
    pub services: Vec<String>,
    /// Services denied.
    #[serde(rename = "f")]
    pub services_denied: Vec<String>,
    /// Digest of what was shown.
    #[serde(rename = "b")]
    pub notice: String,
    /// The record before.
    #[serde(rename = "q")]
    pub previous: Option<String>,
    /// Months that it is kept.
    #[serde(rename = "m")]
    pub months: u16,
    /// Chance.
    #[serde(rename = "k")]
    pub salt: String,
}

/// What a record says beside the decision itself.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
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
    /// 80 bits from a cryptographic source.
    pub random: u128,
}

impl Summary {
    /// Puts an answer down; `notice` is the digest of what was shown.
    #[must_use]
    pub(super) fn new(
        site: &Site,
        decision: &Decision,
        circumstances: &Circumstances<'_>,
        notice: &str,
    ) -> Self {
        let (granted, denied) = parted(site.categories.iter().map(|own| own.id.as_str()), |id| {
            decision.grants(site, id)
        });
        let (services, services_denied) =
            parted(refusable(site), |id| decision.grants_service(site, id));
        Self {
            decision: circumstances.deed,
            granted,
            language: circumstances.language.to_owned(),
            country: circumstances.country.map(str::to_owned),
            policy: site.version.clone(),
            gpc: decision.signals.gpc.is_on(),
            dnt: decision.signals.dnt.is_on(),
            surface: circumstances.surface,
            late: false,
            rest: Some(Rest {
                denied,
                services,
                services_denied,
                notice: notice.to_owned(),
                previous: circumstances.previous.map(str::to_owned),
                months: site.records.months,
                // The upper bits of an u128 are more than an id holds.
                salt: format!("{:020x}", circumstances.random & ((1 << 80) - 1)),
            }),
        }
    }

    /// The record, as it was at `at` milliseconds since 1970, and as it is stored; `None` if this has been cut short.
    #[must_use]
    pub fn record(&self, site: &str, at: u64) -> Option<(Record, String)> {
        let rest = self.rest.as_ref()?;
        let seconds = at / 1000;
        let record = Record {
            v: VERSION,
            id: String::new(),
            previous: rest.previous.clone(),
            site: site.to_owned(),
            at: rfc3339(seconds),
            policy: self.policy.clone(),
            notice: rest.notice.clone(),
            language: self.language.clone(),
            surface: self.surface,
            decision: self.decision,
            categories: joined(&self.granted, &rest.denied),
            services: joined(&rest.services, &rest.services_denied),
            gpc: self.gpc,
            dnt: self.dnt,
            country: self.country.clone(),
            expires: rfc3339(seconds + retained(rest.months)),
            salt: rest.salt.clone(),
        };
        Some(record.sealed(at))
    }

    /// As KV's metadata takes it, `whole` being all of it: cut short where that would be too long.
    #[must_use]
    pub fn metadata(&self, whole: String) -> Option<String> {
        if whole.len() <= MOST_METADATA {
            return Some(whole);
        }
        let short = json::write(&Self {
            rest: None,
            ..self.clone()
        });
        Some(short).filter(|short| short.len() <= MOST_METADATA)
    }

    /// Whether a visitor of this site could have got such a record by answering. What a browser sends is not to be
    /// believed: under the present policy everything has to be there; under an earlier one it has to look right.
    #[must_use]
    pub(super) fn is_possible(&self, site: &Site) -> bool {
        let Some(rest) = &self.rest else { return false };
        let (Some(categories), Some(services)) = (
            named(&self.granted, &rest.denied),
            named(&rest.services, &rest.services_denied),
        ) else {
            return false;
        };
        let nothing = self.granted.len() == 1 && rest.services.is_empty();
        let fits = match self.decision {
            Deed::Accept => rest.denied.is_empty() && rest.services_denied.is_empty(),
            Deed::Save => !nothing,
            Deed::Reject => nothing && rest.previous.is_none(),
            Deed::Withdraw => nothing,
        };
        let known = if self.policy == site.version {
            site.languages.contains(&self.language)
                && categories == distinct(site.categories.iter().map(|own| own.id.as_str()))
                && services == distinct(refusable(site))
        } else {
            is_hex(&self.policy, site.version.len())
                && is_name(&self.language)
                && categories.iter().chain(&services).all(|name| is_name(name))
        };
        fits && known
            && self.granted.iter().any(|id| id == NECESSARY)
            && is_hex(&rest.notice, 64)
            && is_hex(&rest.salt, 20)
            && (1..=120).contains(&rest.months)
            && rest.previous.as_deref().is_none_or(is_ulid)
            && self.country.as_deref().is_none_or(is_country)
    }
}

/// The services that can be refused.
fn refusable(site: &Site) -> impl Iterator<Item = &str> {
    site.services
        .iter()
        .filter(|service| service.category != NECESSARY)
        .map(|service| service.id.as_str())
}

/// Names in order, those granted and those not.
fn parted<'a>(
    names: impl Iterator<Item = &'a str>,
    granted: impl Fn(&str) -> bool,
) -> (Vec<String>, Vec<String>) {
    let names = distinct(names.map(str::to_owned));
    names.into_iter().partition(|name| granted(name))
}

/// All of them in order; `None` if one stands there twice.
fn named<'a>(granted: &'a [String], denied: &'a [String]) -> Option<Vec<&'a str>> {
    let names = distinct(granted.iter().chain(denied).map(String::as_str));
    (names.len() == granted.len() + denied.len()).then_some(names)
}

fn joined(granted: &[String], denied: &[String]) -> Map<bool> {
    let granted = granted.iter().map(|name| (name.clone(), true));
    gathered(granted.chain(denied.iter().map(|name| (name.clone(), false))))
}

fn is_hex(text: &str, length: usize) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(hex)
}

fn is_name(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(fine)
}

fn is_country(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    text.len() == 2 && text.bytes().all(fine)
}
