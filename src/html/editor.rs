//! Carries out an insertion while a page streams by, and tells when the rest may be piped.

use std::mem;

use super::body::{BeforeBody, Step};
use super::framework;
use super::insertion::{Insertion, Place};
use super::name::{self, Name};
use super::scanner::Scanner;
use super::sink::{Sink, Text, Then};
use super::tag::{EndTag, StartTag};

/// How much of an inline script is searched for a framework's marks, in bytes. They stand at
/// the beginning, and the script is held until then.
const SCRIPT_SEARCHED: usize = 16 * 1024;

/// Puts one [`Insertion`] into one page.
#[derive(Debug)]
pub struct Editor {
    scanner: Scanner,
    search: Search,
}

impl Editor {
    /// For one page.
    #[must_use]
    pub fn new(insertion: Insertion) -> Self {
        let phase = match insertion.place {
            Place::Last => Phase::OnlyEndLeft,
            Place::First | Place::Auto => Phase::BeforeBody,
        };
        let search = Search {
            insertion,
            phase,
            before: BeforeBody::default(),
            hydrates: false,
        };
        Self {
            scanner: Scanner::new(),
            search,
        }
    }

    /// Takes one piece; appends to `out` what goes out by now.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.search.finished() {
            out.extend_from_slice(piece);
        } else {
            self.scanner.push(piece, &mut self.search, out);
        }
    }

    /// True once nothing more will change: the rest may be piped as it comes.
    #[must_use]
    pub fn done(&self) -> bool {
        self.search.phase == Phase::Done
    }

    /// True once only [`end`](Self::end) has something to add: the rest may be piped as it
    /// comes, and `end` called behind it.
    #[must_use]
    pub fn only_end_left(&self) -> bool {
        self.search.phase == Phase::OnlyEndLeft
    }

    /// The page has ended; appends what is left to put out.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        let ending = self.scanner.end(&mut self.search, out);
        let search = &mut self.search;
        if search.phase == Phase::BeforeBody && search.before.may_end_here() && ending.close(out) {
            search.open_body(out);
        }
        if mem::replace(&mut search.phase, Phase::Done) == Phase::OnlyEndLeft {
            out.extend_from_slice(&search.insertion.last);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    BeforeBody,
    OnlyEndLeft,
    Done,
}

/// The search for the place.
#[derive(Debug)]
struct Search {
    insertion: Insertion,
    phase: Phase,
    before: BeforeBody,
    /// The head shows a framework that hydrates the whole document.
    hydrates: bool,
}

impl Search {
    fn looks_for_marks(&self) -> bool {
        self.insertion.place == Place::Auto && !self.hydrates
    }

    /// The body begins here and its tag isn't written.
    fn open_body(&mut self, out: &mut Vec<u8>) {
        if self.hydrates {
            self.phase = Phase::OnlyEndLeft;
            return;
        }
        out.extend_from_slice(b"<body>");
        out.extend_from_slice(&self.insertion.first);
        self.phase = Phase::Done;
    }

    fn step(&mut self, step: Step, raw: &[u8], whole: bool, out: &mut Vec<u8>) -> Then {
        match step {
            Step::Before => {}
            Step::Frameset => self.phase = Phase::Done,
            Step::Implied => self.open_body(out),
            // Of a tag too long to be held the end isn't known.
            Step::BodyTag if self.hydrates || !whole => self.phase = Phase::OnlyEndLeft,
            Step::BodyTag => {
                out.extend_from_slice(raw);
                out.extend_from_slice(&self.insertion.first);
                self.phase = Phase::Done;
                return Then::Written;
            }
        }
        Then::Pass
    }
}

impl Sink for Search {
    fn wants(&self, _: Name) -> bool {
        self.phase == Phase::BeforeBody
    }

    fn wants_text(&self) -> bool {
        self.phase == Phase::BeforeBody
    }

    fn finished(&self) -> bool {
        self.phase != Phase::BeforeBody
    }

    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        let step = self.before.start_tag(tag.name(), tag.namespace());
        if step == Step::Before && self.looks_for_marks() {
            self.hydrates = framework::marked_tag(tag);
            if tag.name() == name::SCRIPT && !self.hydrates && tag.attribute("src").is_none() {
                return Then::Collect(SCRIPT_SEARCHED);
            }
        }
        self.step(step, tag.raw(), tag.whole(), out)
    }

    fn element(&mut self, _: &StartTag<'_>, text: Text<'_>, _: &mut Vec<u8>) -> Then {
        self.hydrates |= framework::marked_script(text.raw);
        Then::Pass
    }

    fn end_tag(&mut self, tag: &EndTag<'_>, out: &mut Vec<u8>) -> Then {
        let step = self.before.end_tag(tag.name(), tag.namespace());
        self.step(step, tag.raw(), true, out)
    }

    fn text(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Then {
        let split = self
            .before
            .text(raw)
            .and_then(|at| raw.split_at_checked(at));
        let Some((space, text)) = split else {
            return Then::Pass;
        };
        out.extend_from_slice(space);
        self.open_body(out);
        out.extend_from_slice(text);
        Then::Written
    }
}
