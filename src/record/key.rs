use crate::{calendar::day_of, visit::is_ulid};
use ulid::Ulid;

/// The key of a record: `receipt:{site}:{YYYY-MM-DD}:{ulid}`, so that a day's records list together and in order.
#[must_use]
pub fn receipt_key(site: &str, at: u64, id: &str) -> String {
    format!("{}{id}", receipts_of(site, &day_of(at)))
}

/// What the keys of a day's records begin with.
#[must_use]
pub fn receipts_of(site: &str, day: &str) -> String {
    format!("receipt:{site}:{day}:")
}

/// What the keys of all of a site's records begin with.
#[must_use]
pub fn all_receipts(site: &str) -> String {
    format!("receipt:{site}:")
}

/// The day and the id in the key of a record, or the day and the rest in a [`mend_key`].
#[must_use]
pub fn day_and_id(key: &str) -> Option<(&str, &str)> {
    let mut parts = key.splitn(4, ':').skip(2);
    Some((parts.next()?, parts.next()?))
}

/// The key of a notice: `notice:{site}:{sha256}`.
#[must_use]
pub fn notice_key(site: &str, digest: &str) -> String {
    format!("notice:{site}:{digest}")
}

/// The key of names that nobody declared: `seen:{site}:{YYYY-MM-DD}:{random}`, a fresh one for each write.
#[must_use]
pub fn seen_key(site: &str, day: &str, random: u128) -> String {
    format!("seen:{site}:{day}:{random:020x}")
}

/// The key of a consent given with a form: `form:{site}:{YYYY-MM-DD}:{ulid}`. A kind of its own: it belongs to no
/// visitor's chain of answers.
#[must_use]
pub fn form_key(site: &str, at: u64, id: &str) -> String {
    format!("{}{id}", forms_of(site, &day_of(at)))
}

/// What the keys of a day's consents with forms begin with.
#[must_use]
pub fn forms_of(site: &str, day: &str) -> String {
    format!("{}{day}:", all_forms(site))
}

/// What the keys of all of a site's consents with forms begin with.
#[must_use]
pub fn all_forms(site: &str) -> String {
    format!("form:{site}:")
}

/// The keys that an id may stand in: as an answer's, and as a form's.
#[must_use]
pub fn keys_with(site: &str, id: &str) -> Option<[String; 2]> {
    let id = is_ulid(id).then_some(id)?;
    let at = Ulid::from_string(id).ok()?.timestamp_ms() / 1000;
    Some([receipt_key(site, at, id), form_key(site, at, id)])
}

/// What the keys of all of a site's [`seen_key`]s begin with.
#[must_use]
pub fn seen_of(site: &str) -> String {
    format!("seen:{site}:")
}

/// The key of a day in numbers, `day:{site}:{YYYY-MM-DD}`; with an empty day, what all of a site's begin with.
#[must_use]
pub fn day_key(site: &str, day: &str) -> String {
    format!("day:{site}:{day}")
}

/// What happened to a day after it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Mend {
    Erased,
    Late,
}

impl Mend {
    /// As a key has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Late => "late",
        }
    }
}

/// The key that says that a finished day has changed: `mend:{site}:{YYYY-MM-DD}:{erased or late}:{mark}`. For an erasure
/// the mark must be random: it must not lead to what was erased.
#[must_use]
pub fn mend_key(site: &str, day: &str, mend: Mend, mark: &str) -> String {
    format!("{}{}:{mark}", mends_of(site, day), mend.name())
}

/// What the keys of all of a site's [`mend_key`]s begin with; with a day, that day's.
#[must_use]
pub fn mends_of(site: &str, day: &str) -> String {
    if day.is_empty() {
        format!("mend:{site}:")
    } else {
        format!("mend:{site}:{day}:")
    }
}

/// Where the scheduled job is: `fold:{site}`.
#[must_use]
pub fn fold_key(site: &str) -> String {
    format!("fold:{site}")
}
