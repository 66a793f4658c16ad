//! What to insert, and where.

use std::sync::Arc;

/// Where markup goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// First in `<body>`, as its direct child. A body that isn't written is written out. A
    /// document with `<frameset>` gets nothing.
    First,
    /// Behind the end of the document, from where the parser puts it into what is still open:
    /// the body, if the page closed its elements. The page isn't scanned, so markup behind a
    /// comment or text element that is never closed is lost with it.
    Last,
    /// `First`, or `Last` where the head shows a framework that hydrates the whole document.
    #[default]
    Auto,
}

/// Markup and its place. Cheap to clone, so it may be built once and used for many pages.
#[derive(Clone, Debug)]
pub struct Insertion {
    /// Where it goes.
    pub place: Place,
    /// The markup if it stands first in `<body>`.
    pub first: Arc<[u8]>,
    /// The markup if it stands last. It had better not begin with a
    /// `<template shadowrootmode>`: in a page that left an element open, that element would
    /// get the shadow root and its content vanish.
    pub last: Arc<[u8]>,
}

impl Insertion {
    /// The same markup wherever it goes.
    #[must_use]
    pub fn new(place: Place, markup: &[u8]) -> Self {
        let markup: Arc<[u8]> = markup.into();
        Self {
            place,
            first: Arc::clone(&markup),
            last: markup,
        }
    }
}
