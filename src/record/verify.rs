//! Whether an export is whole and as it was written; native only.

use super::{
    Given, Record, Seal, day_and_id,
    export::{DayLine, HeadLine},
    forms_of, receipts_of,
};
use crate::calendar::{day_of, start_of};
use serde::{Deserialize, de::IgnoredAny};
use std::collections::{HashMap, HashSet};
use ulid::Ulid;

const DAY: u64 = 86_400;

/// Something about an export, and the line that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: u64,
    /// What.
    pub what: String,
}

/// What is to be said of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Records read.
    pub records: u64,
    /// Days whose seal fits.
    pub sealed: u64,
    /// What is wrong.
    pub faults: Vec<Finding>,
    /// What can't be proven either way.
    pub notes: Vec<Finding>,
}

/// Checks an export line by line. It may be several parts, one behind the other.
pub fn verify(lines: impl Iterator<Item = String>) -> Verdict {
    let mut check = Check::default();
    for line in lines {
        check.at += 1;
        check.line(&line);
    }
    check.finish();
    check.verdict
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Head(HeadLine),
    Day(DayLine),
    End { end: bool },
    More { more: String },
}

#[derive(Debug, Default)]
struct Check {
    verdict: Verdict,
    at: u64,
    head: Option<HeadLine>,
    /// The beginning of the day that is being read.
    day: u64,
    n: u64,
    seal: Seal,
    /// The last key.
    last: String,
    /// Whether the day has been read from its beginning.
    whole: bool,
    ended: bool,
    /// Whether another part has just begun.
    resumed: bool,
    /// The line that is none, if the last one was: a part that breaks off may end in the middle of it.
    torn: Option<u64>,
    ids: HashSet<String>,
    /// Records named as the ones before, and the line of the one that names them.
    named: HashMap<String, u64>,
}

impl Check {
    fn fault(&mut self, what: String) {
        let line = self.at;
        self.verdict.faults.push(Finding { line, what });
    }

    fn note(&mut self, what: String) {
        let line = self.at;
        self.verdict.notes.push(Finding { line, what });
    }

    fn line(&mut self, line: &str) {
        if self.ended {
            self.fault("There is something behind the end.".to_owned());
            return;
        }
        let head = serde_json::from_str(line);
        if !matches!(&head, Ok(Line::Head(head)) if head.after.as_deref() == Some(&self.last)) {
            self.torn();
        }
        self.torn = None;
        if line.starts_with("{\"n\":") {
            match parts(line) {
                Some((n, key, record)) => self.record(n, key, record),
                None => self.torn = Some(self.at),
            }
            self.resumed = false;
            return;
        }
        match head {
            Ok(Line::Head(head)) => self.begin(head),
            Ok(Line::Day(day)) => self.close(day),
            Ok(Line::End { end: true }) => self.end(),
            Ok(Line::More { more }) => {
                self.last = more;
                self.whole = self.whole || self.n == 0;
            }
            Ok(Line::End { end: false }) | Err(_) => self.torn = Some(self.at),
        }
    }

    fn torn(&mut self) {
        if let Some(line) = self.torn.take() {
            let what = "This is no line of an export any more.".to_owned();
            self.verdict.faults.push(Finding { line, what });
        }
    }

    fn begin(&mut self, head: HeadLine) {
        let before = self.head.take();
        match (&before, &head.after) {
            (None, after) => {
                let from = after.as_deref().and_then(day_and_id).map(|(day, _)| day);
                self.day = start_of(from.unwrap_or(&head.from)).unwrap_or_default();
                self.whole = after.is_none();
                if let Some(after) = after {
                    self.last.clone_from(after);
                    self.note(format!(
                        "This part begins behind {after}: what is before it isn't here."
                    ));
                }
            }
            (Some(before), Some(after))
                if *after == self.last
                    && before.site == head.site
                    && before.from == head.from
                    && before.to == head.to => {}
            (Some(_), after) => {
                let after = after.as_deref().unwrap_or("nothing");
                self.fault(format!(
                    "This part begins behind {after}, the one before it ended at {}.",
                    self.last
                ));
            }
        }
        self.resumed = before.is_some();
        self.head = Some(head);
    }

