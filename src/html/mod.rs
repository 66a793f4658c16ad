//! HTML in pieces: the few elements we care for found, everything else copied through by the
//! byte.
//!
//! Here live a [`Scanner`] that knows just enough of HTML to tell live markup from text and
//! comments, whatever the pieces it is fed, and reports tags to a [`Sink`] that may rewrite
//! them; and an [`Editor`] that puts one [`Insertion`] into a page, while such a sink rewrites it. Not here: what is inserted,
//! which elements are held and why, and everything about requests, encodings of the transfer
//! and content types. The bytes are HTML in an ASCII-compatible encoding; [`Charset`] tells which
//! pages the caller has to decode first.
//!
//! ```
//! use edge_consent::html::{Editor, Insertion, Place};
//!
//! let mut editor = Editor::new(Insertion::new(Place::First, b"<i>hello</i>"));
//! let mut out = Vec::new();
//! editor.push(b"<!doctype html><title>x</ti", &mut out);
//! editor.push(b"tle><body class=a><p>y", &mut out);
//! assert!(editor.done());
//! editor.end(&mut out);
//! assert_eq!(out, b"<!doctype html><title>x</title><body class=a><i>hello</i><p>y");
//! ```
//!
//! # Limits
//!
//! - The scanner follows the current standard, in which `<select>` may hold anything. In older
//!   browsers `<title>`, `<textarea>` and the like mean nothing there.
//! - Scripts are taken to be on: `<noscript>` holds text. A sink may collect it and scan that.
//! - HTML inside `<svg>` and `<math>` is followed by rules simpler than the parser's. They agree with every parser if the
//!   sink [settles](Sink::settles); else an end tag there may be taken to close something else.
//! - In a frameset the parser ignores tags that are reported all the same, unless the sink settles.
//! - In `<svg>` and `<math>` the text of a `<script>` can't be collected: there it is markup.
//! - Named character references outside ASCII stay undecoded in attribute values.

mod attribute;
mod body;
mod comment;
mod editor;
mod encoding;
mod ending;
mod entity;
mod foreign;
mod framework;
mod insertion;
mod inside_tag;
pub mod name;
mod opening;
mod raw_text;
mod scanner;
mod sink;
mod tag;
mod window;

pub use attribute::{Attribute, Attributes};
pub use editor::{Editor, Nothing};
pub use encoding::{Charset, Escapes, Wide};
pub use ending::Ending;
pub use insertion::{Insertion, Place};
pub use name::Name;
pub use scanner::{MAX_TAG, Scanner};
pub use sink::{NOTHING, Sink, Text, Then};
pub use tag::{EndTag, Namespace, StartTag};
