//! Consents given with forms are kept like any other: sealed, exported, checked, found by their ids.

use super::{Memory, answers, export, run};
use crate::form::site as forms_site;
use crate::kit::{DAY, NOW, site};
use edge_consent::record::{
    Export, Format, Given, Mend, Occasion, Verdict, Write, fold, form_key, given, keys_with, verify,
};
use edge_consent::site::FormConsent;

const FROM: &str = "2026-11-22";
const TO: &str = "2026-11-23";

/// A consent of day `day`, the `n`th; `text` stands for what was read.
fn consent(day: u64, n: u64, text: Option<&str>) -> (String, Write) {
    let form = forms_site()
        .forms
        .iter()
        .find(|form| !form.consents.is_empty())
        .unwrap();
    let mut own: FormConsent = form.consents[0].clone();
    if let Some(text) = text {
        own.text.0.insert("en".to_owned(), text.to_owned());
    }
    let occasion = Occasion {
        language: "en",
        country: Some("DE"),
        now: (NOW + day * DAY + n) * 1000,
        random: u128::from(day * 1_000 + n),
    };
    given(site("musictracker"), form, &own, &occasion)
}

/// Two days with three answers and four consents each, sealed.
fn filled(page: usize) -> Memory {
    let memory = Memory::new(page);
    answers(&memory, site("musictracker"), 2, 3);
    for day in 0..2 {
        for n in 0..4 {
            memory.add(&consent(day, n, None).1);
        }
    }
    seal(&memory);
    memory
}

fn seal(memory: &Memory) {
    assert!(run(fold(memory, site("musictracker"), NOW + 3 * DAY, 1000)).unwrap());
}

fn whole(memory: &Memory) -> String {
    export(memory, site("musictracker"), FROM, TO, Format::Ndjson)
}

fn checked(text: &str) -> Verdict {
    verify(text.lines().map(str::to_owned))
}

fn good(records: u64) -> Verdict {
    Verdict {
        records,
        sealed: 2,
        ..Verdict::default()
    }
}

#[test]
fn an_export_has_them_before_the_answers_of_their_day_and_the_seal_covers_them() {
    for page in [1, 3, 1000] {
        let memory = filled(page);
        let text = whole(&memory);
        assert_eq!(checked(&text), good(14), "{page}");
        for key in memory.keys("form:") {
            let line = format!(
                "\"key\":\"{key}\",\"late\":false,\"record\":{}}}\n",
                memory.value(&key).unwrap()
            );
            assert_eq!(text.matches(&line).count(), 1);
        }
        let kinds: String = text
            .lines()
            .map(|line| {
                line.split_once("\"key\":\"")
                    .map_or("/", |(_, key)| &key[..1])
            })
            .collect();
        assert_eq!(kinds, "/ffffrrr/ffffrrr//");
        let day: serde_json::Value =
            serde_json::from_str(&memory.value("day:musictracker:2026-11-22").unwrap()).unwrap();
        assert_eq!(
            (&day["forms"], &day["seal"]["count"]),
            (&4.into(), &7.into())
        );
    }
}

#[test]
fn one_that_is_too_long_for_its_key_is_read() {
    let memory = filled(1000);
    let (_, long) = consent(1, 9, Some(&"long ".repeat(300)));
    assert_eq!(long.metadata, None);
    memory.add(&long);
    memory.add(&Write::mend("musictracker", TO, Mend::Late, "0"));
    seal(&memory);
    assert_eq!(checked(&whole(&memory)), good(15));
}

#[test]
fn what_was_done_to_one_is_found_and_named() {
    let text = whole(&filled(1000));
    let lines: Vec<&str> = text.lines().collect();
    let key = |at: usize| lines[at].split('"').nth(5).unwrap();
    let fault = |text: &str| {
        let faults = checked(text).faults;
        let said: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.line, fault.what))
            .collect();
        said.join(" | ")
    };
    let changed = text.replacen("\"country\":\"DE\"", "\"country\":\"FR\"", 1);
    assert_eq!(
        fault(&changed),
        format!(
            "2: {} was changed: what it says doesn't give the digest in its id.",
            key(1)
        )
    );
    let mut less = lines.clone();
    less.remove(2);
    let found = fault(&less.join("\n"));
    assert!(
        found.contains(&format!("1 missing between {} and {}", key(1), key(3)))
            && found.contains("was sealed with 7 records, here are 6."),
        "{found}"
    );
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    let found = fault(&swapped.join("\n"));
    assert!(
        found.contains(&format!("5: {} stands behind {}", key(3), key(4))),
        "{found}"
    );
}

