//! What stands in a frame in place of what is withheld: what, from whom, and how to load it, once or always. A document
//! of its own, by plain markup, so that it works without scripts.

use super::{
    View,
    banner::ascii,
    layout::colours,
    wording::{fill, list, words},
};
use crate::{
    digest::csp_source,
    site::{AddedTags, NECESSARY, Site, Words},
};
use maud::{DOCTYPE, PreEscaped, html};

/// Small frames are common: everything in one column, as tight as it stays readable.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/placeholder.css"));

/// Everything that the placeholders of all pages share, for one decision and language.
#[derive(Debug, Clone)]
pub struct Placeholder {
    words: Option<Words>,
    language: String,
    style: String,
    action: String,
    /// Whether the page's policy keeps frames from going elsewhere: what is loaded once opens beside it.
    beside: bool,
    /// What is granted now, as the fields of a form: it stays granted.
    granted: Vec<(&'static str, String)>,
}

/// One of those on whose account a frame is withheld.
#[derive(Debug, Clone)]
pub struct Withheld {
    /// What people know it by.
    pub name: String,
    /// Who is behind it.
    pub company: String,
    /// The field of a form that grants it; nothing if it can't be granted.
    pub field: Option<(&'static str, String)>,
}

impl Placeholder {
    /// For the frames of pages with this decision.
    #[must_use]
    pub fn new(view: &View<'_>) -> Self {
        let (site, decision) = (view.site, view.decision);
        // What a signal denies now stays denied: this is about one service.
        let categories = site
            .optional()
            .filter(|category| decision.grants(site, &category.id))
            .map(|category| ("category", category.id.clone()));
        let services = decision.differing(site).map(|(id, granted)| {
            let sign = if granted { "" } else { "-" };
            ("service", format!("{sign}{id}"))
        });
        Self {
            words: words(site, view.language).copied(),
            language: view.language.to_owned(),
            style: style(site),
            action: format!("{}/choice", site.base),
            beside: site.consent.added_tags == AddedTags::Policy && !decision.asks(),
            granted: categories.chain(services).collect(),
        }
    }

    /// The document for one frame; `address` is where it would lead, `return_to` where a choice leads back to. ASCII only,
    /// as the page may be in any encoding.
    #[must_use]
    pub fn document(
        &self,
        withheld: &[Withheld],
        address: Option<&str>,
        return_to: &str,
    ) -> String {
        let Some(words) = &self.words else {
            return String::new();
        };
        let names = list(words, withheld.iter().map(|one| one.name.as_str()));
        let mut companies: Vec<&str> = Vec::new();
        for one in withheld {
            if !companies.contains(&one.company.as_str()) {
                companies.push(&one.company);
            }
        }
        let company = list(words, companies);
        let title = fill(&words.held_title, &[("service", &names)]);
        let wanted: Option<Vec<_>> = withheld.iter().map(|one| one.field.as_ref()).collect();
        let markup = html! {
            (DOCTYPE)
            html lang=(self.language) dir=(words.direction) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width";
                    title { (title) }
                    style { (PreEscaped(&self.style)) }
                }
                body {
                    main {
                        h1 { (title) }
                        p { (fill(&words.held_text, &[("company", &company)])) }
                        div {
                            @if let Some(address) = address {
                                a href=(address) target=[self.beside.then_some("_blank")] rel=[self.beside.then_some("noopener")] { (words.held_load_once) }
                            }
                            @if let Some(wanted) = wanted {
                                form method="post" action=(self.action) target="_top" {
                                    @for (key, value) in self.granted.iter().filter(|(_, value)| !refuses(value, &wanted)) {
                                        input type="hidden" name=(key) value=(value);
                                    }
                                    @for (key, value) in wanted.iter().filter(|(_, id)| id != NECESSARY) {
                                        input type="hidden" name=(key) value=(value);
                                    }
                                    input type="hidden" name="return_to" value=(return_to);
                                    button name="decision" value="save" { (fill(&words.held_always_allow, &[("service", &names)])) }
                                }
                            }
                        }
                    }
                }
            }
        };
        ascii(&markup.into_string())
    }
}

/// Whether a field is the present no to something that is wanted: sent both ways, the no would win.
fn refuses(value: &str, wanted: &[&(&'static str, String)]) -> bool {
    value
        .strip_prefix('-')
        .is_some_and(|refused| wanted.iter().any(|(_, id)| id == refused))
}

fn style(site: &Site) -> String {
    let mut text = colours(":root", site);
    text.push_str(STYLE);
    text
}

/// The source that a page's Content-Security-Policy needs for a placeholder, whose document inherits it.
#[must_use]
pub fn csp_source_of(site: &Site) -> String {
    let source = site
        .kept
        .get("placeholder source", || csp_source(&style(site)));
    String::clone(&source)
}
