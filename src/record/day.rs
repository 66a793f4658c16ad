use super::{Summary, VERSION, Write, day_key, retained, write::MOST_METADATA};
use crate::{calendar::start_of, digest::digest, json, site::Map};
use serde::{Deserialize, Serialize};

/// What the edge says of a country it doesn't know (ISO 3166-1 leaves `XX` to users).
const UNKNOWN: &str = "XX";
/// Where small countries are counted together.
const OTHERS: &str = "+";

type Counts = Map<u64>;

/// What proves that a day's records are all there, and as they were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// How many there are.
    pub count: u64,
    /// A digest over their keys, in order; each key holds a digest of its record.
    pub digest: String,
}

impl Seal {
    /// Takes the next key of the day.
    pub fn take(&mut self, key: &str) {
        self.count += 1;
        self.digest = digest(format!("{}\n{key}", self.digest).as_bytes());
    }
}

/// A day in numbers. No one of them leads to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Day {
    pub v: u8,
    pub site: String,
    pub day: String,
    /// Count and digest of the day's records.
    pub seal: Seal,
    /// Consents given with forms; the seal covers them, the numbers below don't.
    #[serde(default, skip_serializing_if = "is_none")]
    pub forms: u64,
    /// Records that were erased after the day had been sealed.
    pub erased: u64,
    /// Records that came later than at the answer.
    pub late: u64,
    pub gpc: u64,
    pub dnt: u64,
    pub decision: Counts,
    pub surface: Counts,
    /// How often each category was granted.
    pub categories: Counts,
    pub language: Counts,
    pub policy: Counts,
    pub country: Counts,
    /// The shortest time, in months, that one of the records is kept.
    pub months: u16,
    /// Marks of the erasures counted last, lest one that could not be taken away is counted twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<String>,
}

impl Day {
    /// A day of which nothing has been counted.
    #[must_use]
    pub fn new(site: &str, day: &str, months: u16) -> Self {
        Self {
            v: VERSION,
            site: site.to_owned(),
            day: day.to_owned(),
            months,
            ..Self::default()
        }
    }

    /// Counts the next record, by its key and what KV's metadata says of it.
    pub fn take(&mut self, key: &str, summary: Option<&Summary>) {
        self.seal.take(key);
        let Some(summary) = summary else { return };
        let surface = json::write(&summary.surface);
        *self.decision.entry(summary.decision.name()) += 1;
        *self.surface.entry(surface.trim_matches('"')) += 1;
        *self.language.entry(&summary.language) += 1;
        *self.policy.entry(&summary.policy) += 1;
        let country = summary.country.as_deref();
        *self.country.entry(country.unwrap_or(UNKNOWN)) += 1;
        for category in &summary.granted {
            *self.categories.entry(category) += 1;
        }
        self.gpc += u64::from(summary.gpc);
        self.dnt += u64::from(summary.dnt);
        self.late += u64::from(summary.late);
        if let Some(rest) = &summary.rest {
            self.months = self.months.min(rest.months);
        }
    }

    /// Counts the next consent given with a form, by its key.
    pub fn take_form(&mut self, key: &str) {
        self.seal.take(key);
        self.forms += 1;
    }

    /// The write that keeps it until the first of its records goes; `None` if that is past.
    #[must_use]
    pub(super) fn write(&self, now: u64) -> Option<Write> {
        let until = start_of(&self.day)? + retained(self.months);
        let ttl = until.checked_sub(now).filter(|ttl| *ttl >= 60)?;
        Some(Write {
            key: day_key(&self.site, &self.day),
            value: json::write(self),
            metadata: self.metadata(),
            ttl,
            owed: None,
        })
    }

    /// The same as KV's metadata takes it, so that one list of keys is a page of numbers.
    fn metadata(&self) -> Option<String> {
        let mut short = Self {
            mended: Vec::new(),
            ..self.clone()
        };
        loop {
            let text = json::write(&short);
            if text.len() <= MOST_METADATA {
                return Some(text);
            }
            let countries = short.country.iter().filter(|(name, _)| *name != OTHERS);
            let least = countries.min_by_key(|(_, count)| **count);
            let (name, count) = least.map(|(name, count)| (name.clone(), *count))?;
            short.country.remove(&name);
            *short.country.entry(OTHERS) += count;
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}
