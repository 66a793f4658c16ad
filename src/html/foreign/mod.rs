//! Inside `<svg>` and `<math>` other rules hold: `<style>` and `<title>` hold markup there,
//! and only there is `<![CDATA[` a section. So their open elements are kept on a stack.
//! <https://html.spec.whatwg.org/#parsing-main-inforeign>
//!
//! HTML outside of foreign content is only counted; HTML inside an integration point (such as `foreignObject`) is kept on
//! the same stack, by rules simpler than the parser's. Where a tag there does more than open or close one element, the
//! [`Step`] says what is to be closed first, or that the tag is better left out: written so, the page means the same to
//! every parser, and to this stack.

mod html;
mod outside;

use self::outside::Outside;
use super::name::{self, Name};
use super::tag::{Namespace, StartTag};

/// How deep the stack may grow.
const MAX_DEPTH: usize = 512;

/// How many names too long for a [`Name`] are told apart.
const MAX_LONG: usize = 64;

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
    fn html(name: Name) -> Self {
        Self {
            name,
            namespace: Namespace::Html,
            admits: Admits::Nothing,
        }
    }

    fn is_html(self) -> bool {
        self.namespace == Namespace::Html
    }

    fn is(self, name: Name) -> bool {
        self.is_html() && self.name == name
    }

    fn is_among(self, names: &[Name]) -> bool {
        self.is_html() && names.contains(&self.name)
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

/// What a tag does to the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Whose element it is, or ends.
    pub(crate) namespace: Namespace,
    /// False if the tag had better not be there: the parser ignores it, or may take it for something else.
    pub(crate) passes: bool,
    /// How many open elements stay open before the tag itself.
    keep: usize,
    /// Those above have to be closed by end tags of their own, so that no parser thinks otherwise.
    closes: bool,
    does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Nothing,
    Opens(Open),
    /// The topmost of those that stay.
    Closes,
    /// It stands outside of all drawings.
    StartsOutside,
    EndsOutside,
}

impl Step {
    fn new(namespace: Namespace, keep: usize, does: Does) -> Self {
        Self {
            namespace,
            passes: true,
            keep,
            closes: false,
            does,
        }
    }

    fn html(keep: usize, does: Does) -> Self {
        Self {
            closes: true,
            ..Self::new(Namespace::Html, keep, does)
        }
    }

    /// The tag goes, and nothing happens but what is closed.
    fn dropped(keep: usize) -> Self {
        Self {
            passes: false,
            ..Self::html(keep, Does::Nothing)
        }
    }

    /// The same of a tag that is taken out of the page.
    pub(crate) fn gone(self) -> Self {
        Self {
            does: Does::Nothing,
            ..self
        }
    }

    /// The same of a tag that closes itself, where that means something.
    pub(crate) fn self_closed(self) -> Self {
        if self.namespace == Namespace::Html {
            self
        } else {
            self.gone()
        }
    }
}

