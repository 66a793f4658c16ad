//! Tags: read to their end, held and reported if they are wanted.

use super::texts::{Collecting, TextElement};
use super::{Goes, MAX_TAG, Scanner, State};
use crate::html::foreign::Step;
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
    /// And this is what it does to drawings.
    step: Option<(Name, Step)>,
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
            step: None,
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
    fn report_long_tag(&mut self, tag: &mut Tag, window: &mut Window<'_>, sink: &mut dyn Sink) {
        tag.held = false;
        let raw = window.held().get(..MAX_TAG).unwrap_or_default();
        let name = tag.name;
        let then = if tag.kind == Kind::Start {
            let mut start = self.start_of(name, raw, false);
            tag.step = self.step_start(&mut start, window, sink);
            match tag.step {
                Some((_, step)) if !step.passes && sink.settles() => Then::Written,
                _ if sink.wants(name) => sink.start_tag(&start, window.out()),
                _ => Then::Pass,
            }
        } else {
            let mut namespace = Namespace::Html;
            if tag.kind == Kind::End {
                let (own, step) = self.step_end(name, raw, window, sink);
                tag.step = Some((own, step));
                namespace = step.namespace;
            }
            match tag.step {
                Some((_, step)) if !step.passes && sink.settles() => Then::Written,
                _ if sink.wants(name) => {
                    let end = EndTag {
                        raw,
                        name,
                        namespace,
                    };
                    sink.end_tag(&end, window.out())
                }
                _ => Then::Pass,
            }
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

    fn start_of<'a>(&self, name: Name, raw: &'a [u8], whole: bool) -> StartTag<'a> {
        StartTag {
            raw,
            name,
            namespace: Namespace::Html,
            whole,
            drawn: self.foreign.is_open(),
        }
    }

    /// What a start tag does in or to a drawing; for a sink to which it matters, what has to be closed before is, and a
    /// comment stands in place of what mustn't pass.
    fn step_start(
        &mut self,
        start: &mut StartTag<'_>,
        window: &mut Window<'_>,
        sink: &dyn Sink,
    ) -> Option<(Name, Step)> {
        if self.frames {
            return None;
        }
        let name = self.foreign.name(start.name, start.raw, "<".len());
        let step = self.foreign.start(name, start);
        start.namespace = step.namespace;
        self.settle(step, window, sink);
        Some((name, step))
    }

    /// The same for an end tag.
    fn step_end(
        &mut self,
        name: Name,
        raw: &[u8],
        window: &mut Window<'_>,
        sink: &dyn Sink,
    ) -> (Name, Step) {
        let name = self.foreign.name(name, raw, "</".len());
        let step = self.foreign.end(name);
        self.settle(step, window, sink);
        (name, step)
    }

    fn settle(&self, step: Step, window: &mut Window<'_>, sink: &dyn Sink) {
        if sink.settles() {
            self.foreign.write_closed(step, window.out());
            if !step.passes {
                window.out().extend_from_slice(NOTHING);
            }
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
        let mut start = self.start_of(name, raw, true);
        let step = match tag.step {
            None => self.step_start(&mut start, window, sink),
            known => known,
        };
        start.namespace = step.map_or(Namespace::Html, |(_, step)| step.namespace);
        let gone = sink.settles() && step.is_some_and(|(_, step)| !step.passes);
        let html = start.namespace == Namespace::Html && !gone;
        let holds_text = html && name::holds_text(name) && (!self.frames || name == name::NOFRAMES);
        let then = match tag.answered {
            Some(Then::Collect(_)) => Then::Pass,
            Some(then) => then,
            None if gone => Then::Written,
            // It may have been held for the parser's sake alone.
            None if tag.held && sink.wants(name) => sink.start_tag(&start, window.out()),
            None => Then::Pass,
        };
        if let Some((own, mut step)) = step {
            if self_closing {
                step = step.self_closed();
            }
            if then == Then::Drop && !holds_text {
                step = step.gone();
            }
            self.foreign.take(own, step);
        }
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
        let raw = if tag.held { window.held() } else { b"" };
        let (mut namespace, mut then) = (Namespace::Html, Then::Pass);
        if tag.kind != Kind::EndOfText {
            let (own, step) = match tag.step {
                None => self.step_end(name, raw, window, sink),
                Some(known) => known,
            };
            if sink.settles() && !step.passes {
                then = Then::Written;
            }
            namespace = step.namespace;
            self.foreign.take(own, step);
        }
        if tag.held && then == Then::Pass && sink.wants(name) {
            let end = EndTag {
                raw,
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
}
