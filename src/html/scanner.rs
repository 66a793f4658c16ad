//! The loop: bytes in any pieces come in, events go to the sink, bytes go out.
//!
//! Held back are only what a sink wants to see whole (a tag, an element it collects) and the
//! few bytes after a `<` that don't yet say what they are. Those are put in front of the next
//! piece, and the scan resumes where it stopped.

use super::comment::{Cdata, Comment};
use super::ending::Ending;
use super::foreign::Foreign;
use super::inside_tag::InsideTag;
use super::name::{self, Name};
use super::opening::Opening;
use super::raw_text::{self, Script, Search};
use super::sink::{Sink, Text, Then};
use super::tag::{EndTag, Namespace, StartTag};
use super::window::Window;

/// The longest tag that is held to be seen whole, in bytes. Of a longer one the sink sees the
/// first part and decides by that; if it passes it, the rest passes unseen.
pub const MAX_TAG: usize = 256 * 1024;

/// A streaming scanner of HTML.
#[derive(Debug, Default)]
pub struct Scanner {
    state: State,
    foreign: Foreign,
    /// What has been taken in but not yet put out.
    held: Vec<u8>,
    /// Where in `held` to go on.
    resume: usize,
    /// True while what goes by is thrown away, up to the end of the tag or element.
    dropping: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// Before the first byte that is no byte order mark.
    #[default]
    Start,
    Between,
    Tag(Tag),
    Comment(Comment),
    Bogus,
    Cdata(Cdata),
    Text(TextElement),
}

/// A tag whose name is known and whose end isn't.
#[derive(Clone, Copy, Debug)]
struct Tag {
    name: Name,
    inside: InsideTag,
    starts: bool,
    /// Held from its `<` on, to be reported.
    held: bool,
    /// It grew too long, and this was said to its first part.
    answered: Option<Then>,
    /// It ends an element that holds text.
    ends_text: bool,
}

impl Tag {
    fn new(name: Name, starts: bool, held: bool, window: &mut Window<'_>) -> Self {
        if held {
            window.hold();
        }
        Self {
            name,
            inside: InsideTag::TagName,
            starts,
            held,
            ends_text: false,
            answered: None,
        }
    }
}

/// An element that holds text.
#[derive(Clone, Copy, Debug)]
struct TextElement {
    name: Name,
    script: Script,
    collecting: Option<Collecting>,
}

/// A sink wants the text too; all from the start tag on is held.
#[derive(Clone, Copy, Debug)]
struct Collecting {
    tag_len: usize,
    most: usize,
}

/// True if the scan can go on in these bytes.
type Goes = bool;

