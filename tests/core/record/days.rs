//! Days are sealed, in steps of any size, and counted again when they change.

use super::{Memory, answer, answers, run};
use crate::kit::{DAY, NOW, site};
use edge_consent::record::{Day, Mend, Write, day_key, fold, turn};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn day(memory: &Memory, site: &str, day: &str) -> Day {
    serde_json::from_str(&memory.value(&day_key(site, day)).expect(day)).unwrap()
}

#[test]
fn a_finished_day_is_counted_and_sealed() {
    let site = site("musictracker");
    let memory = Memory::new(4);
    answers(&memory, site, 2, 9);
    assert_eq!(run(fold(&memory, site, NOW + DAY, 100)), Ok(true));
    assert_eq!(memory.keys("day:").len(), 1, "today goes on");
    let counted = memory.value("day:musictracker:2026-11-22").unwrap();
    let counted: Value = serde_json::from_str(&counted).unwrap();
    assert_eq!(
        counted,
        json!({
            "v": 1, "site": "musictracker", "day": "2026-11-22",
            "seal": {"count": 9, "digest": counted["seal"]["digest"]},
            "erased": 0, "late": 0, "gpc": 0, "dnt": 0,
            "decision": {"accept": 3, "reject": 3, "save": 3}, "surface": {"banner": 6, "preferences": 3},
            "categories": {"analytics": 6, "necessary": 9}, "language": {"en": 9}, "policy": {site.version.clone(): 9},
            "country": {"DE": 9}, "months": 36,
        })
    );
    assert_eq!(counted["seal"]["digest"].as_str().unwrap().len(), 64);
    let entries = memory.entries.borrow();
    let (value, metadata) = &entries["day:musictracker:2026-11-22"];
    assert_eq!(
        metadata.as_deref(),
        Some(value.as_str()),
        "a list is a page of numbers"
    );
}

#[test]
fn steps_of_any_size_come_to_the_same() {
    let site = site("musictracker");
    let whole = Memory::new(1000);
    answers(&whole, site, 3, 11);
    assert_eq!(run(fold(&whole, site, NOW + 4 * DAY, 1000)), Ok(true));
    for (page, operations) in [(1, 1), (2, 3), (5, 2)] {
        let memory = Memory::new(page);
        answers(&memory, site, 3, 11);
        let mut runs = 0;
        while run(fold(&memory, site, NOW + 4 * DAY, operations)) == Ok(false) {
            runs += 1;
            assert!(runs < 100);
        }
        assert!(runs > 2, "{runs}");
        for key in whole.keys("day:") {
            assert_eq!(
                memory.value(&key),
                whole.value(&key),
                "{page} {operations} {key}"
            );
        }
        assert_eq!(
            whole.keys("day:").len(),
            4,
            "a day without records is sealed too"
        );
    }
}

#[test]
fn a_run_that_breaks_off_anywhere_is_made_good_by_the_next() {
    let site = site("musictracker");
    let whole = Memory::new(3);
    answers(&whole, site, 2, 5);
    run(fold(&whole, site, NOW + 3 * DAY, 1000)).unwrap();
    for at in 1..=whole.operations.get() {
        let memory = Memory::new(3);
        answers(&memory, site, 2, 5);
        memory.fails_at.set(Some(at));
        assert!(
            run(fold(&memory, site, NOW + 3 * DAY, 1000)).is_err(),
            "{at}"
        );
        memory.fails_at.set(None);
        assert_eq!(run(fold(&memory, site, NOW + 3 * DAY, 1000)), Ok(true));
        for key in whole.keys("") {
            assert_eq!(memory.value(&key), whole.value(&key), "{at} {key}");
        }
    }
}

