use super::{bridge, kv::Kv, records::Keeping};
use crate::{
    app::Gaps,
    origin::{Report, Seen},
    site::Site,
};
use std::cell::{OnceCell, RefCell};
use wasm_bindgen::JsValue;

thread_local! {
    static GAPS: RefCell<Gaps> = const { RefCell::new(Gaps::new()) };
    /// Drawn once: whether this isolate is one of those that note anything.
    static LOT: OnceCell<u64> = const { OnceCell::new() };
}

/// Notes what nobody declared.
pub(super) fn take(site: &Site, seen: Seen) {
    if seen.is_empty() {
        return;
    }
    // Any bits of the random number will do.
    let draw = || u64::try_from(bridge::random() & 0xffff).unwrap_or_default();
    let lot = LOT.with(|lot| *lot.get_or_init(draw));
    GAPS.with_borrow_mut(|gaps| gaps.take(site, seen, lot, bridge::now() / 1000));
}

/// Whether it is time to write.
pub(super) fn is_due(now: u64) -> bool {
    GAPS.with_borrow(|gaps| gaps.is_due(now))
}

/// Writes what was noted, if it is time, once the answer is on its way.
pub(super) fn write(now: u64, kv: &Kv, context: &JsValue) {
    if !is_due(now) {
        return;
    }
    let write = GAPS.with_borrow_mut(|gaps| gaps.write(bridge::random(), now));
    // Nobody waits for it.
    drop(Keeping::begin(
        kv,
        context,
        write.into_iter().collect(),
        None,
    ));
}

/// One line for a page of a rehearsal: what would have been withheld.
pub(super) fn report(report: Option<&Report>) {
    if let Some(line) = report.and_then(Report::line) {
        bridge::say(&line);
    }
}
