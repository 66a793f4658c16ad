use super::{
    Day, Fault, Given, Listed, Mend, Record, Seal, Store, Summary, VERSION, day_and_id, day_key,
    forms_of, mends_of, receipts_of,
};
use crate::{
    calendar::{day_of, start_of},
    json,
    site::Map,
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Operations of KV that one part may take: the runtime allows a thousand for each request.
const OPERATIONS: u32 = 900;
const DAY: u64 = 86_400;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of JSON: all there is, with what it takes to check it.
    Ndjson,
    /// A table for a spreadsheet, without seals.
    Csv,
}

/// A site's records of some days, in pieces of a thousand: whatever their number, no more is in memory.
#[derive(Debug)]
pub struct Export {
    site: String,
    from: String,
    to: String,
    /// The last key that the reader has.
    after: Option<String>,
    format: Format,
    left: u32,
    /// What is known of each day; read with the first piece.
    days: Option<Map<Known>>,
    /// Where the export is: the beginning of a day, whether among its consents with forms, which come first, KV's cursor
    /// there, and the number of the last record.
    day: u64,
    forms: bool,
    cursor: Option<String>,
    n: u64,
    ended: bool,
}

#[derive(Debug, Default)]
struct Known {
    seal: Option<Seal>,
    forms: u64,
    erased: u64,
    late: u64,
    unsealed: Unsealed,
}

/// Changes of a day that its seal doesn't know yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unsealed {
    pub(super) erased: u64,
    pub(super) late: u64,
}

/// The first line of each part.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeadLine {
    pub(super) v: u8,
    pub(super) site: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) after: Option<String>,
}

/// The line behind the records of a day.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DayLine {
    pub(super) day: String,
    pub(super) seal: Option<Seal>,
    pub(super) erased: u64,
    pub(super) late: u64,
    pub(super) unsealed: Unsealed,
}

impl Export {
    /// The records of the days `from` to `to`, `YYYY-MM-DD`; with `after`, those behind this key. `None` if they are not
    /// days, or the key isn't one of them.
    #[must_use]
    pub fn new(
        site: &str,
        from: &str,
        to: &str,
        after: Option<&str>,
        format: Format,
    ) -> Option<Self> {
        let (start, end) = (start_of(from)?, start_of(to)?);
        let day = match after {
            None => start,
            Some(key) => {
                let (day, _) = day_and_id(key)?;
                let begins = start_of(day)?;
                let own = key.starts_with(&receipts_of(site, day))
                    || key.starts_with(&forms_of(site, day));
                (own && (start..=end).contains(&begins)).then_some(begins)?
            }
        };
        (start <= end).then(|| Self {
            site: site.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            after: after.map(str::to_owned),
            format,
            left: OPERATIONS,
            days: None,
            day,
            forms: true,
            cursor: None,
            n: 0,
            ended: false,
        })
    }