impl Scanner {
    /// A scanner at the beginning of a document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one piece; appends to `out` what goes out by now.
    pub fn push(&mut self, piece: &[u8], sink: &mut impl Sink, out: &mut Vec<u8>) {
        if self.held.is_empty() {
            let mut window = Window::new(piece, 0, self.dropping, out);
            self.run(&mut window, sink);
            let (rest, resume, dropping) = window.close();
            self.held.extend_from_slice(rest);
            (self.resume, self.dropping) = (resume, dropping);
            return;
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(piece);
        let mut window = Window::new(&held, self.resume, self.dropping, out);
        window.hold_all();
        self.run(&mut window, sink);
        let (rest, resume, dropping) = window.close();
        (self.resume, self.dropping) = (resume, dropping);
        let gone = held.len() - rest.len();
        held.drain(..gone);
        self.held = held;
    }

    /// The stream has ended: lets go of what is held and says what was open.
    pub fn end(&mut self, sink: &mut impl Sink, out: &mut Vec<u8>) -> Ending {
        let ending = self.ending();
        let held = std::mem::take(&mut self.held);
        let mut window = Window::new(&held, 0, self.dropping, out);
        match self.state {
            State::Text(TextElement {
                collecting: Some(collecting),
                name,
                ..
            }) => {
                window.hold_all();
                window.skip_rest();
                report_element(name, collecting, &mut window, false, sink);
            }
            // A lone `<` or `</` is text after all, and so is half a byte order mark.
            State::Start | State::Between if ending == Ending::Between => {
                window.text(held.len(), sink);
            }
            _ => {}
        }
        window.pass();
        window.close();
        ending
    }

    fn ending(&self) -> Ending {
        match self.state {
            State::Start => Ending::Between,
            State::Between => match self.held.as_slice() {
                [] | [b'<'] | [b'<', b'/'] => Ending::Between,
                [b'<', b'!', ..] => Ending::Bogus,
                _ => Ending::Tag,
            },
            State::Tag(_) => Ending::Tag,
            State::Comment(_) => Ending::Comment,
            State::Bogus => Ending::Bogus,
            State::Cdata(_) => Ending::Cdata,
            State::Text(element) => Ending::Text(element.name),
        }
    }

    fn run(&mut self, window: &mut Window<'_>, sink: &mut impl Sink) {
        while !window.rest().is_empty() {
            if sink.finished() {
                window.pass();
                return;
            }
            let goes = match self.state {
                State::Start => self.start(window),
                State::Between => self.between(window, sink),
                State::Tag(tag) => self.tag(tag, window, sink),
                State::Comment(mut comment) => {
                    let end = comment.advance(window.rest());
                    self.read_over(end, State::Comment(comment), window)
                }
                State::Bogus => {
                    let end = memchr::memchr(b'>', window.rest()).map(|at| at + 1);
                    self.read_over(end, State::Bogus, window)
                }
                State::Cdata(mut cdata) => {
                    let end = cdata.advance(window.rest());
                    self.read_over(end, State::Cdata(cdata), window)
                }
                State::Text(element) => self.text_element(element, window, sink),
            };
            if !goes {
                return;
            }
        }
    }

    /// A byte order mark is no text.
    fn start(&mut self, window: &mut Window<'_>) -> Goes {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let rest = window.rest();
        if rest.len() < MARK.len() && MARK.starts_with(rest) {
            window.hold();
            return false;
        }
        window.pass();
        if rest.starts_with(MARK) {
            window.skip(MARK.len());
        }
        self.state = State::Between;
        true
    }

    fn between(&mut self, window: &mut Window<'_>, sink: &mut impl Sink) -> Goes {
        window.pass();
        let Some(text) = memchr::memchr(b'<', window.rest()) else {
            window.text(window.rest().len(), sink);
            return false;
        };
        if text > 0 {
            window.text(text, sink);
            return true; // the sink may have heard enough
        }
        let (state, len) = match Opening::read(window.rest(), self.foreign.has_cdata()) {
            Opening::Wait => {
                window.hold();
                return false;
            }
            Opening::Text => {
                window.text(1, sink);
                return true;
            }
            Opening::Comment(len) => (State::Comment(Comment::Start), len),
            Opening::Bogus(len) => (State::Bogus, len),
            Opening::Cdata(len) => (State::Cdata(Cdata::default()), len),
            Opening::Start(name, len) => {
                let held = sink.wants(name) || self.foreign.needs_attributes(name);
                (State::Tag(Tag::new(name, true, held, window)), len)
            }
            Opening::End(name, len) => {
                let held = sink.wants(name);
                (State::Tag(Tag::new(name, false, held, window)), len)
            }
        };
        self.state = state;
        window.skip(len);
        true
    }

    fn read_over(&mut self, end: Option<usize>, state: State, window: &mut Window<'_>) -> Goes {
        match end {
            Some(len) => window.skip(len),
            None => window.skip_rest(),
        }
        self.state = if end.is_some() { State::Between } else { state };
        end.is_some()
    }

    fn tag(&mut self, mut tag: Tag, window: &mut Window<'_>, sink: &mut impl Sink) -> Goes {
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
            Some(end) if tag.starts => self.start_tag(tag, end.self_closing, window, sink),
            Some(_) => self.end_tag(tag, window, sink),
        }
        end.is_some()
    }

