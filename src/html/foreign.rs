//! Inside `<svg>` and `<math>` other rules hold: `<style>` and `<title>` hold markup there,
//! and only there is `<![CDATA[` a section. So their open elements are kept on a stack.
//!
//! HTML outside of foreign content is only counted; HTML inside an integration point (such as
//! `foreignObject`) is tracked, without the parser's implied end tags but for repeated `<p>`,
//! `<li>` and the like. <https://html.spec.whatwg.org/#parsing-main-inforeign>

use super::name::{self, Name};
use super::tag::{Namespace, StartTag};

/// How deep the stack may grow; what is nested deeper is scanned as if it weren't there.
const MAX_DEPTH: usize = 512;

/// What an element lets in as HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admits {
    Nothing,
    /// `annotation-xml`: an `<svg>` of its own.
    Svg,
    /// The text elements of `<math>`: all but `mglyph` and `malignmark`.
    Text,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    name: Name,
    namespace: Namespace,
    admits: Admits,
}

impl Open {
    fn is_html(self) -> bool {
        self.namespace == Namespace::Html
    }

    fn is_integration_point(self) -> bool {
        matches!(self.admits, Admits::Text | Admits::All)
    }

    /// True if a start tag inside it follows HTML's rules.
    fn takes_as_html(self, name: Name) -> bool {
        match self.admits {
            _ if self.is_html() => true,
            Admits::All => true,
            Admits::Text => !matches!(name, name::MGLYPH | name::MALIGNMARK),
            Admits::Svg => name == name::SVG,
            Admits::Nothing => false,
        }
    }
}

/// The open elements from the outermost `svg` or `math` on; empty nearly always.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    open: Vec<Open>,
    outside: Outside,
}

impl Foreign {
    /// True if `<![CDATA[` opens a section here.
    pub(crate) fn has_cdata(&self) -> bool {
        self.open.last().is_some_and(|top| !top.is_html())
    }

    /// Whose rules hold here.
    pub(crate) fn namespace(&self) -> Namespace {
        self.open
            .last()
            .map_or(Namespace::Html, |top| top.namespace)
    }

    /// True if what a tag of this name does here depends on its attributes.
    pub(crate) fn needs_attributes(&self, name: Name) -> bool {
        matches!(name, name::FONT | name::ANNOTATION_XML) && self.has_cdata()
    }

    /// A start tag goes by: whose element is it?
    pub(crate) fn start(&mut self, tag: &StartTag<'_>, self_closing: bool) -> Namespace {
        let name = tag.name;
        let Some(top) = self
            .open
            .last()
            .copied()
            .filter(|top| !top.takes_as_html(name))
        else {
            return self.start_html(name, self_closing);
        };
        if !breaks_out(tag) {
            if !self_closing {
                let admits = admits(top.namespace, tag);
                self.push(Open {
                    name,
                    namespace: top.namespace,
                    admits,
                });
            }
            return top.namespace;
        }
        self.leave_foreign();
        self.start_html(name, self_closing)
    }

    fn start_html(&mut self, name: Name, self_closing: bool) -> Namespace {
        let html = Open {
            name,
            namespace: Namespace::Html,
            admits: Admits::Nothing,
        };
        let namespace = match name {
            name::SVG => Namespace::Svg,
            name::MATH => Namespace::MathMl,
            _ => Namespace::Html,
        };
        if namespace != Namespace::Html {
            if !self_closing {
                self.push(Open {
                    name,
                    namespace,
                    admits: Admits::Nothing,
                });
            }
            return namespace;
        }
        match self.open.last() {
            None if name::is_tracked(name) => self.outside.open(name),
            None => {}
            Some(top) => {
                let repeated = *top == html && END_TAG_OPTIONAL.contains(&name);
                if !repeated && (name == name::FORM || name::is_tracked(name)) {
                    self.push(html);
                }
            }
        }
        namespace
    }

    /// An end tag goes by: whose element does it close?
    pub(crate) fn end(&mut self, name: Name) -> Namespace {
        if self.open.is_empty() {
            self.outside.close(name);
            return Namespace::Html;
        }
        if self.has_cdata() {
            if matches!(name, name::P | name::BR) {
                self.leave_foreign();
                return Namespace::Html;
            }
            let foreign = self.open.iter().rev().take_while(|open| !open.is_html());
            let matched = foreign.clone().position(|open| open.name == name);
            if let Some(depth) = matched {
                let namespace = foreign.clone().nth(depth).map(|open| open.namespace);
                self.open
                    .truncate(self.open.len().saturating_sub(depth + 1));
                return namespace.unwrap_or(Namespace::Html);
            }
        }
        self.end_html(name);
        Namespace::Html
    }