#[test]
fn an_erasure_leaves_a_count_and_nothing_else() {
    let site = site("musictracker");
    let memory = Memory::new(1000);
    answers(&memory, site, 1, 5);
    let later = NOW + 2 * DAY;
    run(fold(&memory, site, later, 100)).unwrap();
    let before = day(&memory, &site.id, "2026-11-22");
    let gone = memory.keys("receipt:").remove(2);
    let mend = Write::mend(&site.id, "2026-11-22", Mend::Erased, "00000000000000000001");
    memory.add(&mend);
    memory.entries.borrow_mut().remove(&gone);
    for at in [3, 4, 5, 6, 7] {
        // It doesn't count twice, wherever a run breaks off.
        memory.operations.set(0);
        memory.fails_at.set(Some(at));
        let _ = run(fold(&memory, site, later, 100));
    }
    memory.fails_at.set(None);
    run(fold(&memory, site, later, 100)).unwrap();
    let after = day(&memory, &site.id, "2026-11-22");
    assert_eq!(
        (before.seal.count, after.seal.count, after.erased),
        (5, 4, 1)
    );
    assert_ne!(before.seal.digest, after.seal.digest);
    assert_eq!(memory.keys("mend:"), Vec::<String>::new());
    let id = gone.rsplit(':').next().unwrap();
    for (key, (value, metadata)) in memory.entries.borrow().iter() {
        assert!(!format!("{key} {value} {metadata:?}").contains(id), "{key}");
    }
    // And another one later.
    let gone = memory.keys("receipt:").remove(0);
    memory.add(&Write::mend(
        &site.id,
        "2026-11-22",
        Mend::Erased,
        "00000000000000000002",
    ));
    memory.entries.borrow_mut().remove(&gone);
    run(fold(&memory, site, later, 100)).unwrap();
    let after = day(&memory, &site.id, "2026-11-22");
    assert_eq!((after.seal.count, after.erased), (3, 2));
}

#[test]
fn a_record_that_comes_late_is_counted_on_its_day() {
    let site = site("musictracker");
    let memory = Memory::new(1000);
    answers(&memory, site, 1, 3);
    let later = NOW + 2 * DAY;
    run(fold(&memory, site, later, 100)).unwrap();
    memory.add(&answer(site, "decision=accept", 30, 99));
    run(fold(&memory, site, later, 100)).unwrap();
    assert_eq!(
        day(&memory, &site.id, "2026-11-22").seal.count,
        3,
        "nobody said so"
    );
    memory.add(&Write::mend(&site.id, "2026-11-22", Mend::Late, "0"));
    run(fold(&memory, site, later, 100)).unwrap();
    let after = day(&memory, &site.id, "2026-11-22");
    assert_eq!((after.seal.count, after.erased), (4, 0));
}

#[test]
fn a_day_in_numbers_goes_before_its_records_do() {
    let mut site = site("musictracker").clone();
    site.records.months = 12;
    let memory = Memory::new(1000);
    answers(&memory, &site, 1, 2);
    let write = memory.keys("receipt:").remove(0);
    assert!(memory.value(&write).unwrap().contains("2027-11-22"));
    run(fold(&memory, &site, NOW + 400 * DAY, 1000)).unwrap();
    assert_eq!(
        memory.keys("day:musictracker:2026-11-22"),
        Vec::<String>::new()
    );
}

#[test]
fn two_hundred_countries_still_fit_beside_the_value() {
    let site = site("musictracker");
    let memory = Memory::new(1000);
    for n in 0..200_u64 {
        let mut write = answer(site, "decision=accept", n, u128::from(n));
        let first = char::from(b'A' + u8::try_from(n / 26).unwrap());
        let second = char::from(b'A' + u8::try_from(n % 26).unwrap());
        write.metadata = write
            .metadata
            .map(|text| text.replace("\"DE\"", &format!("\"{first}{second}\"")));
        memory.add(&write);
    }
    run(fold(&memory, site, NOW + 2 * DAY, 1000)).unwrap();
    let entries = memory.entries.borrow();
    let (value, metadata) = &entries["day:musictracker:2026-11-22"];
    let (whole, short): (Day, Day) = (
        serde_json::from_str(value).unwrap(),
        serde_json::from_str(metadata.as_deref().unwrap()).unwrap(),
    );
    assert!(metadata.as_ref().unwrap().len() <= 1024);
    assert_eq!((whole.country.len(), whole.seal), (200, short.seal));
    assert_eq!(short.country.values().sum::<u64>(), 200);
    assert!(*short.country.get("+").unwrap() > 100);
}

#[test]
fn every_site_has_its_turn_and_no_run_asks_too_much() {
    for sites in [1_usize, 4, 24, 25, 100, 1000] {
        let mut had = BTreeSet::new();
        let hours = u64::try_from(sites.div_ceil(24)).unwrap();
        for hour in 0..hours {
            let (places, each) = turn(sites, NOW + hour * 3600);
            assert!(places.len() * (usize::try_from(each).unwrap() + 13) < 1000);
            assert!(each >= 25);
            had.extend(places);
        }
        assert_eq!(had.len(), sites, "after {hours} hours");
    }
    assert_eq!(turn(0, NOW), (Vec::new(), 0));
}
