//! Carries out an insertion, and what another sink rewrites, while a page streams by, and tells
//! when the rest may be piped.

use std::mem;

use super::body::{BeforeBody, Step};
use super::ending::Ending;
use super::framework;
use super::insertion::{Insertion, Place};
use super::name::{self, Name};
use super::scanner::Scanner;
use super::sink::{NOTHING, Sink, Text, Then};
use super::tag::{EndTag, Namespace, StartTag};

/// How much of an inline script is searched for a framework's marks, in bytes. They stand at
/// the beginning, and the script is held until then.
const SCRIPT_SEARCHED: usize = 16 * 1024;

/// A sink that wants nothing: what an [`Editor`] has that only inserts.
#[derive(Debug)]
pub struct Nothing;

impl Sink for Nothing {
    fn wants(&self, _: Name) -> bool {
        false
    }

    fn finished(&self) -> bool {
        true
    }

    fn start_tag(&mut self, _: &StartTag<'_>, _: &mut Vec<u8>) -> Then {
        Then::Pass
    }
}

/// Puts one [`Insertion`] into one page, and lets a sink of someone else's rewrite elements of
/// it, in the same pass.
#[derive(Debug)]
pub struct Editor<S = Nothing> {
    scanner: Scanner,
    both: Both<S>,
}

impl Editor {
    /// For one page, into which something is inserted.
    #[must_use]
    pub fn new(insertion: Insertion) -> Self {
        Self::with(Some(insertion), None)
    }
}

impl<S: Sink> Editor<S> {
    /// For one page, into which something is inserted, or in which a sink rewrites elements, or
    /// both.
    #[must_use]
    pub fn with(insertion: Option<Insertion>, sink: Option<S>) -> Self {
        Self {
            scanner: Scanner::new(),
            both: Both {
                search: insertion.map(Search::new),
                head: sink
                    .as_ref()
                    .is_some_and(S::wants_head_end)
                    .then(BeforeBody::default),
                before: sink
                    .as_ref()
                    .is_some_and(S::settles)
                    .then(BeforeBody::default),
                sink,
                frames: false,
                asked: Asked::default(),
            },
        }
    }

    /// Takes one piece; appends to `out` what goes out by now.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.both.finished() {
            out.extend_from_slice(piece);
        } else {
            self.scanner.push(piece, &mut self.both, out);
        }
    }

    /// The sink of someone else's, with what it has learned.
    #[must_use]
    pub fn sink(&self) -> Option<&S> {
        self.both.sink.as_ref()
    }

    /// True once nothing more will change: the rest may be piped as it comes.
    #[must_use]
    pub fn done(&self) -> bool {
        self.both.finished() && self.phase() == Phase::Done
    }

    /// True once only [`end`](Self::end) has something to add: the rest may be piped as it
    /// comes, and `end` called behind it.
    #[must_use]
    pub fn only_end_left(&self) -> bool {
        self.both.finished() && self.phase() == Phase::OnlyEndLeft
    }

    fn phase(&self) -> Phase {
        let search = self.both.search.as_ref();
        search.map_or(Phase::Done, |search| search.phase)
    }

    /// The page has ended; appends what is left to put out.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        let ending = self.scanner.end(&mut self.both, out);
        if let Some(head) = &self.both.head
            && head.may_end_here()
            && ending == Ending::Between
        {
            self.both.head_ends(out);
        }
        let Some(search) = &mut self.both.search else {
            return;
        };
        if search.phase == Phase::BeforeBody && search.before.may_end_here() && ending.close(out) {
            search.open_body(out);
        }
        if mem::replace(&mut search.phase, Phase::Done) == Phase::OnlyEndLeft {
            out.extend_from_slice(&search.insertion.last);
        }
    }
}

/// The search for the place and the other sink, asked one after the other. The search changes
/// no tag but the body's, and that one is its alone.
#[derive(Debug)]
struct Both<S> {
    search: Option<Search>,
    /// Where the head ends, for a sink that wants to know.
    head: Option<BeforeBody>,
    /// Whether a `<frameset>` would be heeded, for a sink to which it matters.
    before: Option<BeforeBody>,
    sink: Option<S>,
    /// A `<frameset>` stands in place of the body.
    frames: bool,
    asked: Asked,
}

/// Who asked for the text of the element at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    search: bool,
    sink: bool,
}

