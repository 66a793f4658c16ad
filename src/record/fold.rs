//! The scheduled job: seals each day that is over, and counts again those that have changed since.
//!
//! It can break off anywhere and be run twice at once: what it puts depends on nothing but the records, and what it has
//! counted of an unfinished day it keeps under `fold:`.

use super::{
    Day, Fault, Mend, Store, Summary, Write, all_forms, all_receipts, day_and_id, day_key,
    fold_key, forms_of, mends_of, receipts_of,
};
use crate::{
    calendar::{day_of, start_of},
    find::has,
    json,
    site::{Map, Site},
};
use serde::{Deserialize, Serialize};

/// Seconds after its end that a day is sealed: its last records are visible everywhere by then.
const SETTLES: u64 = 3600;
const DAY: u64 = 86_400;

/// Where the job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// The first day that isn't sealed yet.
    next: String,
    /// A day that is counted in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Open>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    day: Day,
    /// Consents given with forms come first.
    #[serde(default)]
    forms: bool,
    cursor: Option<String>,
}

/// A run of the job for one site.
struct Run<'a, S> {
    store: &'a S,
    site: &'a Site,
    now: u64,
    /// Operations of KV that it may still do.
    left: u32,
    /// Changes of finished days: by day, the keys that say so.
    mends: Map<Vec<String>>,
}

/// Sites of one run: the runtime allows a thousand operations of KV, and each site takes about thirteen beside [`fold`]'s.
const MOST_SITES: usize = 24;
/// Operations of KV that all of them have for [`fold`] in one run.
const MOST_OPERATIONS: usize = 600;

/// The places of the sites whose turn it is in this hour, of so many, and the operations that [`fold`] may take for each.
#[must_use]
pub fn turn(sites: usize, now: u64) -> (Vec<usize>, u32) {
    let taken = sites.min(MOST_SITES);
    let hour = usize::try_from(now / 3600).unwrap_or_default();
    let first = (hour * taken).checked_rem(sites).unwrap_or_default();
    let places = (0..sites).cycle().skip(first).take(taken);
    let each = MOST_OPERATIONS.checked_div(taken).unwrap_or_default();
    (places.collect(), u32::try_from(each).unwrap_or_default())
}

/// Does what is due for a site, with at most about `operations` of KV; the next run goes on where it stops. Returns
/// whether all is done.
///
/// # Errors
/// When KV doesn't do what it is asked; the next run does it again.
pub async fn fold<S: Store>(
    store: &S,
    site: &Site,
    now: u64,
    operations: u32,
) -> Result<bool, Fault> {
    let mut run = Run {
        store,
        site,
        now,
        left: operations,
        mends: Map::new(),
    };
    let kept = store.get(&fold_key(&site.id)).await?;
    let before = kept.and_then(|text| json::read::<Progress>(&text));
    let Some(mut progress) = (match before.clone() {
        Some(progress) => Some(progress),
        None => run.begin().await?,
    }) else {
        return Ok(true);
    };
    run.read_mends().await?;
    let done = run.all(&mut progress).await?;
    if before.as_ref() != Some(&progress) {
        let write = Write {
            key: fold_key(&site.id),
            value: json::write(&progress),
            metadata: None,
            ttl: 0,
            owed: None,
        };
        store.put(&write).await?;
    }
    Ok(done)
}

impl<S: Store> Run<'_, S> {
    /// The day of the first record there is.
    async fn begin(&mut self) -> Result<Option<Progress>, Fault> {
        let mut first: Option<String> = None;
        for prefix in [all_forms(&self.site.id), all_receipts(&self.site.id)] {
            let page = self.store.list(&prefix, None).await?;
            let listed = page.keys.first();
            if let Some((day, _)) = listed.and_then(|listed| day_and_id(&listed.name))
                && first.as_deref().is_none_or(|first| day < first)
            {
                first = Some(day.to_owned());
            }
        }
        Ok(first.map(|next| Progress { next, open: None }))
    }

    /// What has changed; of more than a thousand changes the others come next time.
    async fn read_mends(&mut self) -> Result<(), Fault> {
        let page = self.store.list(&mends_of(&self.site.id, ""), None).await?;
        for listed in page.keys {
            if let Some((day, _)) = day_and_id(&listed.name) {
                let keys = self.mends.entry(day);
                keys.push(listed.name);
            }
        }
        Ok(())
    }

    async fn all(&mut self, progress: &mut Progress) -> Result<bool, Fault> {
        if let Some(open) = progress.open.take() {
            // A day that has changed while it was counted is counted from its beginning.
            let changed = self.mends.get(&open.day.day).is_some();
            let open = if changed {
                self.fresh(&open.day.day)
            } else {
                open
            };
            if !self.one(progress, open).await? {
                return Ok(false);
            }
        }
        let sealed: Vec<String> = self
            .mends
            .keys()
            .filter(|day| **day < progress.next)
            .cloned()
            .collect();
        for day in sealed {
            let day = self.fresh(&day);
            if !self.one(progress, day).await? {
                return Ok(false);
            }
        }
        let unfinished = day_of(self.now.saturating_sub(SETTLES));
        while progress.next < unfinished {
            let day = self.fresh(&progress.next);
            if !self.one(progress, day).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn fresh(&self, day: &str) -> Open {
        Open {
            day: Day::new(&self.site.id, day, self.site.records.months),
            forms: true,
            cursor: None,
        }
    }

    /// Counts a day on from where it was left, and seals it. False when the operations are used up: then it is left open.
    async fn one(&mut self, progress: &mut Progress, mut open: Open) -> Result<bool, Fault> {
        loop {
            if self.left == 0 {
                progress.open = Some(open);
                return Ok(false);
            }
            self.left -= 1;
            let of = if open.forms { forms_of } else { receipts_of };
            let prefix = of(&self.site.id, &open.day.day);
            let page = self.store.list(&prefix, open.cursor.as_deref()).await?;
            for listed in page.keys {
                if open.forms {
                    open.day.take_form(&listed.name);
                    continue;
                }
                let summary: Option<Summary> =
                    listed.metadata.and_then(|metadata| json::read(&metadata));
                open.day.take(&listed.name, summary.as_ref());
            }
            open.cursor = page.cursor;
            if open.cursor.is_none() && !core::mem::take(&mut open.forms) {
                break;
            }
        }
        let mut day = open.day;
        let mends = self.mends.remove(&day.day).unwrap_or_default();
        let key = day_key(&self.site.id, &day.day);
        let before = self.store.get(&key).await?;
        let before = before.and_then(|text| json::read::<Day>(&text));
        mend(&mut day, before, &mends);
        if let Some(write) = day.write(self.now) {
            self.store.put(&write).await?;
        }
        for key in &mends {
            self.store.delete(key).await?;
        }
        let used = 2 + u32::try_from(mends.len()).unwrap_or(u32::MAX);
        self.left = self.left.saturating_sub(used);
        if day.day == progress.next {
            let next = start_of(&day.day).unwrap_or(self.now) + DAY;
            progress.next = day_of(next);
        }
        Ok(true)
    }
}

/// Counts what was erased from a day that had been sealed before.
fn mend(day: &mut Day, before: Option<Day>, mends: &[String]) {
    // What went before the day was sealed has never been counted.
    let Some(before) = before else { return };
    let erased = format!(":{}:", Mend::Erased.name());
    let marks = mends.iter().filter(|key| has(key, &erased));
    day.mended = marks.cloned().collect();
    let new = day
        .mended
        .iter()
        .filter(|mark| !before.mended.contains(mark));
    day.erased = before.erased + u64::try_from(new.count()).unwrap_or_default();
}