#[test]
fn an_export_goes_on_behind_any_line_wherever_it_broke_off() {
    let memory = filled(2);
    let text = whole(&memory);
    let mut after = None;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let torn = end + line.len() / 2;
        end += line.len();
        if let Some((_, key)) = line.split_once("\"key\":\"") {
            after = key.split('"').next();
        }
        let Some(after) = after else { continue };
        if line.starts_with("{\"end\"") {
            continue;
        }
        let mut rest = Export::new("musictracker", FROM, TO, Some(after), Format::Ndjson).unwrap();
        let mut second = String::new();
        while let Some(piece) = run(rest.more(&memory)).unwrap() {
            second.push_str(&piece);
        }
        assert_eq!(
            checked(&(text[..end].to_owned() + &second)),
            good(14),
            "{line}"
        );
        // The next line came in part.
        if let Some(next) = text[end..].split_inclusive('\n').next() {
            let half = format!("{}{}\n{second}", &text[..end], &next[..next.len() / 2]);
            assert_eq!(checked(&half), good(14), "{next}");
        }
        // In the middle of the export it is a fault all the same.
        let hole = format!("{}\n{}", &text[..torn], &text[end..]);
        assert!(!checked(&hole).faults.is_empty());
    }
}

#[test]
fn one_that_is_erased_is_counted_and_the_day_sealed_again() {
    let memory = filled(1000);
    let gone = memory.keys("form:musictracker:2026-11-22:").remove(1);
    let mend = Write::erased("musictracker", &gone, NOW + 3 * DAY, 7).unwrap();
    memory.add(&mend);
    memory.entries.borrow_mut().remove(&gone);
    let before = checked(&whole(&memory));
    assert_eq!((before.faults.len(), before.notes.len()), (0, 1));
    seal(&memory);
    let text = whole(&memory);
    assert!(text.contains("\"erased\":1"));
    assert_eq!(checked(&text), good(13));
}

#[test]
fn a_table_has_a_row_for_each() {
    let memory = filled(1000);
    memory.add(&consent(0, 9, None).1);
    let text = export(&memory, site("musictracker"), FROM, TO, Format::Csv);
    let rows: Vec<&str> = text.split("\r\n").collect();
    let id = memory.keys("form:")[0]
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        rows[1],
        format!(
            "{id},2026-11-22T10:00:00Z,form,\"/join\",en,DE,,,,,,\"newsletter=1\",,2029-11-22T06:09:36Z,false"
        )
    );
    assert_eq!((rows.len(), rows[rows.len() - 2]), (18, "#end"));
}

#[test]
fn a_site_with_nothing_but_forms_has_its_days_sealed() {
    let memory = Memory::new(1);
    let (id, write) = consent(0, 1, None);
    memory.add(&write);
    seal(&memory);
    assert_eq!(checked(&whole(&memory)), good(1));
    assert_eq!(keys_with("musictracker", &id).unwrap()[1], write.key);
    assert_eq!(form_key("musictracker", NOW, &id), write.key);
    for wrong in ["", "x", "../../../etc/passwd", &id.to_lowercase()] {
        assert_eq!(keys_with("musictracker", wrong), None, "{wrong}");
    }
}

#[test]
fn what_is_none_is_not_read_as_one() {
    let (_, write) = consent(0, 1, None);
    assert_eq!(Given::read(&write.value).unwrap().json(), write.value);
    for (from, to) in [
        ("\"v\":1", "\"v\":2"),
        ("/join", "/other"),
        ("newsletter", "terms"),
        (",\"salt\"", ",\"more\":1,\"salt\""),
        ("10:00:01", "10:00:02"),
    ] {
        assert_eq!(
            Given::read(&write.value.replacen(from, to, 1)),
            None,
            "{to}"
        );
    }
    assert_eq!(Given::read("{}"), None);
}