    /// What to call the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let kind = match self.format {
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
        };
        format!("{}-consent-{}-{}.{kind}", self.site, self.from, self.to)
    }

    /// Its `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.format {
            Format::Ndjson => "application/x-ndjson",
            Format::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// When KV doesn't do what it is asked: the export has to break off, so that nobody takes it for whole.
    pub async fn more<S: Store>(&mut self, store: &S) -> Result<Option<String>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let Some(days) = &self.days else {
            self.days = Some(self.read_days(store).await?);
            return Ok(Some(self.head()));
        };
        let day = day_of(self.day);
        if day > self.to {
            self.ended = true;
            return Ok(Some(self.tail(None)));
        }
        if self.left == 0 {
            return Ok(Some(self.stop(&day)));
        }
        let known = days.get(&day);
        let mut text = String::new();
        let mut page = super::Page::default();
        if !known.is_some_and(|known| known.has_none(self.forms)) {
            self.left -= 1;
            let of = if self.forms { forms_of } else { receipts_of };
            let prefix = of(&self.site, &day);
            page = store.list(&prefix, self.cursor.as_deref()).await?;
        }
        for listed in page.keys {
            self.n += 1;
            if self
                .after
                .as_ref()
                .is_some_and(|after| listed.name <= *after)
            {
                continue;
            }
            let Listed { name, metadata } = listed;
            let (late, value) = metadata.map_or((false, None), |all| self.rebuilt(&name, &all));
            let value = match value {
                Some(value) => Some(value),
                None if self.left == 0 => return Ok(Some(text + &self.stop(&day))),
                None => {
                    self.left -= 1;
                    store.get(&name).await?
                }
            };
            // Erased since the list was made: then it isn't to be seen any more.
            let Some(value) = value else { continue };
            self.line(&mut text, &name, late, &value);
            self.after = Some(name);
        }
        self.cursor = page.cursor;
        if self.cursor.is_some() {
            return Ok(Some(text));
        }
        self.forms = !self.forms;
        if self.forms {
            if self.format == Format::Ndjson {
                text.push_str(&self.seal_line(&day));
            }
            self.day += DAY;
            self.n = 0;
            self.after = None;
        }
        Ok(Some(text))
    }

    /// What the summaries and the changes say of each day.
    async fn read_days<S: Store>(&mut self, store: &S) -> Result<Map<Known>, Fault> {
        let mut days: Map<Known> = Map::new();
        for prefix in [day_key(&self.site, ""), mends_of(&self.site, "")] {
            let mut cursor = None;
            loop {
                self.left = self.left.saturating_sub(1);
                let page = store.list(&prefix, cursor.as_deref()).await?;
                for listed in page.keys {
                    let mut parts = listed.name.split(':').skip(2);
                    let Some(day) = parts.next().filter(|day| self.covers(day)) else {
                        continue;
                    };
                    let known = days.entry(day);
                    match parts.next() {
                        None => known.read(listed.metadata.as_deref()),
                        Some(what) if what == Mend::Erased.name() => known.unsealed.erased += 1,
                        Some(_) => known.unsealed.late += 1,
                    }
                }
                cursor = page.cursor;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(days)
    }

    fn covers(&self, day: &str) -> bool {
        self.from.as_str() <= day && day <= self.to.as_str()
    }

    /// Whether a record came late, and the record as it is stored, made of its key's metadata; `None` if that isn't all
    /// of it.
    fn rebuilt(&self, key: &str, metadata: &str) -> (bool, Option<String>) {
        let Some((_, id)) = day_and_id(key) else {
            return (false, None);
        };
        // An id is a digest: if it comes out the same, so has the record.
        if self.forms {
            let given = Given::read(metadata).filter(|given| given.id == id);
            return (false, given.map(|given| given.json()));
        }
        let Some(summary) = json::read::<Summary>(metadata) else {
            return (false, None);
        };
        let at = ulid::Ulid::from_string(id).map(|id| id.timestamp_ms());
        let record = at.ok().and_then(|at| summary.record(&self.site, at));
        let record = record.filter(|(record, _)| record.id == id);
        (summary.late, record.map(|(_, stored)| stored))
    }

    fn head(&self) -> String {
        match self.format {
            Format::Ndjson => {
                json::write(&HeadLine {
                    v: VERSION,
                    site: self.site.clone(),
                    from: self.from.clone(),
                    to: self.to.clone(),
                    after: self.after.clone(),
                }) + "\n"
            }
            Format::Csv => "id,at,decision,surface,language,country,gpc,dnt,policy,notice,previous,categories,services,expires,late\r\n".to_owned(),
        }
    }

    fn line(&self, text: &mut String, key: &str, late: bool, value: &str) {
        // Writing into a String can't fail.
        let _ = match self.format {
            Format::Ndjson => writeln!(
                text,
                "{{\"n\":{},\"key\":\"{key}\",\"late\":{late},\"record\":{value}}}",
                self.n
            ),
            Format::Csv => {
                let row = if self.forms {
                    form_row(value)
                } else {
                    row(value, late)
                };
                text.write_str(&row.unwrap_or_default())
            }
        };
    }

    fn seal_line(&self, day: &str) -> String {
        let known = self.days.as_ref().and_then(|days| days.get(day));
        json::write(&DayLine {
            day: day.to_owned(),
            seal: known.and_then(|known| known.seal.clone()),
            erased: known.map_or(0, |known| known.erased),
            late: known.map_or(0, |known| known.late),
            unsealed: known.map(|known| known.unsealed).unwrap_or_default(),
        }) + "\n"
    }

    /// Ends this part: the next one goes on behind the last key, or at the beginning of the day.
    fn stop(&mut self, day: &str) -> String {
        self.ended = true;
        let here = |after: &String| day_and_id(after).is_some_and(|(own, _)| own == day);
        let key = self.after.take().filter(here);
        self.tail(Some(&key.unwrap_or_else(|| forms_of(&self.site, day))))
    }

    fn tail(&self, more: Option<&str>) -> String {
        match (self.format, more) {
            (Format::Ndjson, None) => "{\"end\":true}\n".to_owned(),
            (Format::Ndjson, Some(key)) => format!("{{\"more\":\"{key}\"}}\n"),
            (Format::Csv, None) => "#end\r\n".to_owned(),
            (Format::Csv, Some(key)) => format!("#more,{key}\r\n"),
        }
    }
}

impl Known {
    /// Whether there are no consents with forms, or no answers.
    fn has_none(&self, forms: bool) -> bool {
        let sealed = |seal: &Seal| {
            if forms {
                self.forms == 0
            } else {
                seal.count == self.forms && self.unsealed.late == 0
            }
        };
        self.seal.as_ref().is_some_and(sealed)
    }

    fn read(&mut self, metadata: Option<&str>) {
        let day = metadata.and_then(json::read::<Day>);
        if let Some(day) = day {
            self.seal = Some(day.seal);
            self.forms = day.forms;
            self.erased = day.erased;
            self.late = day.late;
        }
    }
}

/// A consent given with a form as a row: `form` was done, in its path, its field is granted. What was read isn't in it.
fn form_row(value: &str) -> Option<String> {
    let given = Given::read(value)?;
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    Some(format!(
        "{},{},form,{},{},{},,,,,,{},,{},false\r\n",
        given.id,
        given.at,
        quoted(&given.form),
        given.language,
        given.country.as_deref().unwrap_or_default(),
        quoted(&format!("{}=1", given.field)),
        given.expires,
    ))
}

/// A record as a row. Nothing in it needs quotes: ids, digests, dates and tags have neither commas nor quotes.
fn row(value: &str, late: bool) -> Option<String> {
    let record: Record = json::read(value)?;
    let list = |map: &Map<bool>| {
        let pairs: Vec<String> = map
            .iter()
            .map(|(name, granted)| format!("{name}={}", u8::from(*granted)))
            .collect();
        pairs.join(" ")
    };
    let surface = json::write(&record.surface);
    let cells = [
        record.id.as_str(),
        &record.at,
        record.decision.name(),
        surface.trim_matches('"'),
        &record.language,
        record.country.as_deref().unwrap_or_default(),
        &record.gpc.to_string(),
        &record.dnt.to_string(),
        &record.policy,
        &record.notice,
        record.previous.as_deref().unwrap_or_default(),
        &list(&record.categories),
        &list(&record.services),
        &record.expires,
        &late.to_string(),
    ]
    .join(",");
    Some(cells + "\r\n")
}