    /// Asks the sink by the first part alone; the rest passes, or goes the same way.
    fn report_long_tag(&self, tag: &mut Tag, window: &mut Window<'_>, sink: &mut impl Sink) {
        tag.held = false;
        let raw = window.held().get(..MAX_TAG).unwrap_or_default();
        let (name, namespace) = (tag.name, self.foreign.namespace());
        let then = match (sink.wants(name), tag.starts) {
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
        sink: &mut impl Sink,
    ) {
        let name = tag.name;
        let raw = if tag.held { window.held() } else { b"" };
        let mut start = StartTag {
            raw,
            name,
            namespace: Namespace::Html,
            whole: true,
        };
        start.namespace = self.foreign.start(&start, self_closing);
        let holds_text = start.namespace == Namespace::Html && name::holds_text(name);
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
            Then::Written | Then::Drop => window.discard(usize::MAX),
        }
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

    fn end_tag(&mut self, tag: Tag, window: &mut Window<'_>, sink: &mut impl Sink) {
        let name = tag.name;
        let namespace = if tag.ends_text {
            Namespace::Html
        } else {
            self.foreign.end(name)
        };
        let mut then = Then::Pass;
        if tag.held {
            let end = EndTag {
                raw: window.held(),
                name,
                namespace,
            };
            then = sink.end_tag(&end, window.out());
        }
        if matches!(then, Then::Written | Then::Drop) {
            window.discard(usize::MAX);
        } else {
            window.pass();
        }
        window.set_dropping(false);
        self.state = State::Between;
    }

    fn text_element(
        &mut self,
        mut element: TextElement,
        window: &mut Window<'_>,
        sink: &mut impl Sink,
    ) -> Goes {
        if element.collecting.is_none() {
            window.pass();
        }
        let rest = window.rest();
        let found = match element.name {
            name::PLAINTEXT => Search::Nowhere,
            name::SCRIPT => element.script.search(rest, 0),
            name => raw_text::search(name, rest, 0),
        };
        match found {
            Search::End(at) | Search::Wait(at) => window.skip(at),
            Search::Nowhere => window.skip_rest(),
        }
        let ends = matches!(found, Search::End(_));
        if let Some(collecting) = element.collecting {
            let len = window.held().len().saturating_sub(collecting.tag_len);
            if ends || len > collecting.most {
                report_element(element.name, collecting, window, ends, sink);
                element.collecting = None;
            }
        }
        if ends {
            let name = element.name;
            let held = !window.is_dropping() && sink.wants(name);
            let tag = Tag::new(name, false, held, window);
            self.state = State::Tag(Tag {
                ends_text: true,
                ..tag
            });
            window.skip("</".len() + name.len().unwrap_or_default());
            return true;
        }
        if matches!(found, Search::Wait(_)) && !window.is_held() {
            window.hold();
        }
        self.state = State::Text(element);
        false
    }
}

/// Reports an element with its text, which stands in the window as far as it was read.
fn report_element(
    name: Name,
    collecting: Collecting,
    window: &mut Window<'_>,
    ended: bool,
    sink: &mut impl Sink,
) {
    let Some((raw, text)) = window.held().split_at_checked(collecting.tag_len) else {
        return;
    };
    let whole = ended && text.len() <= collecting.most;
    let text = text.get(..collecting.most).unwrap_or(text);
    let tag = StartTag {
        raw,
        name,
        namespace: Namespace::Html,
        whole: true,
    };
    match sink.element(&tag, Text { raw: text, whole }, window.out()) {
        Then::Pass | Then::Collect(_) => window.pass(),
        // Exactly what was reported, so that it doesn't matter how the stream was cut.
        Then::Written => window.discard(raw.len() + text.len()),
        Then::Drop => {
            window.discard(usize::MAX);
            window.set_dropping(true);
        }
    }
}
