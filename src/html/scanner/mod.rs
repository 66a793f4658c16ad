//! The loop: bytes in any pieces come in, events go to the sink, bytes go out.
//!
//! Held back are only what a sink wants to see whole (a tag, an element it collects) and the
//! few bytes after a `<` that don't yet say what they are. Those are put in front of the next
//! piece, and the scan resumes where it stopped.

mod tags;
mod texts;

use self::tags::{Kind, Tag};
use self::texts::{TextElement, report_element};
use super::comment::{Cdata, Comment};
use super::ending::Ending;
use super::foreign::Foreign;
use super::opening::Opening;
use super::sink::Sink;
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
    /// True behind a `<frameset>` that the sink has let pass: nothing but `noframes` holds text there.
    frames: bool,
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

/// True if the scan can go on in these bytes.
type Goes = bool;

impl Scanner {
    /// A scanner at the beginning of a document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one piece; appends to `out` what goes out by now.
    pub fn push(&mut self, piece: &[u8], sink: &mut dyn Sink, out: &mut Vec<u8>) {
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
    pub fn end(&mut self, sink: &mut dyn Sink, out: &mut Vec<u8>) -> Ending {
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
                let drawn = self.foreign.is_open();
                report_element(name, collecting, drawn, &mut window, false, sink);
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

    /// True if an `svg` or `math` is open.
    #[must_use]
    pub fn in_drawing(&self) -> bool {
        self.foreign.is_open()
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

    fn run(&mut self, window: &mut Window<'_>, sink: &mut dyn Sink) {
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

    fn between(&mut self, window: &mut Window<'_>, sink: &mut dyn Sink) -> Goes {
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
                let held = sink.wants(name)
                    || self.foreign.needs_attributes(name)
                    || (sink.settles() && self.foreign.may_settle(name));
                (State::Tag(Tag::new(name, Kind::Start, held, window)), len)
            }
            Opening::End(name, len) => {
                let held = sink.wants(name) || (sink.settles() && self.foreign.may_settle(name));
                (State::Tag(Tag::new(name, Kind::End, held, window)), len)
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
}
