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
//! - HTML in a drawing is written so that it can be read in one way only: elements that a tag closes without a word are
//!   closed by end tags of their own, and a tag that the parser may take for another's, or ignore, is replaced by an empty
//!   comment (a part of a table that may belong to one around the drawing, a form in a form, an end tag of nothing). So is a
//!   `<frameset>` that comes too late to be heeded for certain. A `noscript` with tags in it is emptied there.
//!
//! # Limits
//! - Styles are not read: `@import` and `url()` in them load.
//! - `background` attributes load.

pub(super) mod address;
mod frame;
mod hosts;
mod marks;
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
