//! Tags: read to their end, held and reported if they are wanted.

use super::texts::{Collecting, TextElement};
use super::{Goes, MAX_TAG, Scanner, State};
use crate::html::foreign::Fate;
use crate::html::inside_tag::InsideTag;
use crate::html::name::{self, Name};
use crate::html::raw_text::Script;
use crate::html::sink::{NOTHING, Sink, Then};
use crate::html::tag::{EndTag, Namespace, StartTag};
use crate::html::window::Window;

/// A tag whose name is known and whose end isn't.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    name: Name,
    inside: InsideTag,
    kind: Kind,
    /// Held from its `<` on, to be reported.
    held: bool,
    /// It grew too long, and this was said to its first part.
    answered: Option<Then>,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Start,
    End,
    /// It ends an element that holds text.
    EndOfText,
}

impl Tag {
    pub(super) fn new(name: Name, kind: Kind, held: bool, window: &mut Window<'_>) -> Self {
        if held {
            window.hold();
        }
        Self {
            name,
            inside: InsideTag::TagName,
            kind,
            held,
            answered: None,
        }
    }
}

impl Scanner {
    pub(super) fn tag(
        &mut self,
        mut tag: Tag,
        window: &mut Window<'_>,
        sink: &mut dyn Sink,
    ) -> Goes {
        let end = tag.inside.advance(window.rest());
        match end {
            Some(end) => window.skip(end.len),
            None => window.skip_rest(),
        }
        if tag.held && window.held().len() > MAX_TAG {
            self.report_long_tag(&mut tag, window, sink);
        }
        match end {
            None => self.state = State::Tag(tag),
            Some(end) if tag.kind == Kind::Start => {
                self.start_tag(tag, end.self_closing, window, sink);
            }
            Some(_) => self.end_tag(tag, window, sink),
        }
        end.is_some()
    }

    /// Asks the sink by the first part alone; the rest passes, or goes the same way.
    fn report_long_tag(&self, tag: &mut Tag, window: &mut Window<'_>, sink: &mut dyn Sink) {
        tag.held = false;
        let raw = window.held().get(..MAX_TAG).unwrap_or_default();
        let (name, namespace) = (tag.name, self.foreign.namespace());
        let then = match (sink.wants(name), tag.kind == Kind::Start) {
            (false, _) => Then::Pass,
            (true, true) => {
                let tag = StartTag {
                    raw,
                    name,
                    namespace,
                    whole: false,
                };
                sink.start_tag(&tag, window.out())
            }
            (true, false) => sink.end_tag(
                &EndTag {
                    raw,
                    name,
                    namespace,
                },
                window.out(),
            ),
        };
        if then == Then::Begun {
            tag.answered = Some(Then::Pass);
            window.discard(raw.len());
            return;
        }
        tag.answered = Some(then);
        if matches!(then, Then::Written | Then::Drop) {
            window.discard(usize::MAX);
            window.set_dropping(true);
        } else {
            window.pass();
        }
    }

    fn start_tag(
        &mut self,
        tag: Tag,
        self_closing: bool,
        window: &mut Window<'_>,
        sink: &mut dyn Sink,
    ) {
        let name = tag.name;
        let raw = if tag.held { window.held() } else { b"" };
        let mut start = StartTag {
            raw,
            name,
            namespace: Namespace::Html,
            whole: true,
        };
        if !self.frames {
            start.namespace = self.foreign.start(&start, self_closing);
        }
        let html = start.namespace == Namespace::Html;
        let holds_text = html && name::holds_text(name) && (!self.frames || name == name::NOFRAMES);
        let then = match tag.answered {
            Some(Then::Collect(_)) => Then::Pass,
            Some(then) => then,
            // It may have been held for the parser's sake alone.
            None if tag.held && sink.wants(name) => sink.start_tag(&start, window.out()),
            None => Then::Pass,
        };
        let mut collecting = None;
        match then {
            Then::Collect(most) if holds_text => {
                collecting = Some(Collecting {
                    tag_len: raw.len(),
                    most,
                });
            }
            Then::Pass | Then::Collect(_) => window.pass(),
            Then::Written | Then::Begun | Then::Drop => window.discard(usize::MAX),
        }
        self.frames |= html && name == name::FRAMESET && then == Then::Pass && sink.settles();
        window.set_dropping(holds_text && then == Then::Drop);
        self.state = if holds_text {
            State::Text(TextElement {
                name,
                script: Script::default(),
                collecting,
            })
        } else {
            State::Between
        };
    }

    fn end_tag(&mut self, tag: Tag, window: &mut Window<'_>, sink: &mut dyn Sink) {
        let name = tag.name;
        let (mut namespace, mut then) = (Namespace::Html, Then::Pass);
        if tag.kind != Kind::EndOfText {
            if tag.held && sink.settles() {
                then = self.settle(name, window.out());
            }
            namespace = self.foreign.end(name);
        }
        if tag.held && then == Then::Pass && sink.wants(name) {
            let end = EndTag {
                raw: window.held(),
                name,
                namespace,
            };
            then = sink.end_tag(&end, window.out());
        }
        if matches!(then, Then::Written | Then::Begun | Then::Drop) {
            window.discard(usize::MAX);
        } else {
            window.pass();
        }
        window.set_dropping(false);
        self.state = State::Between;
    }

    /// Makes sure that the parser takes an end tag in a drawing for what it is taken for here.
    fn settle(&self, name: Name, out: &mut Vec<u8>) -> Then {
        let fate = self.foreign.fate(name);
        if fate == Fate::Doubtful {
            out.extend_from_slice(NOTHING);
            return Then::Written;
        }
        for name in self.foreign.wanted_before(fate) {
            out.extend_from_slice(b"</");
            out.extend(name.bytes());
            out.push(b'>');
        }
        Then::Pass
    }
}
