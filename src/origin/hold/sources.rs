//! Which attributes of which elements load something.

use super::{
    address::{Address, resolve},
    plan::{Parties, Rules},
};
use crate::html::{Attribute, Name, Namespace, StartTag, name};

const USE: Name = Name::of("use");
const FE_IMAGE: Name = Name::of("feimage");

/// Whether an element of this name may load something.
pub(in crate::origin) fn loads(name: Name) -> bool {
    matches!(
        name,
        name::SCRIPT
            | name::IMG
            | name::LINK
            | name::IFRAME
            | name::SOURCE
            | name::VIDEO
            | name::AUDIO
            | name::TRACK
            | name::EMBED
            | name::OBJECT
            | name::INPUT
            | name::FRAME
            | name::IMAGE
            | USE
            | FE_IMAGE
    )
}

/// The attributes of an element that hold addresses it loads, in HTML or in a drawing: which of them it is in, parser and
/// scanner may see differently, and nobody writes the other's in vain.
pub(super) fn attributes(tag: &StartTag<'_>) -> &'static [&'static str] {
    match tag.name() {
        name::IMG | name::SOURCE => &["src", "srcset"],
        name::IMAGE => &["src", "srcset", "href", "xlink:href"],
        USE | FE_IMAGE => &["href", "xlink:href"],
        name::LINK if !is_mere_link(tag) => &["href", "imagesrcset"],
        name::VIDEO => &["src", "poster"],
        name::SCRIPT => &["src", "href", "xlink:href"],
        name::AUDIO | name::TRACK | name::EMBED | name::FRAME => &["src"],
        name::OBJECT => &["data"],
        name::IFRAME => &["src", "srcdoc"],
        name::INPUT if is_image(tag) => &["src"],
        _ => &[],
    }
}

/// The attributes that keep a script's own text from running.
pub(super) fn instead_of_text(tag: &StartTag<'_>) -> &'static [&'static str] {
    match tag.namespace() {
        Namespace::Html => &["src", "data-src"],
        _ => &["href", "xlink:href"],
    }
}

/// Whether what the element loads can run.
pub(super) fn runs(name: Name) -> bool {
    matches!(
        name,
        name::SCRIPT | name::IFRAME | name::FRAME | name::EMBED | name::OBJECT
    )
}

impl Rules {
    /// Adds those on whose account an attribute's address, or one in its list of images, is withheld.
    pub(super) fn in_attribute(
        &self,
        attribute: &Attribute<'_>,
        runs: bool,
        bases: &[Address],
        held: &mut Parties,
    ) {
        let value = attribute.value();
        if !attribute.is("srcset") && !attribute.is("imagesrcset") {
            self.refer(&value, runs, bases, held);
            return;
        }
        // A comma may belong to an address, or end it.
        for word in value.split(u8::is_ascii_whitespace) {
            self.refer(word, runs, bases, held);
            for part in word.split(|&byte| byte == b',') {
                self.refer(part, runs, bases, held);
            }
        }
    }
}

impl Rules {
    /// Adds those on whose account what an address leads to is withheld.
    fn refer(&self, reference: &[u8], runs: bool, bases: &[Address], held: &mut Parties) {
        // Most addresses stay on the site, and show it at first sight.
        if bases.len() == 1 && !self.page_is_declared && stays(reference) {
            return;
        }
        self.at(&resolve(reference, bases), runs, held);
    }
}

/// Whether an address is a mere path, whatever is stripped from it.
fn stays(reference: &[u8]) -> bool {
    match reference {
        [b'/', second, ..] => second.is_ascii_alphanumeric(),
        [first, ..] => first.is_ascii_alphanumeric() && memchr::memchr(b':', reference).is_none(),
        [] => true,
    }
}

fn is_image(tag: &StartTag<'_>) -> bool {
    tag.attribute("type")
        .is_some_and(|kind| kind.value().eq_ignore_ascii_case(b"image"))
}

/// Whether a `link` only says where something is.
fn is_mere_link(tag: &StartTag<'_>) -> bool {
    const MERE: &[&str] = &[
        "alternate",
        "amphtml",
        "author",
        "bookmark",
        "canonical",
        "help",
        "license",
        "me",
        "next",
        "pingback",
        "prev",
        "privacy-policy",
        "profile",
        "search",
        "shortlink",
        "tag",
        "terms-of-service",
    ];
    let Some(rel) = tag.attribute("rel") else {
        return false;
    };
    let value = rel.value();
    let text = String::from_utf8_lossy(&value).to_ascii_lowercase();
    !text.trim().is_empty()
        && text
            .split_ascii_whitespace()
            .all(|word| MERE.contains(&word))
}
