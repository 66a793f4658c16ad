//! Where a stream stopped, and what may be written behind it.

use super::name::{self, Name};

/// What was open when the stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Between tags: anything may follow.
    Between,
    /// In a comment.
    Comment,
    /// In a doctype or what browsers read as a comment, up to the next `>`.
    Bogus,
    /// In a CDATA section.
    Cdata,
    /// In an element that holds text.
    Text(Name),
    /// In a tag.
    Tag,
}

impl Ending {
    /// Appends what closes it, so that markup may follow; false if nothing may.
    ///
    /// A cut tag would come alive if it were closed, and so would a cut script: the parser
    /// drops both. `plaintext` has no end.
    pub fn close(self, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Between => {}
            Self::Comment => out.extend_from_slice(b"-->"),
            Self::Bogus => out.push(b'>'),
            Self::Cdata => out.extend_from_slice(b"]]>"),
            Self::Tag | Self::Text(name::SCRIPT | name::PLAINTEXT) => return false,
            Self::Text(name) => {
                out.extend_from_slice(b"</");
                out.extend(name.bytes());
                out.push(b'>');
            }
        }
        true
    }
}
