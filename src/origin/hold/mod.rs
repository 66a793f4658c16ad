//! Tags in the origin's pages that the visitor hasn't granted, made inert while the page streams by.
//!
//! Here live the [`Plan`] of what is withheld, made of data from site and decision, and [`Hold`], the sink that carries
//! it out. What is held is marked with `data-consent-hold`, the ids that all have to be granted before the page's script
//! makes it live again; what was taken away is kept in attributes that begin with `data-consent-`.
//!
//! Not here: finding tags in bytes (`html`), what is shown in place of a frame (`page::placeholder`), which answers of
//! the origin are edited (`errand`), and what a script of the page adds while it runs.
//!
//! # Where a page can be read in two ways, what any reading would run is held
//! - Every duplicate of an attribute counts, though parsers keep the first: preload scanners see them all.
//! - An address that may be relative or not (`https:host`) is followed both ways, and so is one before and behind `<base>`.
//! - A script in a drawing, or one longer than [`MOST_TEXT`], whose text doesn't show whose it is, is held for all.
//! - `<noscript>` is read as markup too. If its end means something else without scripts, its content is dropped.
//! - Of a tag longer than [`html::MAX_TAG`](crate::html::MAX_TAG) only the beginning is known: it is dropped, unless it is
//!   an image and the like whose address is data.
//! - In a drawing an end tag that the parser may take for another's is made clear first, or replaced by an empty comment;
//!   and so is a `<frameset>` that comes too late to be heeded for certain.
//!
//! # Limits
//! - What `<col>` in a template makes the parser ignore may hide what stands behind it.
//! - In HTML inside a drawing the parser's implied end tags are followed as far as they concern paragraphs. A part of a
//!   table in a drawing that stands in a table, a table in a paragraph in quirks mode, and a `noscript` there that leaves an
//!   element open may lead it elsewhere (found by fuzzing, in a document of ten thousand made to do so).
//! - Styles are not read: `@import` and `url()` in them load.
//! - `background` attributes load.

pub(super) mod address;
mod frame;
mod hosts;
mod markup;
mod met;
mod part;
mod plan;
mod script;
mod sink;
pub(super) mod sources;
mod write;

pub use plan::Plan;
pub use sink::{Hold, MOST_TEXT};