    /// HTML's rules: the nearest element of that name closes, with all inside it, unless an
    /// integration point lies between.
    fn end_html(&mut self, name: Name) {
        let kept = self
            .open
            .iter()
            .rposition(|open| open.is_integration_point() || (open.is_html() && open.name == name));
        match kept {
            // A form's end tag takes the form away and leaves what is inside.
            Some(at) if name == name::FORM && self.is_html_at(at) => {
                self.open.remove(at);
            }
            Some(at) if self.is_html_at(at) => {
                self.open.truncate(at);
            }
            // It closes something around the drawing, and the drawing with it.
            None if self.outside.close(name) => self.open.clear(),
            _ => {}
        }
    }

    fn is_html_at(&self, at: usize) -> bool {
        self.open.get(at).is_some_and(|open| open.is_html())
    }

    /// Back to HTML or to the nearest place that takes it.
    fn leave_foreign(&mut self) {
        while self
            .open
            .last()
            .is_some_and(|top| !top.is_html() && !top.is_integration_point())
        {
            self.open.pop();
        }
    }

    fn push(&mut self, open: Open) {
        if self.open.len() < MAX_DEPTH {
            self.open.push(open);
        }
    }
}

/// How many HTML elements of each name are open around foreign content, by a hash of the name:
/// an estimate, cheap enough to be kept for every tag of every page.
#[derive(Debug)]
struct Outside([u16; 1024]);

impl Default for Outside {
    fn default() -> Self {
        Self([0; 1024])
    }
}

impl Outside {
    fn count(&mut self, name: Name) -> Option<&mut u16> {
        self.0.get_mut(usize::from(name.hash() % 1024))
    }

    fn open(&mut self, name: Name) {
        if let Some(count) = self.count(name) {
            *count = count.saturating_add(1);
        }
    }

    /// True if there was one to be closed.
    fn close(&mut self, name: Name) -> bool {
        match self.count(name) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }
}

fn admits(namespace: Namespace, tag: &StartTag<'_>) -> Admits {
    match (namespace, tag.name) {
        (Namespace::Svg, name::FOREIGN_OBJECT | name::DESC | name::TITLE) => Admits::All,
        (Namespace::MathMl, name::MI | name::MO | name::MN | name::MS | name::MTEXT) => {
            Admits::Text
        }
        (Namespace::MathMl, name::ANNOTATION_XML) => {
            let encoding = tag.attribute("encoding").map(|found| found.value());
            let is = |text: &[u8]| {
                encoding
                    .as_ref()
                    .is_some_and(|e| e.eq_ignore_ascii_case(text))
            };
            if is(b"text/html") || is(b"application/xhtml+xml") {
                Admits::All
            } else {
                Admits::Svg
            }
        }
        _ => Admits::Nothing,
    }
}

/// True of the HTML tags that end foreign content, because somebody forgot to.
fn breaks_out(tag: &StartTag<'_>) -> bool {
    if tag.name == name::FONT {
        return ["color", "face", "size"]
            .iter()
            .any(|name| tag.attribute(name).is_some());
    }
    BREAK_OUT.contains(&tag.name)
}

macro_rules! list {
    ($($text:literal)*) => { &[$(Name::of($text)),*] };
}

const BREAK_OUT: &[Name] = list![
    "b" "big" "blockquote" "body" "br" "center" "code" "dd" "div" "dl" "dt" "em" "embed" "h1"
    "h2" "h3" "h4" "h5" "h6" "head" "hr" "i" "img" "li" "listing" "menu" "meta" "nobr" "ol" "p"
    "pre" "ruby" "s" "small" "span" "strong" "strike" "sub" "sup" "table" "tt" "u" "ul" "var"
];

const END_TAG_OPTIONAL: &[Name] = list![
    "dd" "dt" "li" "optgroup" "option" "p" "rp" "rt" "tbody" "td" "tfoot" "th" "thead" "tr"
];
