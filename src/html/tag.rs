//! Tags as a sink sees them: a name, a namespace, and the raw bytes to read more from.

use super::attribute::{Attribute, Attributes};
use super::name::Name;

/// Whose rules an element follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// HTML itself.
    Html,
    /// Inside `<svg>`; a `script` here runs too, but its text is scanned as markup.
    Svg,
    /// Inside `<math>`.
    MathMl,
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub struct StartTag<'a> {
    pub(crate) raw: &'a [u8],
    pub(crate) name: Name,
    pub(crate) namespace: Namespace,
    pub(crate) whole: bool,
    pub(crate) drawn: bool,
}

impl<'a> StartTag<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Name {
        self.name
    }

    /// Its namespace, as far as we can tell (see the module's limits).
    #[must_use]
    pub fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// True if it stands in a drawing, be it as HTML.
    #[must_use]
    pub fn in_drawing(&self) -> bool {
        self.drawn
    }

    /// Its bytes from `<` to `>`; without the end if it isn't [`whole`](Self::whole).
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// False for a tag longer than [`MAX_TAG`](super::MAX_TAG): these are its first bytes.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.whole
    }

    /// Where in the raw bytes the name ends: a new attribute goes there, and comes before any
    /// of the same name.
    #[must_use]
    pub fn name_end(&self) -> usize {
        match self.name.len() {
            Some(len) => 1 + len,
            None => self
                .raw
                .iter()
                .position(|&byte| ends_name(byte))
                .unwrap_or(self.raw.len()),
        }
    }

    /// All attributes in order, duplicates included; the first of a name counts.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        let inner = if self.whole {
            self.raw.split_last().map(|(_, inner)| inner)
        } else {
            None
        };
        Attributes::new(inner.unwrap_or(self.raw), self.name_end())
    }

    /// The attribute that counts as `name` (lower case), if there is one.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.is(name))
    }
}

/// An end tag.
#[derive(Clone, Copy, Debug)]
pub struct EndTag<'a> {
    pub(crate) raw: &'a [u8],
    pub(crate) name: Name,
    pub(crate) namespace: Namespace,
}

impl<'a> EndTag<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Name {
        self.name
    }

    /// The namespace of what it closes, as far as we can tell.
    #[must_use]
    pub fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// Its bytes from `</` to `>`.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }
}

/// True of what ends a tag's name.
pub(crate) fn ends_name(byte: u8) -> bool {
    super::name::is_space(byte) || matches!(byte, b'/' | b'>')
}
