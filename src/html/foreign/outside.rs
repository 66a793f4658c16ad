//! What is known of HTML around drawings: enough to see which tags reach out of one, or into one.

use super::list;
use crate::html::name::{self, Name};

pub(super) const TABLE: Name = Name::of("table");

pub(super) const TABLE_PARTS: &[Name] =
    list!["caption" "col" "colgroup" "tbody" "td" "tfoot" "th" "thead" "tr"];

/// Behind these a template may still hold anything.
const SAY_NOTHING: &[Name] = list![
    "base" "basefont" "bgsound" "col" "link" "meta" "noframes" "script" "style" "template" "title"
];

/// How deep templates may be nested.
const MAX_TEMPLATES: usize = 512;

/// How many HTML elements of each name are open around foreign content, by a hash of the name:
/// an estimate, cheap enough to be kept for every tag of every page.
#[derive(Debug)]
pub(super) struct Outside {
    counts: [u16; 1024],
    /// Outside of any template.
    page: Part,
    templates: Vec<Part>,
    /// A form may be open.
    form: bool,
}

/// A page, or a template, without the templates in it.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// How many tables may be open.
    tables: u32,
    holds: Holds,
}

/// What a template holds, by its first tag: <https://html.spec.whatwg.org/#parsing-main-intemplate>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Holds {
    /// Nothing so far that says so.
    #[default]
    Anything,
    /// Columns: the parser ignores all else.
    Columns,
    Other,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            counts: [0; 1024],
            page: Part::default(),
            templates: Vec::new(),
            form: false,
        }
    }
}

impl Outside {
    pub(super) fn start(&mut self, name: Name) {
        let in_template = self.has_template();
        let part = self.templates.last_mut().unwrap_or(&mut self.page);
        if name == name::COL && part.holds == Holds::Anything {
            part.holds = Holds::Columns;
        } else if !SAY_NOTHING.contains(&name) {
            part.holds = Holds::Other;
        }
        match name {
            TABLE => part.tables = part.tables.saturating_add(1),
            // As the first in a template it stands for a table.
            _ if TABLE_PARTS.contains(&name) => {
                part.tables = part.tables.max(u32::from(in_template));
            }
            name::TEMPLATE => self.templates.push(Part::default()),
            name::FORM => self.form = true,
            _ => {}
        }
        if name::is_tracked(name)
            && let Some(count) = self.count(name)
        {
            *count = count.saturating_add(1);
        }
    }

    pub(super) fn end(&mut self, name: Name) {
        match name {
            name::TEMPLATE => {
                self.templates.pop();
            }
            TABLE => {
                let part = self.templates.last_mut().unwrap_or(&mut self.page);
                part.tables = part.tables.saturating_sub(1);
            }
            name::FORM if !self.has_template() => self.form = false,
            _ => {}
        }
        if let Some(count) = self.count(name) {
            *count = count.saturating_sub(1);
        }
    }

    pub(super) fn has(&self, name: Name) -> bool {
        match name {
            name::TEMPLATE => self.has_template(),
            TABLE => self.templates.last().unwrap_or(&self.page).tables > 0,
            _ => {
                let count = self.counts.get(usize::from(name.hash() % 1024));
                count.is_some_and(|count| *count > 0)
            }
        }
    }

    pub(super) fn has_template(&self) -> bool {
        !self.templates.is_empty()
    }

    pub(super) fn may_have_form(&self) -> bool {
        self.form
    }

    /// True where the parser ignores everything but columns and templates.
    pub(super) fn ignores(&self) -> bool {
        self.templates
            .last()
            .is_some_and(|part| part.holds == Holds::Columns)
    }

    /// True if there is no room for another template.
    pub(super) fn is_full(&self) -> bool {
        self.templates.len() >= MAX_TEMPLATES
    }

    fn count(&mut self, name: Name) -> Option<&mut u16> {
        self.counts.get_mut(usize::from(name.hash() % 1024))
    }
}
