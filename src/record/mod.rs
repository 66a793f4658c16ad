//! What KV keeps: the consent record that proves an answer, the notice that says what was asked, each day in numbers
//! and sealed; and how all of it is exported and checked (docs/adr/0014).
//!
//! Here is the only place where a KV key is spelled. Not here: reading and writing KV (`shell`), and any decision: none
//! is ever read from KV.

mod chain;
mod day;
mod document;
mod due;
mod export;
mod fold;
mod form;
mod key;
mod notice;
mod store;
mod summary;
#[cfg(not(target_arch = "wasm32"))]
mod verify;
mod write;

pub use chain::Chain;
pub use day::{Day, Seal};
pub use document::{Deed, Record, VERSION};
pub use due::{Due, owed};
pub use export::{Export, Format};
pub use fold::{fold, turn};
pub use form::{Given, Occasion, given};
pub use key::{
    Mend, all_forms, all_receipts, day_and_id, day_key, fold_key, form_key, forms_of, keys_with,
    mend_key, mends_of, notice_key, receipt_key, receipts_of, seen_key, seen_of,
};
pub use notice::Notice;
pub use store::{Fault, Listed, Page, Store};
pub use summary::{Circumstances, Rest, Summary};
#[cfg(not(target_arch = "wasm32"))]
pub use verify::{Finding, Verdict, verify};
pub use write::Write;

use crate::{decision::Decision, site::Site};

/// What proves an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The record's id.
    pub id: String,
    /// The record.
    pub record: Write,
    /// What it cites: to be put off the visitor's way, and only if it isn't there.
    pub notice: Write,
}

/// Proves an answer given at `at` milliseconds since 1970.
#[must_use]
pub fn prove(
    site: &Site,
    decision: &Decision,
    circumstances: &Circumstances<'_>,
    at: u64,
) -> Option<Proof> {
    let notice = Notice::of(site, circumstances.language);
    let summary = Summary::new(site, decision, circumstances, &notice.digest);
    let record = due::write(site, &summary, at, at / 1000)?;
    let (_, id) = day_and_id(&record.key)?;
    Some(Proof {
        id: id.to_owned(),
        notice: notice.write(site, at / 1000),
        record,
    })
}

/// Seconds in so many months; a month is counted as 30.44 days, the mean of the Gregorian calendar.
#[must_use]
pub fn retained(months: u16) -> u64 {
    u64::from(months) * 2_630_016
}