/// The open elements from the outermost `svg` or `math` on; empty nearly always.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    open: Vec<Open>,
    outside: Outside,
    /// Names that are too long, lower-cased; see [`Name::long`].
    long: Vec<Vec<u8>>,
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

    /// True if what a tag of this name does here depends on its attributes.
    pub(crate) fn needs_attributes(&self, name: Name) -> bool {
        matches!(name, name::FONT | name::ANNOTATION_XML) && self.has_cdata()
    }

    /// True if a tag here may have to be left out, or others to be closed before it.
    pub(crate) fn may_settle(&self, name: Name) -> bool {
        self.is_open() || self.outside.ignores() || name == name::TEMPLATE
    }

    /// The name of a tag, told apart even if it is long; `raw` begins with `lead` bytes before it.
    pub(crate) fn name(&mut self, name: Name, raw: &[u8], lead: usize) -> Name {
        if name != Name::LONG || self.open.is_empty() {
            return name;
        }
        let spelled = raw.get(lead..).unwrap_or_default();
        let Some(end) = spelled.iter().position(|&byte| super::tag::ends_name(byte)) else {
            return name;
        };
        let spelled = spelled.get(..end).unwrap_or_default().to_ascii_lowercase();
        let known = self.long.iter().position(|own| *own == spelled);
        if known.is_none() && self.long.len() < MAX_LONG {
            self.long.push(spelled);
            return Name::long(self.long.len().saturating_sub(1));
        }
        known.map_or(name, Name::long)
    }

    /// What a start tag does, whose name may be another than its own if that is long.
    pub(crate) fn start(&self, name: Name, tag: &StartTag<'_>) -> Step {
        let depth = self.open.len();
        let Some(top) = self.open.last().copied() else {
            return self.start_outside(name);
        };
        let mut keep = depth;
        if !top.takes_as_html(name) {
            // What makes the difference may stand where nobody has read it.
            let unknown = !tag.whole && self.needs_attributes(name);
            if unknown || name == Name::LONG {
                return Step::dropped(depth);
            }
            if !breaks_out(tag) {
                let opens = Open {
                    name,
                    namespace: top.namespace,
                    admits: admits(top.namespace, tag),
                };
                return self.opening(Step::new(top.namespace, depth, Does::Opens(opens)));
            }
            keep = self.left();
            if keep == 0 {
                return Step::new(Namespace::Html, 0, Does::StartsOutside);
            }
        }
        let step = match name {
            name::SVG | name::MATH => drawing(name, keep),
            _ => self.start_html(name, keep),
        };
        self.opening(step)
    }

    /// A start tag outside of all drawings.
    fn start_outside(&self, name: Name) -> Step {
        match name {
            name::COL => Step::new(Namespace::Html, 0, Does::StartsOutside),
            _ if name != name::TEMPLATE && self.outside.ignores() => Step::dropped(0),
            name::SVG | name::MATH => drawing(name, 0),
            name::TEMPLATE if self.outside.is_full() => Step::dropped(0),
            _ => Step::new(Namespace::Html, 0, Does::StartsOutside),
        }
    }

    /// There is no room for what can't be kept in mind.
    fn opening(&self, step: Step) -> Step {
        match step.does {
            Does::Opens(open) if step.keep >= MAX_DEPTH || open.name == Name::LONG => {
                Step::dropped(self.open.len())
            }
            _ => step,
        }
    }

    /// What an end tag does.
    pub(crate) fn end(&self, name: Name) -> Step {
        if self.open.is_empty() && self.outside.ignores() && name != name::TEMPLATE {
            return Step::dropped(0);
        }
        if self.open.is_empty() {
            return Step::new(Namespace::Html, 0, Does::EndsOutside);
        }
        let mut keep = self.open.len();
        if self.has_cdata() {
            let html = self.open.iter().rposition(|open| open.is_html());
            let foreign = self.open.iter().rposition(|open| open.name == name);
            match foreign.filter(|at| html.is_none_or(|html| html < *at)) {
                _ if matches!(name, name::P | name::BR) => keep = self.left(),
                Some(at) if name != Name::LONG => {
                    let namespace = self.open.get(at).map(|open| open.namespace);
                    return Step::new(namespace.unwrap_or(Namespace::Html), at, Does::Nothing);
                }
                _ => {}
            }
            if keep == 0 {
                return Step::new(Namespace::Html, 0, Does::EndsOutside);
            }
        }
        self.end_html(name, keep)
    }

    /// Takes a step.
    pub(crate) fn take(&mut self, name: Name, step: Step) {
        self.open.truncate(step.keep);
        match step.does {
            Does::Nothing => {}
            Does::Opens(open) => self.open.push(open),
            Does::Closes => {
                self.open.pop();
            }
            Does::StartsOutside => self.outside.start(name),
            Does::EndsOutside => self.outside.end(name),
        }
    }

    /// Writes the end tags that a step wants before its tag.
    pub(crate) fn write_closed(&self, step: Step, out: &mut Vec<u8>) {
        let closed = self.open.get(step.keep..).filter(|_| step.closes);
        for open in closed.unwrap_or_default().iter().rev() {
            out.extend_from_slice(b"</");
            match open.name.long_index() {
                Some(index) => out.extend(self.long.get(index).into_iter().flatten()),
                None => out.extend(open.name.bytes()),
            }
            out.push(b'>');
        }
    }

    /// How many stay open when foreign content is left for HTML, or for the nearest place that takes it.
    fn left(&self) -> usize {
        let stays = |open: &Open| open.is_html() || open.is_integration_point();
        self.open.iter().rposition(stays).map_or(0, |at| at + 1)
    }
}

fn drawing(name: Name, keep: usize) -> Step {
    let namespace = if name == name::SVG {
        Namespace::Svg
    } else {
        Namespace::MathMl
    };
    let opens = Open {
        name,
        namespace,
        admits: Admits::Nothing,
    };
    Step::new(namespace, keep, Does::Opens(opens))
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
use list;

const BREAK_OUT: &[Name] = list![
    "b" "big" "blockquote" "body" "br" "center" "code" "dd" "div" "dl" "dt" "em" "embed" "h1"
    "h2" "h3" "h4" "h5" "h6" "head" "hr" "i" "img" "li" "listing" "menu" "meta" "nobr" "ol" "p"
    "pre" "ruby" "s" "small" "span" "strong" "strike" "sub" "sup" "table" "tt" "u" "ul" "var"
];
