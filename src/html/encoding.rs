//! Which pages aren't written as ASCII writes markup, and have to be decoded before they are scanned?
//!
//! All encodings of the web write `<`, `>`, quotes and the names of tags as ASCII does, and let no other character swallow
//! them, but for UTF-16, which takes two bytes for each, and ISO-2022-JP, in which `ESC $ B` turns what follows into
//! kanji. Pages in those are decoded, and leave in UTF-8 behind a byte order mark, which browsers believe more than
//! anything else. <https://encoding.spec.whatwg.org/#bom-sniff>
//!
//! Where no header says the encoding, browsers guess, and may guess ISO-2022-JP from the escapes alone. There the escapes
//! go ([`Escapes`]), so that no reading is left but the one that was scanned.

use crate::find::find;
use std::borrow::Cow;

/// An encoding in which markup isn't ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wide {
    /// The lower byte first.
    Utf16Le,
    /// The higher byte first.
    Utf16Be,
    /// Seven bits, switching sets.
    Iso2022Jp,
}

impl Wide {
    /// Its name, as decoders know it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Iso2022Jp => "iso-2022-jp",
        }
    }

    /// <https://encoding.spec.whatwg.org/#names-and-labels>
    fn of_label(label: &str) -> Option<Self> {
        match label {
            "utf-16" | "utf-16le" | "ucs-2" | "unicode" | "unicodefeff" | "csunicode"
            | "iso-10646-ucs-2" => Some(Self::Utf16Le),
            "utf-16be" | "unicodefffe" => Some(Self::Utf16Be),
            "iso-2022-jp" | "csiso2022jp" => Some(Self::Iso2022Jp),
            _ => None,
        }
    }
}

/// What a page's `Content-Type` says of its encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// Nothing: the page itself may say it, or the browser guesses.
    #[default]
    Unsaid,
    /// UTF-8.
    Utf8,
    /// One that isn't ASCII.
    Wide(Wide),
    /// Any other, known to browsers or not.
    Other,
    /// Several that can't all be true, one of them wide.
    Unclear,
}

impl Charset {
    /// Reads a `Content-Type`.
    #[must_use]
    pub fn of(content_type: &str) -> Self {
        let text = content_type.to_ascii_lowercase();
        let mut found = Self::Unsaid;
        for part in text.split([';', ',']) {
            let Some((name, label)) = part.split_once('=') else {
                continue;
            };
            if name.trim() != "charset" {
                continue;
            }
            let label = label.trim_matches(|c: char| c.is_ascii_whitespace() || "\"'".contains(c));
            let own = match Wide::of_label(label) {
                Some(wide) => Self::Wide(wide),
                None if matches!(label, "utf-8" | "utf8") => Self::Utf8,
                None => Self::Other,
            };
            found = match (found, own) {
                (Self::Unsaid, own) => own,
                (one, other) if one == other => one,
                (Self::Utf8 | Self::Other, Self::Utf8 | Self::Other) => Self::Other,
                _ => Self::Unclear,
            };
        }
        found
    }

    /// What a page that begins with these bytes, at least six if it has them, has to be decoded from.
    #[must_use]
    pub fn decoded_from(self, start: &[u8]) -> Option<Wide> {
        // `<?x` in it says UTF-16, too: <https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding>
        match (self, start) {
            (_, [0xfe, 0xff, ..]) | (Self::Unsaid, [0, b'<', 0, b'?', 0, b'x', ..]) => {
                Some(Wide::Utf16Be)
            }
            (_, [0xff, 0xfe, ..]) | (Self::Unsaid, [b'<', 0, b'?', 0, b'x', 0, ..]) => {
                Some(Wide::Utf16Le)
            }
            (_, [0xef, 0xbb, 0xbf, ..]) => None,
            (Self::Wide(wide), _) => Some(wide),
            (Self::Unsaid, _) => named_iso_2022_jp(start).then_some(Wide::Iso2022Jp),
            _ => None,
        }
    }

    /// Whether a browser may guess, from a page that begins like this, what it isn't decoded from.
    #[must_use]
    pub fn is_guessed(self, start: &[u8]) -> bool {
        !start.starts_with(b"\xef\xbb\xbf") && matches!(self, Self::Unsaid | Self::Other)
    }
}

/// Whether the first `charset` that a page's beginning names is this one. In `meta` UTF-16 means UTF-8.
fn named_iso_2022_jp(start: &[u8]) -> bool {
    let start = start.get(..1024).unwrap_or(start).to_ascii_lowercase();
    let Some(at) = find(&start, b"charset") else {
        return false;
    };
    let rest = start.get(at + "charset".len()..).unwrap_or_default();
    let label = rest.iter().position(u8::is_ascii_alphanumeric);
    let rest = label.and_then(|at| rest.get(at..)).unwrap_or_default();
    rest.starts_with(b"iso-2022-jp") || rest.starts_with(b"csiso2022jp")
}

