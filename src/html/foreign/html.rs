//! HTML inside a drawing: what has to be closed by name, and what is better left out, so that the stack is the parser's.
//!
//! Closing more than the parser would is harmless, as long as it is written; closing less, or taking for open what the
//! parser has closed, is not. So this is coarser than <https://html.spec.whatwg.org/#parsing-main-inbody>.

use super::outside::{TABLE, TABLE_PARTS};
use super::{Does, Foreign, Open, Step, list};
use crate::html::name::{self, Name};

const BUTTON: Name = Name::of("button");
const LI: Name = Name::of("li");
const NOBR: Name = Name::of("nobr");
const OPTION: Name = Name::of("option");
const OPTGROUP: Name = Name::of("optgroup");
const RTC: Name = Name::of("rtc");
const SELECT: Name = Name::of("select");
const COLGROUP: Name = Name::of("colgroup");

impl Foreign {
    /// A start tag of HTML, of which the first `keep` elements see.
    pub(super) fn start_html(&self, name: Name, keep: usize) -> Step {
        if TABLE_PARTS.contains(&name) {
            return self.start_part(name, keep);
        }
        let mut keep = self.close_columns(name, keep);
        match name {
            TABLE if !self.takes_table(keep) => return Step::dropped(keep),
            TABLE => keep = self.nearest(keep, &[TABLE], CELLS).unwrap_or(keep),
            name::FORM if self.may_have_form(keep) => return Step::dropped(keep),
            name::A | NOBR => match self.nearest(keep, &[name], MARKERS) {
                Some(at) => keep = at,
                None if self.open.iter().any(|open| open.is(name)) => return Step::dropped(keep),
                None => {}
            },
            LI => keep = self.nearest(keep, &[LI], LISTS).unwrap_or(keep),
            _ if TERMS.contains(&name) => {
                keep = self.nearest(keep, TERMS, TERM_LISTS).unwrap_or(keep);
            }
            BUTTON => keep = self.nearest(keep, &[BUTTON], SCOPES).unwrap_or(keep),
            name::INPUT | name::KEYGEN | name::TEXTAREA => {
                keep = self.nearest(keep, &[SELECT], CELLS).unwrap_or(keep);
            }
            SELECT => {
                if let Some(at) = self.nearest(keep, &[SELECT], CELLS) {
                    return Step::dropped(at);
                }
            }
            OPTION | OPTGROUP | name::HR if self.nearest(keep, &[SELECT], CELLS).is_some() => {
                let most = if name == OPTION { OPTGROUP } else { Name::LONG };
                keep = self.without_implied(keep, most);
            }
            OPTION | OPTGROUP if self.top(keep).is_some_and(|top| top.is(OPTION)) => keep -= 1,
            _ if RUBY.contains(&name) => keep = self.without_implied(keep, RTC),
            _ => {}
        }
        if CLOSES_P.contains(&name) {
            keep = self.nearest(keep, &[name::P], BORDERS).unwrap_or(keep);
        }
        if HEADINGS.contains(&name) && self.top(keep).is_some_and(|top| top.is_among(HEADINGS)) {
            keep -= 1;
        }
        let does = if name == name::FORM || name::is_tracked(name) {
            Does::Opens(Open::html(name))
        } else {
            Does::Nothing
        };
        Step::html(keep, does)
    }

    /// Parts of a table mean nothing outside of one; or they belong to a table around the drawing, and would end it.
    fn start_part(&self, name: Name, keep: usize) -> Step {
        if self.nearest(keep, &[TABLE], &[name::TEMPLATE]).is_none() {
            return Step::dropped(keep);
        }
        let context: &[Name] = match name {
            name::COL => list!["table" "colgroup"],
            TR => list!["table" "tbody" "tfoot" "thead"],
            TD | TH => list!["table" "tbody" "tfoot" "thead" "tr"],
            _ => list!["table"],
        };
        let at = self.nearest(keep, context, &[]);
        let keep = at.map_or(keep, |at| at + 1);
        let does = if name == name::COL {
            Does::Nothing
        } else {
            Does::Opens(Open::html(name))
        };
        Step::html(keep, does)
    }

    /// Nothing but `<col>` and templates stand in a group of columns.
    fn close_columns(&self, name: Name, keep: usize) -> usize {
        let inside = self.top(keep).is_some_and(|top| top.is(COLGROUP));
        keep - usize::from(inside && name != name::TEMPLATE)
    }

    /// False if a table may close one that the drawing stands in.
    fn takes_table(&self, keep: usize) -> bool {
        let here = self.barrier(keep);
        let known = |open: &&Open| open.is_among(CELLS) || open.is(TABLE);
        let inside = self.open.get(..here).unwrap_or_default();
        match inside.iter().rev().find(known) {
            _ if self.nearest(keep, KNOWN_TABLE, &[]).is_some() => true,
            Some(open) => !open.is(TABLE),
            None => !self.outside.has(TABLE),
        }
    }

    /// True if the parser may ignore a form, or close it at once.
    fn may_have_form(&self, keep: usize) -> bool {
        let kept = self.open.get(..keep).unwrap_or_default();
        self.outside.may_have_form()
            || self.outside.has(TABLE)
            || kept.iter().any(|open| open.is_among(FORM_DOUBTS))
    }

