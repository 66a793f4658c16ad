use super::{Mend, day_and_id, mend_key};
use crate::calendar::day_of;

/// Seconds that a [`mend_key`] is kept: the scheduled job takes it away long before.
const MEND_LASTS: u64 = 366 * 86_400;

/// KV takes no more metadata than this, in bytes.
pub(super) const MOST_METADATA: usize = 1024;

/// A value to be put into KV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value, JSON.
    pub value: String,
    /// Metadata, JSON of at most 1,024 bytes.
    pub metadata: Option<String>,
    /// Seconds until KV forgets it; 0 for never.
    pub ttl: u64,
    /// What the visitor's browser holds of it until it is done, not packed yet ([`super::owed`]); `None` if nobody waits for it.
    pub owed: Option<String>,
}

impl Write {
    /// Says that a finished day has changed. For an erasure the mark must be random: it must not lead to what was erased.
    #[must_use]
    pub fn mend(site: &str, day: &str, mend: Mend, mark: &str) -> Self {
        Self {
            key: mend_key(site, day, mend, mark),
            value: String::new(),
            metadata: None,
            ttl: MEND_LASTS,
            owed: None,
        }
    }

    /// What has to be put before a record is erased, if its day may have been sealed: a day that changes unnoticed would
    /// look as if somebody had tampered with it. The mark must be random.
    #[must_use]
    pub fn erased(site: &str, key: &str, now: u64, mark: u128) -> Option<Self> {
        let (day, _) = day_and_id(key)?;
        let over = *day < *day_of(now);
        over.then(|| Self::mend(site, day, Mend::Erased, &format!("{mark:020x}")))
    }
}