/// Takes the escapes out of a page that lead a browser to other characters than ASCII's.
#[derive(Debug, Default)]
pub struct Escapes {
    /// Bytes that may begin one.
    held: Vec<u8>,
}

impl Escapes {
    /// Takes a piece; gives it back without escapes, up to what the next one decides.
    pub fn push<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        if self.held.is_empty() && memchr::memchr(ESCAPE, piece).is_none() {
            return Cow::Borrowed(piece);
        }
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(piece);
        let mut at = 0;
        while let Some(found) = memchr::memchr(ESCAPE, bytes.get(at..).unwrap_or_default()) {
            at += found;
            match bytes.get(at..) {
                Some([_] | [_, b'$' | b'(']) => {
                    self.held = bytes.split_off(at);
                    break;
                }
                Some([_, b'$', b'@' | b'B', ..] | [_, b'(', b'I', ..]) => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = b' ';
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Cow::Owned(bytes)
    }

    /// What is left at the end.
    pub fn end(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }
}

const ESCAPE: u8 = 0x1b;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read() {
        for (header, expected) in [
            ("text/html", Charset::Unsaid),
            ("text/html; charset=UTF-8", Charset::Utf8),
            ("text/html;charset=\"utf8\"", Charset::Utf8),
            (
                "text/html; Charset = 'UTF-16' ",
                Charset::Wide(Wide::Utf16Le),
            ),
            (
                "text/html; charset=ucs-2; x=y",
                Charset::Wide(Wide::Utf16Le),
            ),
            (
                "text/html; charset=unicodeFFFE",
                Charset::Wide(Wide::Utf16Be),
            ),
            (
                "text/html; charset=csISO2022JP",
                Charset::Wide(Wide::Iso2022Jp),
            ),
            ("text/html; charset=Shift_JIS", Charset::Other),
            ("text/html; charset=utf-7", Charset::Other),
            ("text/html; charset=utf-8; charset=utf-8", Charset::Utf8),
            ("text/html; charset=utf-8; charset=latin1", Charset::Other),
            ("text/html; charset=utf-8; charset=utf-16", Charset::Unclear),
            (
                "text/html; charset=utf-16, text/html; charset=utf-8",
                Charset::Unclear,
            ),
        ] {
            assert_eq!(Charset::of(header), expected, "{header}");
        }
    }

    #[test]
    fn the_first_bytes_decide() {
        use Wide::{Iso2022Jp, Utf16Be, Utf16Le};
        let meta = b"<!doctype html><META Charset = 'ISO-2022-JP'>";
        for (said, start, expected) in [
            (Charset::Utf8, &b"\xff\xfe<\0"[..], Some(Utf16Le)),
            (Charset::Other, b"\xfe\xff\0<", Some(Utf16Be)),
            (Charset::Wide(Utf16Be), b"\xff\xfe<\0", Some(Utf16Le)),
            (Charset::Wide(Utf16Be), b"\xef\xbb\xbf<p>", None),
            (Charset::Wide(Utf16Be), b"\0<\0p", Some(Utf16Be)),
            (Charset::Unsaid, b"<\0?\0x\0m\0", Some(Utf16Le)),
            (Charset::Unsaid, b"\0<\0?\0x\0m", Some(Utf16Be)),
            (Charset::Utf8, b"<\0?\0x\0m\0", None),
            (Charset::Unsaid, meta, Some(Iso2022Jp)),
            (Charset::Utf8, meta, None),
            (Charset::Unsaid, b"<meta charset=utf-16>", None),
            (
                Charset::Unsaid,
                b"<meta charset=utf-8><p>charset=iso-2022-jp",
                None,
            ),
            (
                Charset::Unsaid,
                b"<meta content='text/html; charset=csiso2022jp'>",
                Some(Iso2022Jp),
            ),
            (Charset::Unsaid, b"<p>", None),
            (Charset::Unsaid, b"", None),
        ] {
            assert_eq!(said.decoded_from(start), expected, "{said:?} {start:?}");
        }
    }

    #[test]
    fn escapes_go_however_they_are_cut() {
        let page = b"\x1b$B<!--\x1b(B \x1b$@ \x1b(I\x1b(J\x1b[31m \x1b\x1b$B \x1b$";
        let expected = b" $B<!--\x1b(B  $@  (I\x1b(J\x1b[31m \x1b $B \x1b$";
        for size in 1..page.len() {
            let (mut escapes, mut out) = (Escapes::default(), Vec::new());
            for piece in page.chunks(size) {
                out.extend_from_slice(&escapes.push(piece));
            }
            out.extend(escapes.end());
            assert_eq!(out, expected, "in pieces of {size}");
        }
    }
}
