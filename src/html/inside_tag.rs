//! Where does a tag end? The tokenizer's attribute states, without keeping what they read.
//!
//! Resumable at any byte. <https://html.spec.whatwg.org/#tag-name-state>

use super::name::is_space;

/// How far a tag has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InsideTag {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Quoted(u8),
    Unquoted,
    SelfClosing,
}

/// How a tag ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagEnd {
    /// Bytes up to and including `>`.
    pub(crate) len: usize,
    pub(crate) self_closing: bool,
}

impl InsideTag {
    /// Reads on; `None` if the tag doesn't end in these bytes.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Option<TagEnd> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let Self::Quoted(quote) = *self {
                // Long values (data: addresses, inline styles) go by at memchr's speed.
                at += memchr::memchr(quote, bytes.get(at..)?)? + 1;
                *self = Self::BeforeName;
                continue;
            }
            at += 1;
            if byte == b'>' {
                return Some(TagEnd {
                    len: at,
                    self_closing: *self == Self::SelfClosing,
                });
            }
            *self = self.after(byte);
        }
        None
    }

    /// The state after a byte that is neither `>` nor inside quotes.
    fn after(self, byte: u8) -> Self {
        if is_space(byte) {
            return match self {
                Self::Name | Self::AfterName => Self::AfterName,
                Self::BeforeValue => Self::BeforeValue,
                _ => Self::BeforeName,
            };
        }
        match (self, byte) {
            (Self::TagName, _) if byte != b'/' => Self::TagName,
            (Self::BeforeValue, b'"' | b'\'') => Self::Quoted(byte),
            (Self::BeforeValue | Self::Unquoted, _) => Self::Unquoted,
            (_, b'/') => Self::SelfClosing,
            (Self::Name | Self::AfterName, b'=') => Self::BeforeValue,
            // After a quoted value a space is missing; the parser goes on all the same.
            _ => Self::Name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(rest: &str) -> Option<(usize, bool)> {
        let mut whole = InsideTag::TagName;
        let expected = whole
            .advance(rest.as_bytes())
            .map(|end| (end.len, end.self_closing));
        // Byte by byte it comes to the same.
        let mut state = InsideTag::TagName;
        let stepwise = (0..rest.len()).find_map(|at| {
            state
                .advance(&rest.as_bytes()[at..=at])
                .map(|end| (at + 1, end.self_closing))
        });
        assert_eq!(expected, stepwise, "{rest}");
        expected
    }

    #[test]
    fn finds_the_end() {
        for (rest, expected) in [
            ("a>x", Some((2, false))),
            ("a/>", Some((3, true))),
            ("a / >", Some((5, false))),
            ("a b='>' c=\">\">", Some((14, false))),
            ("a b=>", Some((5, false))),
            ("a b= >", Some((6, false))),
            ("a b=/>", Some((6, false))),
            ("a b=\"\"/>", Some((8, true))),
            ("a \"b>", Some((5, false))),
            ("a ='>'>", Some((5, false))),
            ("a b=c\">", Some((7, false))),
            ("a b='>", None),
            ("a b = '>'c='>'>", Some((15, false))),
            ("a/b='>'>", Some((8, false))),
        ] {
            assert_eq!(end(rest), expected, "{rest}");
        }
    }
}
