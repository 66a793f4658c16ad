//! What the scanner tells, and what may be answered.

use super::name::Name;
use super::tag::{EndTag, StartTag};

/// What becomes of the bytes just reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// They go out as they are, after whatever the sink wrote.
    Pass,
    /// The sink has written what goes out in their place, or nothing.
    Written,
    /// Like `Written`, but of a tag that isn't whole what wasn't reported follows.
    Begun,
    /// Like `Written`; and if the element holds text, its text and its end tag go too.
    Drop,
    /// Report the element again with its text, of which at most so many bytes are collected;
    /// until then nothing of it goes out. Means `Pass` for an element that doesn't hold text,
    /// in answer to anything but a start tag, and if the tag isn't whole.
    Collect(usize),
}

/// What may stand in place of a tag. With nothing there, a `<` before it and what follows might become one.
pub const NOTHING: &[u8] = b"<!---->";

/// The text of an element such as `script`, raw.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// Its bytes as they were sent; in `script`, `style` and `noscript` nothing is encoded.
    pub raw: &'a [u8],
    /// False if it was longer than asked for, or the stream ended first: these are the first
    /// bytes, and more may pass as they are.
    pub whole: bool,
}

/// Who listens. Only what [`wants`](Sink::wants) names is reported; everything that isn't
/// reported passes. What a sink writes to `out` stands before what it answers [`Then::Pass`] to.
pub trait Sink {
    /// True if tags of this name are to be reported; asked at every tag, so make it cheap.
    fn wants(&self, name: Name) -> bool;

    /// True if text between tags is to be reported.
    fn wants_text(&self) -> bool {
        false
    }

    /// True if it matters that the parser sees no other elements than are reported. Then what a tag in a drawing closes
    /// without a word is closed before it by end tags, and a tag that means different things to different readings is
    /// replaced by a comment; so is what the parser ignores behind `<col>` in a template. And then a `<frameset>` may only
    /// pass if the parser heeds it.
    fn settles(&self) -> bool {
        false
    }

    /// True once nothing more is of interest: the rest passes without being looked at.
    fn finished(&self) -> bool {
        false
    }

    /// True until [`head_ends`](Sink::head_ends) has been called, if it is to be.
    fn wants_head_end(&self) -> bool {
        false
    }

    /// The document's head is about to end, by a tag or by what can't stand in it: what is written now is its last child.
    fn head_ends(&mut self, out: &mut Vec<u8>) {
        let _ = out;
    }

    /// The document has ended, and not in the middle of something: what is written now is the last of it.
    fn ended(&mut self, out: &mut Vec<u8>) {
        let _ = out;
    }

    /// A start tag, complete unless it is longer than [`MAX_TAG`](super::MAX_TAG).
    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then;

    /// An element collected on request. [`Then::Pass`] passes tag and text; [`Then::Written`]
    /// replaces both; [`Then::Drop`] takes what is still to come and the end tag as well.
    fn element(&mut self, tag: &StartTag<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Then {
        let _ = (tag, text, out);
        Then::Pass
    }

    /// An end tag.
    fn end_tag(&mut self, tag: &EndTag<'_>, out: &mut Vec<u8>) -> Then {
        let _ = (tag, out);
        Then::Pass
    }

    /// A piece of text between tags, cut anywhere; character references as written.
    fn text(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Then {
        let _ = (raw, out);
        Then::Pass
    }
}
