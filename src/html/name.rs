//! Tag names as integers: compared in one step, kept without allocation.
//!
//! Every name that means anything to HTML's parser has at most fourteen bytes, so a name is
//! its lower-cased bytes packed into a `u128`. Longer ones are all [`Name::LONG`]: nothing
//! here cares what they are.

use std::fmt;

/// A tag's name, lower-cased.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name(u128);

/// What ends a tag's name and separates attributes: HTML's white space.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// A tag's name begins with a letter, so that none is as large.
const LONG_BASE: u128 = 0xff << 120;

impl Name {
    /// Any name longer than [`Name::MAX`] bytes.
    pub const LONG: Self = Self(u128::MAX);
    /// The longest name that is kept, in bytes.
    pub const MAX: usize = 16;

    /// The name spelled by `text`, for constants and comparisons.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// The name spelled by raw bytes, which may be in any case.
    #[must_use]
    pub const fn of_bytes(mut bytes: &[u8]) -> Self {
        if bytes.len() > Self::MAX {
            return Self::LONG;
        }
        // In halves: a loop over the whole number becomes 128-bit multiplications in wasm.
        let (mut high, mut low) = (0_u64, 0_u64);
        while let Some((first, rest)) = bytes.split_first() {
            high = high << 8 | low >> 56;
            // Widening; `From` isn't const.
            low = low << 8 | first.to_ascii_lowercase() as u64;
            bytes = rest;
        }
        Self((high as u128) << 64 | low as u128)
    }

    /// How many bytes the name has; `None` if it is too long.
    #[must_use]
    pub const fn len(self) -> Option<usize> {
        if self.0 >= LONG_BASE {
            return None;
        }
        Some(Self::MAX - self.0.leading_zeros() as usize / 8)
    }

    /// One of the names that are too long, told apart by whoever keeps them. No name that is kept begins like that.
    pub(crate) fn long(index: usize) -> Self {
        Self(LONG_BASE | index as u128)
    }

    /// Which one it is.
    pub(crate) fn long_index(self) -> Option<usize> {
        let is = self != Self::LONG && self.0 >= LONG_BASE;
        is.then(|| usize::try_from(self.0 ^ LONG_BASE).unwrap_or(usize::MAX))
    }

    /// True of the name without letters, which no tag has.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// A number that differs between most names.
    #[must_use]
    pub(crate) fn hash(self) -> u16 {
        let [first, second, ..] = self
            .0
            .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            .to_be_bytes();
        u16::from_be_bytes([first, second])
    }

    /// The lower-cased bytes; nothing if the name is [`Name::LONG`].
    pub fn bytes(self) -> impl Iterator<Item = u8> {
        let skipped = self.len().map_or(Self::MAX, |len| Self::MAX - len);
        self.0.to_be_bytes().into_iter().skip(skipped)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::LONG {
            return f.write_str("Name(long)");
        }
        let text: Vec<u8> = self.bytes().collect();
        write!(f, "Name({})", String::from_utf8_lossy(&text))
    }
}

macro_rules! names {
    ($($constant:ident $text:literal)*) => {
        $(
            #[doc = concat!("`<", $text, ">`")]
            pub const $constant: Name = Name::of($text);
        )*
    };
}

names! {
    A "a" ANNOTATION_XML "annotation-xml" AREA "area" BASE "base" BASEFONT "basefont"
    BGSOUND "bgsound" BODY "body" BR "br" BUTTON "button" COL "col" DESC "desc" EMBED "embed" FONT "font" FORM "form"
    FOREIGN_OBJECT "foreignobject" FRAME "frame" FRAMESET "frameset" HEAD "head" HR "hr"
    HTML "html" IFRAME "iframe" IMAGE "image" IMG "img" INPUT "input" KEYGEN "keygen"
    LINK "link" MALIGNMARK "malignmark" MATH "math" META "meta" MGLYPH "mglyph" MI "mi"
    MN "mn" MO "mo" MS "ms" MTEXT "mtext" NOEMBED "noembed" NOFRAMES "noframes"
    NOSCRIPT "noscript" OBJECT "object" P "p" PARAM "param" PLAINTEXT "plaintext"
    SCRIPT "script" SOURCE "source" STYLE "style" SVG "svg" TEMPLATE "template"
    TEXTAREA "textarea" TITLE "title" TRACK "track" VIDEO "video" AUDIO "audio" WBR "wbr"
    XMP "xmp"
}

/// True if an HTML element of this name has no content and no end tag. `image` is one: the
/// parser makes it an `img`.
#[must_use]
pub fn is_void(name: Name) -> bool {
    matches!(
        name,
        AREA | BASE
            | BASEFONT
            | BGSOUND
            | BR
            | COL
            | EMBED
            | FRAME
            | HR
            | IMAGE
            | IMG
            | INPUT
            | KEYGEN
            | LINK
            | META
            | PARAM
            | SOURCE
            | TRACK
            | WBR
    )
}

/// True if an HTML element of this name holds text, not markup, up to its own end tag (or, for
/// `plaintext`, for ever). `noscript` counts: scripts are on in nearly all browsers.
#[must_use]
pub fn holds_text(name: Name) -> bool {
    matches!(
        name,
        SCRIPT
            | STYLE
            | TITLE
            | TEXTAREA
            | XMP
            | IFRAME
            | NOEMBED
            | NOFRAMES
            | NOSCRIPT
            | PLAINTEXT
    )
}

/// True if an HTML element of this name stands open until its own end tag, which closes all
/// inside of it: neither void nor text, and none of those whose end tags do something else.
pub(crate) fn is_tracked(name: Name) -> bool {
    !matches!(name, HTML | HEAD | BODY | FRAMESET | FORM) && !is_void(name) && !holds_text(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_whatever_the_case() {
        assert_eq!(Name::of_bytes(b"ScRipT"), SCRIPT);
        assert_ne!(Name::of("scrip"), SCRIPT);
        assert_ne!(Name::of("a\0"), A);
        assert_eq!(format!("{ANNOTATION_XML:?}"), "Name(annotation-xml)");
    }

    #[test]
    fn forgets_long_names() {
        assert_eq!(Name::of("a-name-of-seventeen").len(), None);
        assert_eq!(SCRIPT.len(), Some(6));
        assert_eq!(Name::LONG.bytes().count(), 0);
    }

    #[test]
    fn tells_long_names_apart_by_number() {
        assert_ne!(Name::long(0), Name::long(1));
        assert_eq!(Name::long(7).long_index(), Some(7));
        assert_eq!(Name::long(7).len(), None);
        for name in [Name::LONG, Name::of("annotation-xml-1"), SCRIPT] {
            assert_eq!(name.long_index(), None);
        }
    }
}
