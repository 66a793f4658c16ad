//! Frameworks that hydrate the whole document, told by what they leave in `<head>`.
//!
//! React 18 renders everything anew, and drops what isn't its own, when it finds anything
//! before its first node in `<body>`; behind its last it lets it be. So on these pages the
//! insertion goes last. A mark found by mistake costs a later banner, nothing else.
//!
//! Not told by the head: Remix and React Router on React 18 when `<Scripts>` stands at the end
//! of the body and nothing is preloaded; an owner of such a site says `Place::Last`. React 19
//! keeps foreign nodes. Nuxt, `SvelteKit`, Astro, Gatsby and Angular hydrate an element of their
//! own.

use super::name;
use super::tag::StartTag;
use crate::find::find;

/// Where a mark is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// In the raw tag of a `script` or `link` in the head.
    Address,
    /// In the text of an inline script in the head.
    Script,
    /// In the raw `<html>` tag.
    Html,
}

const MARKS: &[(Whose, &str)] = &[
    // Next: app router hydrates the document; pages router only `#__next`, but the head is alike.
    (Whose::Address, "/_next/"),
    (Whose::Script, "__next_f"),
    // Remix: its compiler's output, and the entry that React 19 hoists into the head.
    (Whose::Address, "/entry.client"),
    (Whose::Address, "/build/_assets/"),
    (Whose::Address, "/build/_shared/"),
    (Whose::Script, "__remixContext"),
    // React Router in framework mode.
    (Whose::Script, "__reactRouterContext"),
    (Whose::Script, "__reactRouterManifest"),
    // TanStack Start: its scripts have the class `$tsr` and call `$_TSR`.
    (Whose::Address, "$tsr"),
    (Whose::Address, "/@tanstack"),
    (Whose::Script, "$_TSR"),
    // Solid's hydration script; SolidStart before 1.0 mounts to the document.
    (Whose::Script, "_$HY"),
    // Qwik resumes from the element that has this attribute.
    (Whose::Html, "q:container"),
];

/// True if the start tag shows one of them.
pub(crate) fn marked_tag(tag: &StartTag<'_>) -> bool {
    match tag.name() {
        name::HTML => shows(Whose::Html, tag.raw()),
        name::SCRIPT | name::LINK => shows(Whose::Address, tag.raw()),
        _ => false,
    }
}

/// True if the text of an inline script shows one of them.
pub(crate) fn marked_script(text: &[u8]) -> bool {
    shows(Whose::Script, text)
}

fn shows(whose: Whose, raw: &[u8]) -> bool {
    MARKS
        .iter()
        .filter(|(mark_whose, _)| *mark_whose == whose)
        .any(|(_, mark)| find(raw, mark.as_bytes()).is_some())
}
