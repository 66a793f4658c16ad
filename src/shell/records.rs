use super::{
    bridge::{self, log},
    kv::Kv,
    wait::wait,
};
use crate::{
    app::Receipts,
    declared,
    record::{Chain, Fault, Notice, Store, Write, fold, owed, turn},
    site::{Map, Site},
};
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// Milliseconds that an answer waits for its record. Then it goes out, with a cookie that holds the record.
const MOST_WAIT: u32 = 200;
/// Seconds that this isolate takes a notice for kept without looking.
const SURE: u64 = 86_400;

thread_local! {
    /// Notices that were seen in KV, by key, and when.
    static SEEN: RefCell<Map<u64>> = const { RefCell::new(Map::new()) };
}

/// Records on their way to KV.
pub(super) struct Keeping {
    writes: Vec<Write>,
    held: Option<String>,
    done: Option<Promise>,
}

impl Keeping {
    /// Begins to write, if there is anything to write; a record that KV doesn't take costs nobody his choice.
    pub(super) fn begin(
        kv: &Kv,
        context: &JsValue,
        writes: Vec<Write>,
        held: Option<String>,
    ) -> Self {
        let done = (!writes.is_empty()).then(|| kv.keep(context, &writes, MOST_WAIT));
        Self { writes, held, done }
    }

    /// Waits a little; the `Set-Cookie` value for what the browser has to hold, or no longer has to.
    pub(super) async fn settle(self) -> Option<String> {
        let kept = match self.done {
            Some(done) => wait(done).await.ok().and_then(|kept| kept.as_f64()),
            None => None,
        };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of writes"
        )]
        let kept = kept.unwrap_or_default() as usize;
        owed(&self.writes, kept, self.held.as_deref())
    }
}

/// Whether a notice was seen in KV not long ago.
pub(super) fn is_kept(notice: &Write, now: u64) -> bool {
    let seen = SEEN.with_borrow(|seen| seen.get(&notice.key).copied());
    seen.is_some_and(|at| now < at + SURE)
}

/// Sees to it that a notice is in KV, and for long enough. Not in the visitor's way.
pub(super) async fn keep_notice(kv: &Kv, site: &Site, notice: Write, now: u64) {
    if is_kept(&notice, now) {
        return;
    }
    match put_notice(kv, site, &notice, now).await {
        Ok(()) => SEEN.with_borrow_mut(|seen| {
            seen.insert(notice.key, now);
        }),
        Err(fault) => log("kv-put", &fault.0),
    }
}

async fn put_notice(kv: &Kv, site: &Site, notice: &Write, now: u64) -> Result<(), Fault> {
    let kept = kv.metadata(&notice.key).await?;
    if Notice::is_due(site, kept.as_deref(), now) {
        kv.put(notice).await?;
    }
    Ok(())
}

/// What the clock asks for: every notice kept, every finished day sealed.
pub(super) async fn tend(kv: &Kv, now: u64) {
    let (places, each) = turn(declared::all().count(), now);
    for site in places
        .into_iter()
        .filter_map(|place| declared::all().nth(place)?.site())
    {
        let languages = site.languages.iter();
        for language in languages.filter(|_| site.has_choice()) {
            let notice = Notice::of(site, language).write(site, now);
            keep_notice(kv, site, notice, now).await;
        }
        if let Err(fault) = fold(kv, site, now, each).await {
            log("fold", &format!("{}: {}", site.id, fault.0));
        }
    }
}

/// Reads a visitor's records.
pub(super) async fn follow(chain: &mut Chain, kv: &Kv) -> Result<(), Fault> {
    while let Some(key) = chain.key() {
        let value = kv.get(&key).await?;
        chain.take(value.as_deref());
    }
    Ok(())
}

/// Reads what a visitor wants to see. Where there is no KV at all, there are no records.
pub(super) async fn show(receipts: &mut Receipts<'_>, kv: &Kv) -> Result<(), Fault> {
    if !kv.is_bound() {
        return Ok(());
    }
    follow(&mut receipts.chain, kv).await?;
    if let Some(key) = receipts.notice() {
        receipts.show(kv.get(&key).await?.as_deref());
    }
    Ok(())
}

/// Deletes a visitor's records, the oldest first: should it break off, those left can still be found from the cookie.
/// Gives the record to go on with, if there are more than can be deleted at once.
pub(super) async fn erase(
    mut chain: Chain,
    kv: &Kv,
    site: &Site,
    now: u64,
) -> Result<Option<String>, Fault> {
    follow(&mut chain, kv).await?;
    for key in chain.keys().iter().rev() {
        delete(key, kv, site, now).await?;
    }
    let rest = chain.rest().map(str::to_owned);
    if rest.is_some() {
        log("erase", "more records than one request can delete");
    }
    Ok(rest)
}

/// Deletes consents given with forms; those that aren't there don't count.
pub(super) async fn erase_forms(
    keys: &[String],
    kv: &Kv,
    site: &Site,
    now: u64,
) -> Result<(), Fault> {
    for key in keys {
        if kv.get(key).await?.is_some() {
            delete(key, kv, site, now).await?;
        }
    }
    Ok(())
}

async fn delete(key: &str, kv: &Kv, site: &Site, now: u64) -> Result<(), Fault> {
    if let Some(mend) = Write::erased(&site.id, key, now, bridge::random()) {
        kv.put(&mend).await?;
    }
    kv.delete(key).await
}