    /// An end tag by HTML's rules.
    pub(super) fn end_html(&self, name: Name, keep: usize) -> Step {
        let borders: &[Name] = match name {
            name::TEMPLATE => &[],
            TABLE => &[name::TEMPLATE],
            _ if TABLE_PARTS.contains(&name) => list!["table" "template"],
            name::P => BORDERS,
            _ => SCOPES,
        };
        let names: &[Name] = if HEADINGS.contains(&name) {
            HEADINGS
        } else {
            &[name]
        };
        // Two that open what isn't open, or close it.
        if name == name::BR {
            return Step::html(keep, Does::Nothing);
        }
        if let Some(at) = self.nearest(keep, names, borders) {
            return Step::html(at + 1, Does::Closes);
        }
        if name == name::P {
            return Step::html(keep, Does::Nothing);
        }
        let crosses = TABLE_PARTS.contains(&name) || matches!(name, TABLE | name::TEMPLATE);
        if self.barrier(keep) > 0 {
            return if crosses {
                self.end_across(name, borders)
            } else {
                Step::dropped(self.open.len())
            };
        }
        match name {
            // These leave open what is open.
            name::BODY | name::HTML => Step::html(self.open.len(), Does::Nothing),
            name::FORM if !self.outside.has_template() => Step::html(0, Does::EndsOutside),
            _ if self.outside.has(name) => Step::html(0, Does::EndsOutside),
            _ => Step::dropped(self.open.len()),
        }
    }

    /// Ends of tables and templates reach through drawings.
    fn end_across(&self, name: Name, borders: &[Name]) -> Step {
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.is(name) {
                return Step::html(at + 1, Does::Closes);
            }
            if open.is_among(borders) {
                return Step::dropped(self.open.len());
            }
        }
        if self.outside.has(name) {
            Step::html(0, Does::EndsOutside)
        } else {
            Step::dropped(self.open.len())
        }
    }

    /// Where the nearest element of one of these names stands, if no border and no way into the drawing lies between.
    fn nearest(&self, keep: usize, names: &[Name], borders: &[Name]) -> Option<usize> {
        let from = self.barrier(keep);
        let here = self.open.get(from..keep).unwrap_or_default();
        let at = here
            .iter()
            .rposition(|open| open.is_among(names) || open.is_among(borders))?;
        let found = here.get(at).is_some_and(|open| open.is_among(names));
        found.then_some(from + at)
    }

    /// Behind the last of the elements that nothing but tables is closed across.
    fn barrier(&self, keep: usize) -> usize {
        let kept = self.open.get(..keep).unwrap_or_default();
        let bars = |open: &Open| open.admits != super::Admits::Nothing;
        kept.iter().rposition(bars).map_or(0, |at| at + 1)
    }

    fn top(&self, keep: usize) -> Option<Open> {
        let last = keep.checked_sub(1)?;
        self.open.get(last).copied()
    }

    /// Without those at the top whose end tags are implied.
    fn without_implied(&self, mut keep: usize, except: Name) -> usize {
        while let Some(top) = self.top(keep)
            && top.is_among(IMPLIED)
            && top.name != except
        {
            keep -= 1;
        }
        keep
    }
}

const TR: Name = Name::of("tr");
const TD: Name = Name::of("td");
const TH: Name = Name::of("th");

/// In these a table is one of its own.
const CELLS: &[Name] = list!["td" "th" "caption" "template"];
const KNOWN_TABLE: &[Name] = list!["td" "th" "caption" "template" "table"];

const FORM_DOUBTS: &[Name] = list!["form" "table" "template"];

/// Across these no element is closed by the end tag of another.
const SCOPES: &[Name] =
    list!["applet" "caption" "marquee" "object" "select" "table" "td" "template" "th"];

/// Across these no end of a paragraph is implied.
const BORDERS: &[Name] =
    list!["applet" "button" "caption" "marquee" "object" "select" "table" "td" "template" "th"];

/// Across these no formatting is looked for.
const MARKERS: &[Name] = list!["applet" "caption" "marquee" "object" "td" "template" "th"];

const LISTS: &[Name] = list![
    "applet" "button" "caption" "marquee" "menu" "object" "ol" "select" "table" "td" "template"
    "th" "ul"
];

const TERMS: &[Name] = list!["dd" "dt"];

const TERM_LISTS: &[Name] = list![
    "applet" "button" "caption" "dl" "marquee" "object" "select" "table" "td" "template" "th"
];

const HEADINGS: &[Name] = list!["h1" "h2" "h3" "h4" "h5" "h6"];

const RUBY: &[Name] = list!["rb" "rp" "rt" "rtc"];

const IMPLIED: &[Name] = list!["dd" "dt" "li" "optgroup" "option" "p" "rb" "rp" "rt" "rtc"];

const CLOSES_P: &[Name] = list![
    "address" "article" "aside" "blockquote" "center" "dd" "details" "dialog" "dir" "div" "dl"
    "dt" "fieldset" "figcaption" "figure" "footer" "form" "h1" "h2" "h3" "h4" "h5" "h6" "header"
    "hgroup" "hr" "li" "listing" "main" "menu" "nav" "ol" "p" "plaintext" "pre" "search" "section"
    "summary" "table" "ul" "xmp"
];
