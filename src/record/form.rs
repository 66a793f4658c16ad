use super::{
    VERSION, Write,
    document::{id_of, time_of},
    key::form_key,
    retained,
    write::MOST_METADATA,
};
use crate::{
    calendar::rfc3339,
    json,
    site::{Form, FormConsent, Site},
};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// A consent given by a field of a form: what was read, where, when; nothing of what the form held. The origin gets its
/// id, to keep beside what it is a consent for. Like every record's, the id is a digest of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Given {
    pub v: u8,
    pub id: String,
    pub site: String,
    pub at: String,
    pub form: String,
    pub field: String,
    pub text: String,
    pub language: String,
    pub country: Option<String>,
    pub expires: String,
    pub salt: String,
}

/// What is known of a consent besides its form. The moment is in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The language it was read in.
    pub language: &'a str,
    /// The visitor's country.
    pub country: Option<&'a str>,
    /// Milliseconds since 1970.
    pub now: u64,
    /// 80 bits of chance, another for each record.
    pub random: u128,
}

impl Given {
    /// Reads what is stored, as text or as a list of keys shows it; `None` unless its id is its digest.
    #[must_use]
    pub fn read(stored: &str) -> Option<Self> {
        let given: Self = json::read(stored)?;
        let at = Ulid::from_string(&given.id).ok()?.timestamp_ms();
        let own = Self {
            id: time_of(at),
            ..given.clone()
        };
        let whole = given.v == VERSION
            && given.at == rfc3339(at / 1000)
            && id_of(at, &own.json()) == given.id;
        whole.then_some(given)
    }

    /// As it is stored.
    #[must_use]
    pub fn json(&self) -> String {
        json::write(self)
    }
}

/// The record of a consent, and its id.
#[must_use]
pub fn given(
    site: &Site,
    form: &Form,
    consent: &FormConsent,
    occasion: &Occasion<'_>,
) -> (String, Write) {
    let now = occasion.now / 1000;
    let ttl = retained(site.records.months);
    let mut salt = Ulid::from_parts(0, occasion.random).to_string();
    let mut given = Given {
        v: VERSION,
        id: time_of(occasion.now),
        site: site.id.clone(),
        at: rfc3339(now),
        form: form.paths.first().cloned().unwrap_or_default(),
        field: consent.field.clone(),
        text: consent.text.get(occasion.language).to_owned(),
        language: occasion.language.to_owned(),
        country: occasion.country.map(str::to_owned),
        expires: rfc3339(now + ttl),
        salt: salt.split_off(10),
    };
    given.id = id_of(occasion.now, &given.json());
    let value = given.json();
    let write = Write {
        key: form_key(&site.id, now, &given.id),
        // So that a list of keys gives the records back; where it is too long, an export reads them one by one.
        metadata: Some(value.clone()).filter(|value| value.len() <= MOST_METADATA),
        value,
        ttl,
        owed: None,
    };
    (given.id, write)
}
