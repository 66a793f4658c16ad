//! Exports are whole, go on where they stopped, and show what was done to them.

use super::{Memory, answers, export, run};
use crate::kit::{DAY, NOW, site};
use edge_consent::record::{Export, Format, Mend, Verdict, Write, fold, verify};
use std::{fs, path::Path, process::Command};

const FROM: &str = "2026-11-22";
const TO: &str = "2026-11-24";

fn checked(text: &str) -> Verdict {
    verify(text.lines().map(str::to_owned))
}

fn filled(page: usize) -> Memory {
    let memory = Memory::new(page);
    answers(&memory, site("musictracker"), 3, 12);
    run(fold(&memory, site("musictracker"), NOW + 4 * DAY, 1000)).unwrap();
    memory
}

fn whole(memory: &Memory) -> String {
    export(memory, site("musictracker"), FROM, TO, Format::Ndjson)
}

/// The one fault, as `line: what`.
fn fault(text: &str) -> String {
    let verdict = checked(text);
    let faults: Vec<String> = verdict
        .faults
        .iter()
        .map(|fault| format!("{}: {}", fault.line, fault.what))
        .collect();
    faults.join(" | ")
}

#[test]
fn an_export_holds_each_record_as_it_is_stored() {
    let memory = filled(5);
    let text = whole(&memory);
    for key in memory.keys("receipt:") {
        let stored = memory.value(&key).unwrap();
        assert_eq!(
            text.matches(&format!(
                "\"key\":\"{key}\",\"late\":false,\"record\":{stored}}}\n"
            ))
            .count(),
            1
        );
    }
    assert_eq!(
        checked(&text),
        Verdict {
            records: 36,
            sealed: 3,
            ..Verdict::default()
        }
    );
    // A list of keys is enough: nothing was read but summaries.
    assert!(text.starts_with("{\"v\":1,\"site\":\"musictracker\",\"from\":\"2026-11-22\",\"to\":\"2026-11-24\",\"after\":null}\n"));
    assert!(text.ends_with("{\"end\":true}\n"));
}

#[test]
fn records_too_long_for_their_keys_are_read() {
    let memory = filled(5);
    for (_, metadata) in memory.entries.borrow_mut().values_mut() {
        let cut = metadata
            .as_deref()
            .and_then(|text| text.split_once(",\"r\":"))
            .map(|(short, _)| format!("{short}}}"));
        *metadata = cut.or(metadata.take());
    }
    let text = whole(&memory);
    assert_eq!(
        checked(&text),
        Verdict {
            records: 36,
            sealed: 3,
            ..Verdict::default()
        }
    );
}

#[test]
fn a_changed_byte_is_found_and_named() {
    let text = whole(&filled(1000));
    let lines: Vec<&str> = text.lines().collect();
    let at = 20;
    let key = lines[at].split('"').nth(5).unwrap().to_owned();
    let begins: usize = lines[..at].iter().map(|line| line.len() + 1).sum();
    for offset in 0..lines[at].len() {
        let mut bytes = text.clone().into_bytes();
        bytes[begins + offset] = if bytes[begins + offset] == b'1' {
            b'2'
        } else {
            b'1'
        };
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        let verdict = checked(&changed);
        let here = verdict.faults.iter().find(|fault| fault.line == 21);
        assert!(here.is_some(), "{offset}: {:?}", verdict.faults);
    }
    let fault = fault(&text.replacen("\"surface\":\"preferences\"", "\"surface\":\"api\"", 1));
    assert_eq!(
        fault
            .matches("was changed: what it says doesn't give the digest in its id.")
            .count(),
        1,
        "{fault}"
    );
    assert!(key.starts_with("receipt:musictracker:2026-11-2"));
}

#[test]
fn a_record_taken_out_or_swapped_is_found_and_named() {
    let text = whole(&filled(1000));
    let lines: Vec<&str> = text.lines().collect();
    let key = |at: usize| lines[at].split('"').nth(5).unwrap();
    for at in [1, 5, 12, 14, 25] {
        let mut less = lines.clone();
        less.remove(at);
        let found = fault(&less.join("\n"));
        assert!(
            found.contains("was sealed with 12 records, here are 11."),
            "{at}: {found}"
        );
        if at != 12 && at != 25 {
            assert!(
                found.contains("1 missing between") && found.contains(key(at + 1)),
                "{at}: {found}"
            );
        }
    }
    let mut swapped = lines.clone();
    swapped.swap(6, 7);
    let found = fault(&swapped.join("\n"));
    assert!(
        found.contains(&format!("8: {} stands behind {}", key(6), key(7))),
        "{found}"
    );
    // Even if the numbers are put right.
    let renumbered: Vec<String> = lines
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != 5)
        .map(|(at, line)| {
            if (6..=12).contains(&at) {
                line.replacen(&format!("\"n\":{at}"), &format!("\"n\":{}", at - 1), 1)
            } else {
                (*line).to_owned()
            }
        })
        .collect();
    assert_eq!(
        fault(&renumbered.join("\n")),
        "13: 2026-11-22 was sealed with 12 records, here are 11."
    );
}

