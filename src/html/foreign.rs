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

/// What an end tag does, as far as is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// There is no drawing here.
    Outside,
    /// It ends what is foreign because HTML's `p` or `br` must stand outside.
    Leaves,
    /// It closes the foreign element at this depth.
    Foreign(usize),
    /// It closes the element at this depth, of HTML inside a drawing.
    Html(usize),
    /// It closes something around the drawing, and the drawing with it. The parser may ignore it all the same, if a border
    /// lies between.
    Around,
    /// Nothing to the drawing.
    Nothing,
    /// Nothing, unless the parser knows better.
    Doubtful,
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

    /// True inside a drawing.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
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
            Some(_) => {
                if CLOSES_P.contains(&name) {
                    self.close_p();
                }
                let repeated = self.open.last() == Some(&html) && END_TAG_OPTIONAL.contains(&name);
                let counts = name == name::FORM || name::is_tracked(name);
                if !repeated && counts && !self.is_ignored(name) {
                    self.push(html);
                }
            }
        }
        namespace
    }

    /// A paragraph ends where something begins that can't stand in it.
    fn close_p(&mut self) {
        let near = |open: &&Open| open.is_html() && !BORDERS.contains(&open.name);
        let run = self.open.iter().rev().take_while(near);
        if let Some(depth) = run.clone().position(|open| open.name == name::P) {
            let kept = self.open.len().saturating_sub(depth + 1);
            self.open.truncate(kept);
        }
    }

    /// Parts of a table mean nothing outside of one.
    fn is_ignored(&self, name: Name) -> bool {
        let here = self.open.iter().rev().take_while(|open| open.is_html());
        TABLE_PARTS.contains(&name)
            && !here
                .clone()
                .any(|open| matches!(open.name, TABLE | name::TEMPLATE))
    }

    /// An end tag goes by: whose element does it close?
    pub(crate) fn end(&mut self, name: Name) -> Namespace {
        match self.fate(name) {
            Fate::Outside => {
                self.outside.close(name);
            }
            Fate::Leaves => self.leave_foreign(),
            Fate::Foreign(at) => {
                let namespace = self.open.get(at).map(|open| open.namespace);
                self.open.truncate(at);
                return namespace.unwrap_or(Namespace::Html);
            }
            // It takes the form away and leaves what is inside.
            Fate::Html(at) if name == name::FORM => {
                self.open.remove(at);
            }
            Fate::Html(at) => self.open.truncate(at),
            Fate::Around => {
                self.outside.close(name);
                self.open.clear();
            }
            Fate::Nothing | Fate::Doubtful => {}
        }
        Namespace::Html
    }

    /// What an end tag does here.
    pub(crate) fn fate(&self, name: Name) -> Fate {
        if self.open.is_empty() {
            return Fate::Outside;
        }
        if self.has_cdata() {
            if matches!(name, name::P | name::BR) {
                return Fate::Leaves;
            }
            let html = self.open.iter().rposition(|open| open.is_html());
            let foreign = self.open.iter().rposition(|open| open.name == name);
            if let Some(at) = foreign.filter(|at| html.is_none_or(|html| html < *at)) {
                return Fate::Foreign(at);
            }
        }
        // HTML's rules: the nearest element of that name closes, with all inside it, unless an integration point lies
        // between.
        let kept = self
            .open
            .iter()
            .rposition(|open| open.is_integration_point() || (open.is_html() && open.name == name));
        match kept {
            Some(at) if self.open.get(at).is_some_and(|open| open.is_html()) => Fate::Html(at),
            // By the standard nothing but a template is closed across an integration point; parsers differ.
            Some(_) if !self.is_crossed(name) => Fate::Nothing,
            // These leave open what is open.
            None if matches!(name, name::BODY | name::HTML | name::FORM) => Fate::Nothing,
            None if self.outside.has(name) => Fate::Around,
            Some(_) | None => Fate::Doubtful,
        }
    }

    /// Whether an end tag may close something beyond an integration point.
    fn is_crossed(&self, name: Name) -> bool {
        let own = |open: &Open| open.is_html() && open.name == name;
        name == name::TEMPLATE
            || (!matches!(name, name::P | name::BR)
                && (self.outside.has(name) || self.open.iter().any(own)))
    }

    /// The end tags that an end tag wants before it, so that nobody takes it to close less than all that is inside:
    /// <https://html.spec.whatwg.org/#adoption-agency-algorithm>
    pub(crate) fn wanted_before(&self, fate: Fate) -> impl Iterator<Item = Name> {
        let formats = |open: &Open| FORMATTING.contains(&open.name);
        let inside = match fate {
            Fate::Around => self.open.as_slice(),
            Fate::Html(at) if self.open.get(at).is_some_and(formats) => {
                self.open.get(at.saturating_add(1)..).unwrap_or_default()
            }
            _ => &[],
        };
        let names = inside.iter().rev().map(|open| open.name);
        names.filter(|name| name.len().is_some())
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

    fn has(&self, name: Name) -> bool {
        let count = self.0.get(usize::from(name.hash() % 1024));
        count.is_some_and(|count| *count > 0)
    }

    fn close(&mut self, name: Name) {
        if let Some(count) = self.count(name) {
            *count = count.saturating_sub(1);
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

const TABLE: Name = Name::of("table");

const TABLE_PARTS: &[Name] =
    list!["caption" "col" "colgroup" "tbody" "td" "tfoot" "th" "thead" "tr"];

/// Across these no end of a paragraph is implied.
const BORDERS: &[Name] =
    list!["applet" "button" "caption" "marquee" "object" "table" "td" "template" "th"];

const CLOSES_P: &[Name] = list![
    "address" "article" "aside" "blockquote" "center" "dd" "details" "dialog" "dir" "div" "dl"
    "dt" "fieldset" "figcaption" "figure" "footer" "form" "h1" "h2" "h3" "h4" "h5" "h6" "header"
    "hgroup" "hr" "li" "listing" "main" "menu" "nav" "ol" "p" "plaintext" "pre" "search" "section"
    "summary" "table" "ul" "xmp"
];

const FORMATTING: &[Name] = list![
    "a" "b" "big" "code" "em" "font" "i" "nobr" "s" "small" "strike" "strong" "tt" "u"
];

const END_TAG_OPTIONAL: &[Name] = list![
    "dd" "dt" "li" "optgroup" "option" "p" "rp" "rt" "tbody" "td" "tfoot" "th" "thead" "tr"
];