impl<S: Sink> Both<S> {
    fn searching(&mut self) -> Option<&mut Search> {
        self.search.as_mut().filter(|search| !search.finished())
    }

    fn head_ends(&mut self, out: &mut Vec<u8>) {
        self.head = None;
        if let Some(sink) = &mut self.sink {
            sink.head_ends(out);
        }
    }

    fn sink_wanting(&mut self, name: Name) -> Option<&mut S> {
        self.sink.as_mut().filter(|sink| sink.wants(name))
    }
}

impl<S: Sink> Sink for Both<S> {
    fn wants(&self, name: Name) -> bool {
        self.head.is_some()
            || self.before.is_some()
            || self
                .search
                .as_ref()
                .is_some_and(|search| search.wants(name))
            || (name == name::FRAMESET && self.settles())
            || self.sink.as_ref().is_some_and(|sink| sink.wants(name))
    }

    fn wants_text(&self) -> bool {
        self.head.is_some()
            || self.before.is_some()
            || self.search.as_ref().is_some_and(Search::wants_text)
    }

    fn settles(&self) -> bool {
        self.sink.as_ref().is_some_and(S::settles)
    }

    fn finished(&self) -> bool {
        self.search.as_ref().is_none_or(Search::finished)
            && self.sink.as_ref().is_none_or(S::finished)
    }

    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        if let Some(head) = &mut self.head
            && head.start_tag(tag.name(), tag.namespace()) != Step::Before
        {
            self.head_ends(out);
        }
        if let Some(before) = &mut self.before {
            let step = before.start_tag(tag.name(), tag.namespace());
            self.frames = step == Step::Frameset;
            if step != Step::Before {
                self.before = None;
            }
        }
        let html = tag.namespace() == Namespace::Html;
        if tag.name() == name::FRAMESET && html && !self.frames && self.settles() {
            // Elsewhere the parser heeds it, or not, by all that came before.
            out.extend_from_slice(NOTHING);
            return Then::Written;
        }
        let first = match self.searching() {
            Some(search) => search.start_tag(tag, out),
            None => Then::Pass,
        };
        if matches!(first, Then::Written | Then::Begun | Then::Drop) {
            return first;
        }
        let second = match self.sink_wanting(tag.name()) {
            Some(sink) => sink.start_tag(tag, out),
            None => Then::Pass,
        };
        self.asked = Asked {
            search: matches!(first, Then::Collect(_)),
            sink: matches!(second, Then::Collect(_)),
        };
        match (first, second) {
            (Then::Collect(one), Then::Collect(other)) => Then::Collect(one.max(other)),
            (Then::Collect(_), Then::Pass) => first,
            _ => second,
        }
    }

    fn element(&mut self, tag: &StartTag<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Then {
        let asked = mem::take(&mut self.asked);
        if asked.search
            && let Some(search) = self.searching()
        {
            search.element(tag, text, out);
        }
        match &mut self.sink {
            Some(sink) if asked.sink => sink.element(tag, text, out),
            _ => Then::Pass,
        }
    }

    fn end_tag(&mut self, tag: &EndTag<'_>, out: &mut Vec<u8>) -> Then {
        if let Some(head) = &mut self.head
            && (head.end_tag(tag.name(), tag.namespace()) != Step::Before || head.head_closed())
        {
            self.head_ends(out);
        }
        if let Some(before) = &mut self.before
            && before.end_tag(tag.name(), tag.namespace()) != Step::Before
        {
            self.before = None;
        }
        let first = match self.searching() {
            Some(search) => search.end_tag(tag, out),
            None => Then::Pass,
        };
        match self.sink_wanting(tag.name()) {
            Some(sink) if first == Then::Pass => sink.end_tag(tag, out),
            _ => first,
        }
    }

    fn text(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Then {
        if self
            .head
            .as_ref()
            .is_some_and(|head| head.text(raw).is_some())
        {
            self.head_ends(out);
        }
        if let Some(before) = &self.before
            && before.text(raw).is_some()
        {
            self.before = None;
        }
        match self.searching() {
            Some(search) => search.text(raw, out),
            None => Then::Pass,
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
    fn new(insertion: Insertion) -> Self {
        let phase = match insertion.place {
            Place::Last => Phase::OnlyEndLeft,
            Place::First | Place::Auto => Phase::BeforeBody,
        };
        Self {
            insertion,
            phase,
            before: BeforeBody::default(),
            hydrates: false,
        }
    }

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
