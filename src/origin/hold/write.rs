//! Writes a start tag with attributes added and renamed; everything else of it stays as it was, to the byte.

use crate::html::{Attribute, StartTag};

/// What stands before the name of an attribute that was taken away.
pub(super) const MARK: &str = "data-consent-";

/// What becomes of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Stays,
    /// Called `data-consent-…`, it no longer does anything.
    Taken,
    /// Called this.
    Becomes(&'static str),
}

/// Writes the tag, `added` right behind its name, where it comes before any attribute of the same name.
pub(super) fn write(
    tag: &StartTag<'_>,
    added: &str,
    rename: impl Fn(&Attribute<'_>) -> Name,
    out: &mut Vec<u8>,
) {
    let raw = tag.raw();
    let mut at = tag.name_end();
    let copy = |from: usize, to: usize, out: &mut Vec<u8>| {
        out.extend_from_slice(raw.get(from..to).unwrap_or_default());
    };
    copy(0, at, out);
    out.extend_from_slice(added.as_bytes());
    for attribute in tag.attributes() {
        let name = attribute.name_span();
        let (written, next) = match rename(&attribute) {
            Name::Stays => continue,
            Name::Taken => (MARK, name.start),
            Name::Becomes(other) => (other, name.end),
        };
        copy(at, name.start, out);
        out.extend_from_slice(written.as_bytes());
        at = next;
    }
    copy(at, raw.len(), out);
}

/// A value, to stand between double quotes.
pub(super) fn quoted(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}
