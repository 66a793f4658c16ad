use crate::{calendar::rfc3339, decision::Surface, digest::bits80, find::find, json, site::Map};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Version of the record's shape; a reader refuses what it doesn't know.
pub const VERSION: u8 = 1;

/// Characters of an id that say when; the others are a digest.
const TIME: usize = 10;

/// The beginning of an id.
pub(super) fn time_of(at: u64) -> String {
    let mut id = Ulid::from_parts(at, 0).to_string();
    id.truncate(TIME);
    id
}

/// The id of what is written with [`time_of`] in its place.
pub(super) fn id_of(at: u64, written: &str) -> String {
    Ulid::from_parts(at, bits80(written.as_bytes())).to_string()
}

/// What a visitor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Deed {
    Accept,
    Reject,
    Save,
    Withdraw,
}

impl Deed {
    /// As JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Save => "save",
            Self::Withdraw => "withdraw",
        }
    }
}

/// One answer, written once and never changed (GDPR Art. 7(1)). Its times are the server's. It never holds an IP
/// address, a user agent, an address of a page or a user's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`VERSION`].
    pub v: u8,
    /// Its id, a ULID: when, and a digest over all the rest.
    pub id: String,
    /// The record of the same visitor before this one; an id being a digest, that one can't be changed either.
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
    pub categories: Map<bool>,
    /// Every service that could be refused, granted and denied.
    pub services: Map<bool>,
    /// Whether GPC was on.
    pub gpc: bool,
    /// Whether DNT was on.
    pub dnt: bool,
    /// The country the edge saw; nothing finer.
    pub country: Option<String>,
    /// When KV forgets it, RFC 3339 UTC.
    pub expires: String,
    /// Chance, so that nobody can guess the id: 20 hex digits.
    pub salt: String,
}

impl Record {
    /// Gives the record its id, its time in milliseconds since 1970 and the digest; with it the record as it is stored.
    #[must_use]
    pub(super) fn sealed(mut self, at: u64) -> (Self, String) {
        let time = time_of(at);
        self.id.clone_from(&time);
        let mut text = self.json();
        self.id = id_of(at, &text);
        // Before its id stands only its version: the digest goes behind the time, and nothing is written anew.
        let digest = self.id.get(TIME..).unwrap_or_default();
        if let Some(place) = find(text.as_bytes(), time.as_bytes()) {
            text.insert_str(place + TIME, digest);
        }
        (self, text)
    }

    /// As it is stored.
    #[must_use]
    pub fn json(&self) -> String {
        json::write(self)
    }

    /// Reads what is stored; `None` unless it is a record, written as we write it, whose id is its digest and whose
    /// time is its id's.
    #[must_use]
    pub fn read(stored: &str) -> Option<Self> {
        let record: Self = json::read(stored)?;
        let at = Ulid::from_string(&record.id).ok()?.timestamp_ms();
        let whole = record.v == VERSION && record.at == rfc3339(at / 1000);
        let (sealed, text) = record.sealed(at);
        (whole && text == stored).then_some(sealed)
    }
}
