//! Whose is an inline script, and would it run?

use super::{
    address::{Address, resolve},
    plan::{Parties, Party, Rules},
};
use crate::html::StartTag;

/// What a browser does with a script of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It runs.
    Code,
    /// JSON with addresses that are loaded: `importmap`, `speculationrules`.
    Addresses,
    /// Nothing: data.
    Inert,
}

/// The types that browsers run: <https://mimesniff.spec.whatwg.org/#javascript-mime-type>.
const CODE: &[&str] = &[
    "",
    "module",
    "text/javascript",
    "application/javascript",
    "application/ecmascript",
    "application/x-ecmascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
];

/// What happens to a script by its `type`. Parameters make a type inert by the standard, and the first `type` counts;
/// here the liveliest does: preload scanners fetch by the last.
pub(super) fn kind(tag: &StartTag<'_>) -> Kind {
    let mut kinds = tag
        .attributes()
        .filter(|attribute| attribute.is("type"))
        .map(|attribute| kind_of(&attribute.value()));
    let Some(first) = kinds.next() else {
        return Kind::Code;
    };
    kinds.fold(first, |one, other| match (one, other) {
        (Kind::Code, _) | (_, Kind::Code) => Kind::Code,
        (Kind::Addresses, _) | (_, Kind::Addresses) => Kind::Addresses,
        (Kind::Inert, Kind::Inert) => Kind::Inert,
    })
}

fn kind_of(value: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let name = text.split(';').next().unwrap_or_default().trim();
    if CODE.contains(&name) {
        Kind::Code
    } else if matches!(name, "importmap" | "speculationrules") {
        Kind::Addresses
    } else {
        Kind::Inert
    }
}

impl Rules {
    /// Adds those on whose account a script with this text is withheld.
    pub(super) fn in_script(&self, kind: Kind, text: &[u8], bases: &[Address], held: &mut Parties) {
        if kind == Kind::Addresses {
            for string in text.split(|&byte| byte == b'"') {
                self.at(&resolve(string, bases), false, held);
            }
            return;
        }
        if !self.markers.is_empty() {
            for at in self.markers.within(text) {
                held.add(Party::Service(at));
            }
        }
        self.imports(text, bases, held);
    }

    /// `import "…"`, `from "…"`, `import("…")`: the one way in which a script's text loads by itself.
    fn imports(&self, text: &[u8], bases: &[Address], held: &mut Parties) {
        for at in memchr::memchr_iter(b':', text) {
            let (before, after) = text.split_at_checked(at).unwrap_or_default();
            if !after.starts_with(b"://") {
                continue;
            }
            let start = before
                .iter()
                .rposition(|&byte| !byte.is_ascii_alphabetic())
                .map_or(0, |at| at + 1);
            let (before, scheme) = before.split_at_checked(start).unwrap_or_default();
            let Some((b'"' | b'\'' | b'`', before)) = before.split_last() else {
                continue;
            };
            let before = before.trim_ascii_end();
            let before = before.strip_suffix(b"(").unwrap_or(before).trim_ascii_end();
            if !before.ends_with(b"import") && !before.ends_with(b"from") {
                continue;
            }
            let end = after
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\'' | b'`'))
                .unwrap_or(after.len());
            let address = [scheme, after.get(..end).unwrap_or_default()].concat();
            self.at(&resolve(&address, bases), true, held);
        }
    }
}
