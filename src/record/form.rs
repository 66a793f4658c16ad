use super::{Write, json, key::form_key, retained};
use crate::{
    calendar::rfc3339,
    digest::bits80,
    site::{Form, FormConsent, Site},
};
use serde::Serialize;
use ulid::Ulid;

/// A consent given by a field of a form: what was read, where, when; nothing of what the form held. The origin gets its
/// id, to keep beside what it is a consent for. Like every record's, the id is a digest of the record.
#[derive(Debug, Serialize)]
struct Given<'a> {
    v: u8,
    id: &'a str,
    site: &'a str,
    at: String,
    form: &'a str,
    field: &'a str,
    text: &'a str,
    language: &'a str,
    country: Option<&'a str>,
    expires: String,
    salt: String,
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
    // The ten characters of its time, then sixteen of its digest.
    let time = Ulid::from_parts(occasion.now, 0).to_string();
    let time = time.get(..10).unwrap_or_default();
    let salt = Ulid::from_parts(0, occasion.random).to_string();
    let mut given = Given {
        v: super::VERSION,
        id: time,
        site: &site.id,
        at: rfc3339(now),
        form: form.paths.first().map_or("", String::as_str),
        field: &consent.field,
        text: consent.text.get(occasion.language),
        language: occasion.language,
        country: occasion.country,
        expires: rfc3339(now + ttl),
        salt: salt.get(10..).unwrap_or_default().to_owned(),
    };
    let id = Ulid::from_parts(occasion.now, bits80(json(&given).as_bytes())).to_string();
    given.id = &id;
    let write = Write {
        key: form_key(&site.id, now, &id),
        value: json(&given),
        metadata: None,
        ttl,
        owed: None,
    };
    (id, write)
}
