//! One value of a TOML file: what it should be, and what is said if it is not.

use super::reader::{Spot, Table};
use super::source::Source;
use super::wording::{nearest, quoted};
use toml::Spanned;
use toml::de::DeValue;

/// A value with its place in the file.
#[derive(Debug, Clone)]
pub(super) struct Value<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) read: &'a DeValue<'a>,
    pub(super) at: usize,
    pub(super) key: String,
}

impl<'a> Value<'a> {
    pub(super) fn mistake(&self, text: impl Into<String>) {
        self.source.mistake(self.at, text);
    }

    pub(super) fn spot(&self) -> Spot<'a> {
        Spot {
            source: self.source,
            at: self.at,
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    fn wrong(&self, wanted: &str) {
        let kind = match self.read {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.mistake(format!("`{}` is {kind}. Write {wanted}.", self.key));
    }

    /// A text that says something.
    pub(super) fn str(&self) -> Option<&'a str> {
        let DeValue::String(text) = self.read else {
            self.wrong(&format!("a text in quotes: `{} = \"…\"`", self.key));
            return None;
        };
        if text.trim().is_empty() {
            self.mistake(format!(
                "`{}` is empty. Write the text, or leave the key out.",
                self.key
            ));
            return None;
        }
        Some(text.as_ref())
    }

    /// The text if it is one, without a word if it is not: for looking ahead.
    pub(super) fn quiet_str(&self) -> Option<&'a str> {
        match self.read {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// A text that a grammar accepts; the grammar's `Err` says what is wrong and what to write instead.
    pub(super) fn parse<T>(&self, grammar: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match grammar(self.str()?) {
            Ok(parsed) => Some(parsed),
            Err(text) => {
                self.mistake(text);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.str()?;
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let wrong = format!("`{}` can't be {}.", self.key, quoted(text));
            self.mistake(format!("{wrong} {}", nearest(text, &known, "Write one of")));
        }
        found
    }

    /// `true` or `false`.
    pub(super) fn bool(&self) -> Option<bool> {
        if let DeValue::Boolean(value) = self.read {
            return Some(*value);
        }
        self.wrong(&format!("`{} = true` or `{} = false`", self.key, self.key));
        None
    }

    /// A whole number in a range.
    pub(super) fn number(&self, from: u16, to: u16) -> Option<u16> {
        let DeValue::Integer(number) = self.read else {
            self.wrong(&format!("a whole number from {from} to {to}"));
            return None;
        };
        let parsed = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok();
        let fits = parsed
            .and_then(|n| u16::try_from(n).ok())
            .filter(|n| (from..=to).contains(n));
        if fits.is_none() {
            let (key, number) = (&self.key, number.as_str());
            self.mistake(format!(
                "`{key} = {number}` is out of range. Write {from} to {to}."
            ));
        }
        fits
    }

    /// A day, as TOML writes it.
    pub(super) fn date(&self) -> Option<String> {
        let example = format!(
            "Write the day as `{} = 2026-05-21`, without quotes",
            self.key
        );
        if let DeValue::Datetime(stamp) = self.read
            && stamp.time.is_none()
            && let Some(date) = stamp.date
        {
            return Some(date.to_string());
        }
        self.mistake(format!("`{}` is not a date. {example}.", self.key));
        None
    }

    /// The items of a list.
    pub(super) fn list(&self) -> Option<Vec<Value<'a>>> {
        let DeValue::Array(items) = self.read else {
            self.wrong(&format!("a list: `{} = [\"…\"]`", self.key));
            return None;
        };
        let item = |item: &'a Spanned<DeValue<'a>>| Value {
            source: self.source,
            read: item.get_ref(),
            at: item.span().start,
            key: self.key.clone(),
        };
        Some(items.iter().map(item).collect())
    }

    /// The texts of a list, those left out that are none.
    pub(super) fn texts(&self) -> Vec<(Value<'a>, &'a str)> {
        let items = self.list().unwrap_or_default();
        items
            .into_iter()
            .filter_map(|item| item.str().map(|text| (item, text)))
            .collect()
    }

    /// A table.
    pub(super) fn table(&self, place: &str) -> Option<Table<'a>> {
        let DeValue::Table(entries) = self.read else {
            self.wrong(&format!("a table: `[{}]` on a line of its own", self.key));
            return None;
        };
        Some(Table::new(self.source, entries, self.at, place.to_owned()))
    }

    /// Whether this is a table, where something else could stand too.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.read, DeValue::Table(_))
    }

    /// The tables of a list of tables.
    pub(super) fn tables(&self) -> Vec<Table<'a>> {
        let DeValue::Array(items) = self.read else {
            self.wrong(&format!(
                "`[[{}]]` with double brackets, once for each",
                self.key
            ));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            if let DeValue::Table(entries) = item.get_ref() {
                let place = format!("[[{}]]", self.key);
                tables.push(Table::new(self.source, entries, item.span().start, place));
            } else {
                self.wrong(&format!(
                    "`[[{}]]` with double brackets, once for each",
                    self.key
                ));
            }
        }
        tables
    }
}
