//! Where does `<body>` begin? The parser's modes up to there, as far as they tell.
//!
//! The tag is often left out; then the first thing that can't stand in `<head>` opens the body.
//! <https://html.spec.whatwg.org/#the-before-html-insertion-mode>

use super::name::{self, Name, is_space};
use super::tag::Namespace;

/// What a tag means to the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Still before the body.
    Before,
    /// This is the body's tag.
    BodyTag,
    /// This can't stand in the head: the body is implied before it.
    Implied,
    /// The document has frames in place of a body.
    Frameset,
}

/// What has gone by of a document whose body hasn't begun.
#[derive(Debug, Default)]
pub(crate) struct BeforeBody {
    head_closed: bool,
    templates: usize,
    any_tag: bool,
}

impl BeforeBody {
    /// True if a body implied at the end of the document would be where it seems: something
    /// of a page was there, and no template swallows what follows.
    pub(crate) fn may_end_here(&self) -> bool {
        self.any_tag && self.templates == 0
    }

    /// True once `</head>` has gone by.
    pub(crate) fn head_closed(&self) -> bool {
        self.head_closed
    }

    pub(crate) fn start_tag(&mut self, name: Name, namespace: Namespace) -> Step {
        self.any_tag = true;
        if name == name::TEMPLATE && namespace == Namespace::Html {
            self.templates += 1;
        }
        if self.templates > 0 {
            return Step::Before;
        }
        match name {
            name::BODY => Step::BodyTag,
            name::FRAMESET => Step::Frameset,
            name::HTML
            | name::HEAD
            | name::BASE
            | name::BASEFONT
            | name::BGSOUND
            | name::LINK
            | name::META
            | name::NOFRAMES
            | name::SCRIPT
            | name::STYLE
            | name::TITLE => Step::Before,
            // Behind `</head>`, the others go back into it, but not this one.
            name::NOSCRIPT if !self.head_closed => Step::Before,
            _ => Step::Implied,
        }
    }

    pub(crate) fn end_tag(&mut self, name: Name, namespace: Namespace) -> Step {
        if self.templates > 0 {
            if name == name::TEMPLATE && namespace == Namespace::Html {
                self.templates -= 1;
            }
            return Step::Before;
        }
        match name {
            name::HEAD => {
                self.any_tag = true;
                self.head_closed = true;
                Step::Before
            }
            name::BODY | name::HTML | name::BR => Step::Implied,
            _ => Step::Before,
        }
    }

    /// Where in the text the body is implied, if it is.
    pub(crate) fn text(&self, raw: &[u8]) -> Option<usize> {
        if self.templates > 0 {
            return None;
        }
        raw.iter().position(|&byte| !is_space(byte))
    }
}
