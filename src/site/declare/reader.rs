//! A small checked reader of TOML. It goes on after a mistake, where serde would stop at the first one.

use super::source::Source;
use super::value::Value;
use super::wording::nearest;
use std::cell::RefCell;
use std::collections::BTreeSet;
use toml::Spanned;
use toml::de::DeTable;

/// A table, and which of its keys somebody asked for.
#[derive(Debug)]
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    entries: &'a DeTable<'a>,
    at: usize,
    place: String,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// A place in a file, to speak of later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) at: usize,
}

impl<'a> Spot<'a> {
    pub(super) fn source(&self) -> &'a Source<'a> {
        self.source
    }

    /// Whether this place is further down than another one.
    pub(super) fn is_below(&self, other: Spot<'_>) -> bool {
        self.at > other.at
    }

    pub(super) fn mistake(&self, text: impl Into<String>) {
        self.source.mistake(self.at, text);
    }

    /// Reports something that is not there, unless that follows from a line that could not be read.
    pub(super) fn lacks(&self, text: impl Into<String>) {
        if self.source.whole() {
            self.mistake(text);
        }
    }
}

impl<'a> Table<'a> {
    /// The whole file.
    pub(super) fn root(source: &'a Source<'a>, document: &'a Spanned<DeTable<'a>>) -> Self {
        Self::new(source, document.get_ref(), 0, "this file".to_owned())
    }

    pub(super) fn new(
        source: &'a Source<'a>,
        entries: &'a DeTable<'a>,
        at: usize,
        place: String,
    ) -> Self {
        Self {
            source,
            entries,
            at,
            place,
            asked: RefCell::default(),
        }
    }

    /// The value of a key that may be left out.
    pub(super) fn get(&self, key: &'static str) -> Option<Value<'a>> {
        self.asked.borrow_mut().insert(key);
        self.entries()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// The value of a key that must be there; `example` is a whole line that an owner could write.
    pub(super) fn need(&self, key: &'static str, example: &str) -> Option<Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.spot().lacks(format!(
                "`{key}` is missing in {}. Add `{example}`.",
                self.place
            ));
        }
        value
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        self.get(key)
            .map(|value| value.tables())
            .unwrap_or_default()
    }

    /// Every key with its value, for tables whose keys the owner chooses.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let (source, entries) = (self.source, self.entries);
        entries.iter().map(move |(name, value)| {
            let key = name.get_ref().as_ref();
            let at = name.span().start;
            (
                key,
                Value {
                    source,
                    read: value.get_ref(),
                    at,
                    key: key.to_owned(),
                },
            )
        })
    }

    /// Reports keys that nobody asked for. To be called once everything was read.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        let known: Vec<&str> = asked.iter().copied().collect();
        for (key, value) in self.entries().filter(|(key, _)| !asked.contains(key)) {
            value.mistake(format!(
                "`{key}` is not known in {}. {}",
                self.place,
                nearest(key, &known, "Known here")
            ));
        }
    }

    /// Reports a key that has no business in this table.
    pub(super) fn forbid(&self, key: &'static str, why: &str) {
        if let Some(value) = self.get(key) {
            value.mistake(format!(
                "`{key}` does not belong here: {why}. Leave it out."
            ));
        }
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn spot(&self) -> Spot<'a> {
        Spot {
            source: self.source,
            at: self.at,
        }
    }

    pub(super) fn mistake(&self, text: impl Into<String>) {
        self.source.mistake(self.at, text);
    }
}
