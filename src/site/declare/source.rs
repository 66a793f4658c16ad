use super::mistake::Log;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use toml::Spanned;
use toml::de::DeTable;

/// One file that an owner wrote, and how to speak of its lines.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) path: String,
    pub(super) text: String,
    log: &'a Log,
    /// Lines that TOML itself can't read. What else they seem to lack is a consequence, not a mistake of its own.
    unreadable: RefCell<BTreeSet<usize>>,
    doubt: Cell<Doubt>,
}

/// What can't be relied on after a mistake, so that its consequences are not reported as mistakes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Doubt {
    #[default]
    Nothing,
    /// What belongs to which category.
    Members,
    /// Which categories there are, and what belongs to them.
    Categories,
}

impl<'a> Source<'a> {
    /// Reads `root/path`; `None`, and a mistake, if that can't be done.
    pub(super) fn load(root: &Path, path: &str, log: &'a Log) -> Option<Self> {
        match fs::read_to_string(root.join(path)) {
            Ok(text) => Some(Self {
                path: path.to_owned(),
                text,
                log,
                unreadable: RefCell::default(),
                doubt: Cell::default(),
            }),
            Err(error) => {
                let text = match error.kind() {
                    ErrorKind::NotFound => "this file is missing. Write it.".to_owned(),
                    ErrorKind::InvalidData => {
                        "this file is not UTF-8. Save it as UTF-8.".to_owned()
                    }
                    _ => format!("this file can't be read: {error}. Look at its rights."),
                };
                log.add(path, 1, text);
                None
            }
        }
    }

    /// The file as TOML, with whatever could be understood; what could not is reported.
    pub(super) fn parse(&self) -> Spanned<DeTable<'_>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in errors {
            let line = self.line(error.span().map_or(0, |span| span.start));
            if self.unreadable.borrow_mut().insert(line) {
                self.doubt(Doubt::Categories);
                let what = error.message().replace('\n', ", ");
                self.log
                    .add(&self.path, line, format!("this line is not TOML: {what}."));
            }
        }
        table
    }

    /// Whether TOML could read every line, so that what is missing is really missing.
    pub(super) fn whole(&self) -> bool {
        self.unreadable.borrow().is_empty()
    }

    /// From here on, something can't be relied on.
    pub(super) fn doubt(&self, doubt: Doubt) {
        self.doubt.set(self.doubt.get().max(doubt));
    }

    /// Whether something can be relied on.
    pub(super) fn certain(&self, of: Doubt) -> bool {
        self.doubt.get() < of
    }

    /// The line, counted from 1, of a place in the text.
    pub(super) fn line(&self, at: usize) -> usize {
        self.text
            .bytes()
            .take(at)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1
    }

    /// Reports something wrong at a place in the text.
    pub(super) fn mistake(&self, at: usize, text: impl Into<String>) {
        let line = self.line(at);
        if !self.unreadable.borrow().contains(&line) {
            self.log.add(&self.path, line, text);
        }
    }
}