#[test]
fn days_ends_and_beginnings_are_missed() {
    let text = whole(&filled(1000));
    let lines: Vec<&str> = text.lines().collect();
    let without_a_day = [&lines[..14], &lines[27..]].concat().join("\n");
    assert!(
        fault(&without_a_day).contains("stands among the records of 2026-11-23"),
        "{}",
        fault(&without_a_day)
    );
    let cut = lines[..20].join("\n");
    assert!(
        fault(&cut).contains(
            "breaks off. Ask for what follows with after=receipt:musictracker:2026-11-23:"
        ),
        "{}",
        fault(&cut)
    );
    let early = [&lines[..14], &lines[lines.len() - 1..]]
        .concat()
        .join("\n");
    assert_eq!(
        fault(&early),
        "15: The export ends before 2026-11-23, and should reach 2026-11-24."
    );
    let headless = lines[1..].join("\n");
    assert!(
        fault(&headless).starts_with("1: The first line"),
        "{}",
        fault(&headless)
    );
    assert!(!checked("hello").faults.is_empty() && !checked("").faults.is_empty());
}

#[test]
fn an_export_goes_on_behind_any_key() {
    let memory = filled(5);
    let text = whole(&memory);
    for key in memory.keys("receipt:") {
        let begin = text.find(&key).unwrap();
        let first = text[..=begin + text[begin..].find('\n').unwrap()].to_owned();
        let mut rest = Export::new("musictracker", FROM, TO, Some(&key), Format::Ndjson).unwrap();
        let mut joined = first;
        while let Some(piece) = run(rest.more(&memory)).unwrap() {
            joined.push_str(&piece);
        }
        assert_eq!(
            checked(&joined),
            Verdict {
                records: 36,
                sealed: 3,
                ..Verdict::default()
            },
            "{key}"
        );
    }
}

#[test]
fn many_days_take_several_parts() {
    let site = site("musictracker");
    let memory = Memory::new(1);
    answers(&memory, site, 1, 1500);
    let text = export(&memory, site, FROM, "2026-11-23", Format::Ndjson);
    assert_eq!(
        text.matches("{\"more\":").count(),
        1,
        "a key a page: nine hundred operations are soon used up"
    );
    let verdict = checked(&text);
    assert_eq!(
        (verdict.records, verdict.faults, verdict.notes.len()),
        (1500, Vec::new(), 2)
    );
    assert!(memory.operations.get() < 3200);
}

#[test]
fn what_changed_since_the_seal_is_told_and_no_fault() {
    let memory = filled(1000);
    let gone = memory.keys("receipt:musictracker:2026-11-23:").remove(3);
    memory.add(&Write::mend(
        "musictracker",
        "2026-11-23",
        Mend::Erased,
        "0",
    ));
    memory.entries.borrow_mut().remove(&gone);
    let verdict = checked(&whole(&memory));
    assert_eq!(
        (verdict.faults.len(), verdict.sealed, verdict.notes.len()),
        (0, 2, 1),
        "{verdict:?}"
    );
    run(fold(&memory, site("musictracker"), NOW + 4 * DAY, 100)).unwrap();
    let text = whole(&memory);
    assert!(text.contains("\"erased\":1"));
    assert_eq!(
        checked(&text),
        Verdict {
            records: 35,
            sealed: 3,
            ..Verdict::default()
        }
    );
}

#[test]
fn a_kv_that_fails_breaks_an_export_off() {
    let memory = filled(5);
    for at in 1..=8 {
        memory.operations.set(0);
        memory.fails_at.set(Some(at));
        let mut export = Export::new("musictracker", FROM, TO, None, Format::Ndjson).unwrap();
        let end = loop {
            match run(export.more(&memory)) {
                Ok(Some(_)) => {}
                other => break other,
            }
        };
        assert!(end.is_err(), "{at}");
    }
}

#[test]
fn a_table_has_a_row_for_each_record() {
    let memory = filled(5);
    let text = export(&memory, site("musictracker"), FROM, TO, Format::Csv);
    let rows: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(rows[0].split(',').count(), 15);
    assert_eq!((rows.len(), rows[37], rows[38]), (39, "#end", ""));
    let cells: Vec<&str> = rows[1].split(',').collect();
    assert_eq!(cells.len(), 15);
    assert_eq!(
        (cells[1], cells[2], cells[11], cells[12], cells[14]),
        (
            "2026-11-22T10:00:00Z",
            "accept",
            "analytics=1 necessary=1",
            "microsoft-clarity=1",
            "false"
        )
    );
}

#[test]
fn only_days_and_keys_of_the_site_are_exported() {
    let new = |from, to, after| Export::new("musictracker", from, to, after, Format::Ndjson);
    assert!(new(FROM, FROM, None).is_some());
    for (from, to, after) in [
        (TO, FROM, None),
        ("2026-13-01", TO, None),
        ("", TO, None),
        (FROM, TO, Some("receipt:trackncloak:2026-11-23:")),
        (FROM, TO, Some("receipt:musictracker:2026-11-25:")),
        (FROM, TO, Some("notice:musictracker:2026-11-23:")),
        (FROM, TO, Some("x")),
    ] {
        assert!(new(from, to, after).is_none(), "{from} {to} {after:?}");
    }
}

#[test]
fn the_command_says_what_is_wrong_and_where() {
    let text = whole(&filled(1000));
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("export.ndjson");
    let say = |text: &str| {
        fs::write(&file, text).unwrap();
        let command = Command::new(env!("CARGO_BIN_EXE_verify"))
            .arg(&file)
            .output();
        let output = command.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said)
    };
    assert_eq!(
        say(&text),
        (
            Some(0),
            "✔ 36 records, 3 days sealed; nothing is missing or changed.\n".to_owned()
        )
    );
    let (code, said) = say(&text.replacen("\"DE\"", "\"FR\"", 1));
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("✖ line 2: receipt:musictracker:2026-11-22:01M81B5H")
            && said.ends_with("36 records, 3 days sealed; 1 wrong.\n"),
        "{said}"
    );
}
