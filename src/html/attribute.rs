//! The attributes of one complete tag, read on demand from its raw bytes.
//!
//! Finding where a tag ends is `inside_tag`'s business; here the end is known.
//! <https://html.spec.whatwg.org/#before-attribute-name-state>

use std::borrow::Cow;
use std::ops::Range;

use super::entity;
use super::name::is_space;

/// One attribute. Of those with the same name the parser keeps the first.
#[derive(Clone, Debug)]
pub struct Attribute<'a> {
    raw_name: &'a [u8],
    raw_value: &'a [u8],
    span: Range<usize>,
    name_span: Range<usize>,
}

impl<'a> Attribute<'a> {
    /// The name as it was written, in any case.
    #[must_use]
    pub fn raw_name(&self) -> &'a [u8] {
        self.raw_name
    }

    /// True if this is the attribute called `name` (lower case).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.raw_name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value as it was written, without its quotes; empty if there is none.
    #[must_use]
    pub fn raw_value(&self) -> &'a [u8] {
        self.raw_value
    }

    /// The value with character references decoded, as far as they spell ASCII.
    #[must_use]
    pub fn value(&self) -> Cow<'a, [u8]> {
        entity::decode(self.raw_value)
    }

    /// Where the attribute stands in the tag's raw bytes, quotes included.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Where its name stands: put a prefix there and the browser no longer knows it.
    #[must_use]
    pub fn name_span(&self) -> Range<usize> {
        self.name_span.clone()
    }
}

/// Iterator over a tag's attributes in the order they were written, duplicates included.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    raw: &'a [u8],
    at: usize,
}

impl<'a> Attributes<'a> {
    /// `raw` is the tag without its closing `>`, `at` where its name ends.
    pub(crate) fn new(raw: &'a [u8], at: usize) -> Self {
        Self { raw, at }
    }

    fn peek(&self) -> Option<u8> {
        self.raw.get(self.at).copied()
    }

    fn skip(&mut self, skippable: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skippable) {
            self.at += 1;
        }
    }

    fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.raw.get(range).unwrap_or_default()
    }

    fn value(&mut self) -> &'a [u8] {
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            let start = self.at;
            self.skip(|byte| !is_space(byte));
            return self.slice(start..self.at);
        };
        let start = self.at + 1;
        self.at = start;
        self.skip(|byte| byte != quote);
        let value = self.slice(start..self.at);
        self.at = (self.at + 1).min(self.raw.len());
        value
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        self.skip(|byte| is_space(byte) || byte == b'/');
        let start = self.at;
        self.peek()?;
        self.at += 1; // whatever it is, even `=`, it begins a name
        self.skip(|byte| !is_space(byte) && !matches!(byte, b'/' | b'='));
        let name_span = start..self.at;
        self.skip(is_space);
        let mut raw_value: &[u8] = b"";
        if self.peek() == Some(b'=') {
            self.at += 1;
            self.skip(is_space);
            raw_value = self.value();
        } else {
            self.at = name_span.end;
        }
        Some(Attribute {
            raw_name: self.slice(name_span.clone()),
            raw_value,
            span: start..self.at,
            name_span,
        })
    }
}