    fn record(&mut self, n: u64, key: &str, stored: &str) {
        let day = day_of(self.day);
        let Some(site) = self.head.as_ref().map(|head| head.site.clone()) else {
            self.fault(
                "The first line, which says what this is an export of, is missing.".to_owned(),
            );
            self.head = Some(HeadLine {
                v: 1,
                site: String::new(),
                from: String::new(),
                to: String::new(),
                after: None,
            });
            return;
        };
        self.verdict.records += 1;
        let kinds = [forms_of(&site, &day), receipts_of(&site, &day)];
        let [form, _] = &kinds;
        let Some(begins) = kinds.iter().find(|begins| key.starts_with(*begins)) else {
            self.fault(format!("{key} stands among the records of {day}."));
            return;
        };
        let same_day = day_and_id(&self.last).is_some_and(|(own, _)| own == day);
        if same_day && *key <= *self.last {
            self.fault(format!(
                "{key} stands behind {}: swapped, or here twice.",
                self.last
            ));
        } else if n > self.n + 1 && self.whole {
            let missing = n - self.n - 1;
            let before = if self.n == 0 {
                begins.as_str()
            } else {
                &self.last
            };
            self.fault(format!("{missing} missing between {before} and {key}."));
        } else if n <= self.n {
            self.fault(format!(
                "{key} has the number {n}, the one before it {}.",
                self.n
            ));
        }
        self.n = n;
        key.clone_into(&mut self.last);
        self.seal.take(key);
        if begins == form {
            let given = Given::read(stored);
            let given = given.filter(|given| given.json() == stored);
            if !given
                .is_some_and(|given| key == format!("{begins}{}", given.id) && given.site == site)
            {
                self.changed(key);
            }
            return;
        }
        match Record::read(stored) {
            Some(record) if key == format!("{begins}{}", record.id) && record.site == site => {
                if let Some(previous) = record.previous {
                    self.named.insert(previous, self.at);
                }
                self.ids.insert(record.id);
            }
            Some(record) => self.fault(format!(
                "{key} holds the record {} of {}.",
                record.id, record.site
            )),
            None => self.changed(key),
        }
    }

    fn changed(&mut self, key: &str) {
        self.fault(format!(
            "{key} was changed: what it says doesn't give the digest in its id."
        ));
    }

    fn close(&mut self, line: DayLine) {
        let day = day_of(self.day);
        // Where a part broke off behind the end of a day, the next one ends that day again.
        let again = core::mem::take(&mut self.resumed) && self.n == 0;
        if again && line.day == day_of(self.day.saturating_sub(DAY)) {
            return;
        }
        if line.day != day {
            self.fault(format!(
                "Here ends {}, but {day} should: a day is missing, or here twice.",
                line.day
            ));
            self.day = start_of(&line.day).unwrap_or(self.day);
        }
        let found = core::mem::take(&mut self.seal);
        let whole = core::mem::replace(&mut self.whole, true);
        self.day += DAY;
        self.n = 0;
        match line.seal {
            _ if !whole => self.note(format!(
                "{day} isn't here from its beginning, so its seal can't be checked."
            )),
            None if found.count == 0 => {}
            None => self.note(format!("{day} isn't sealed (yet).")),
            Some(seal) if seal == found => self.verdict.sealed += 1,
            Some(seal) => {
                let least = seal.count.saturating_sub(line.unsealed.erased);
                let most = seal.count + line.unsealed.late;
                let changes = line.unsealed.erased + line.unsealed.late;
                let counts = format!(
                    "{day} was sealed with {} records, here are {}",
                    seal.count, found.count
                );
                if found.count < least || found.count > most {
                    self.fault(format!("{counts}."));
                } else if changes == 0 {
                    self.fault(format!(
                        "{day} was sealed with other records: the digest of their keys differs."
                    ));
                } else {
                    self.note(format!("{counts}; {} erased and {} come late since, which the seal doesn't know yet.", line.unsealed.erased, line.unsealed.late));
                }
            }
        }
    }

    fn end(&mut self) {
        self.ended = true;
        let missing = self
            .head
            .as_ref()
            .filter(|head| day_of(self.day) <= head.to)
            .map(|head| head.to.clone());
        if let Some(to) = missing {
            self.fault(format!(
                "The export ends before {}, and should reach {to}.",
                day_of(self.day)
            ));
        }
    }

    fn finish(&mut self) {
        if self.ended {
            self.torn();
        } else {
            self.fault(format!(
                "The export breaks off. Ask for what follows with after={}",
                self.last
            ));
        }
        let Some(head) = &self.head else { return };
        let mut gone: Vec<Finding> = self
            .named
            .iter()
            .filter(|(id, _)| !self.ids.contains(*id))
            .filter(|(id, _)| {
                let day = Ulid::from_string(id).map(|id| day_of(id.timestamp_ms() / 1000));
                day.is_ok_and(|day| head.from <= day && day <= head.to)
            })
            .map(|(id, line)| Finding {
                line: *line,
                what: format!("The record before this one, {id}, isn't here. It may never have been written; a visitor's own cookie says which it was."),
            })
            .collect();
        gone.sort_by_key(|finding| finding.line);
        self.verdict.notes.append(&mut gone);
    }
}

/// A record's line: its number, its key, and the record as it was stored, to the byte.
fn parts(line: &str) -> Option<(u64, &str, &str)> {
    let (n, rest) = line.strip_prefix("{\"n\":")?.split_once(",\"key\":\"")?;
    let (key, rest) = rest.split_once("\",\"late\":")?;
    let (late, record) = rest.split_once(",\"record\":")?;
    matches!(late, "true" | "false").then_some(())?;
    let record = record.strip_suffix('}')?;
    serde_json::from_str::<IgnoredAny>(record).ok()?;
    Some((n.parse().ok()?, key, record))
}
