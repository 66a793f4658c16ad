//! The banner: markup in a declarative shadow root, first in a page the `<body>`'s own.
//!
//! The body's own children stay where they are and show through the slot, so that a framework which hydrates the whole
//! document meets just the nodes it rendered; the page's styles don't reach in, ours don't leak out, and a filter list's
//! selectors don't find it (docs/adr/0003).

use super::{
    View,
    layout::{self, DIALOG, RELEASE, SCRIPT, colours},
    wording::{Banner, words},
};
use crate::{
    decision::State,
    digest::csp_source,
    find::parts,
    site::{Corner, Site},
};
use maud::{Markup, html};

/// The banner's styles, without the site's colours.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/banner.css"));

/// Stands in markup for where a choice leads back to, which differs from page to page.
const RETURN_TO: &str = "\u{1}";

/// The banner of all pages that differ only in where a choice leads back to.
#[derive(Debug, Clone)]
pub struct Template(Vec<String>);

impl Template {
    /// For this decision and language.
    #[must_use]
    pub fn new(view: &View<'_>) -> Self {
        let view = View {
            return_to: RETURN_TO,
            ..*view
        };
        Self(
            parts(&markup(&view), RETURN_TO)
                .map(str::to_owned)
                .collect(),
        )
    }

    /// The markup for one page.
    #[must_use]
    pub fn fill(&self, return_to: &str) -> String {
        self.0.join(&ascii(&html! { (return_to) }.into_string()))
    }
}

/// What stands in the shadow root: ASCII only, so that it is right in every encoding that the web uses but UTF-16.
#[must_use]
pub fn markup(view: &View<'_>) -> String {
    let site = view.site;
    let Some(words) = words(site, view.language) else {
        return String::new();
    };
    let wording = Banner::new(site, view.language, Some(view.decision));
    let state = State::new(site, view.decision).json();
    let markup = html! {
        section class=(corner(site.banner.corner)) lang=(view.language) dir=(words.direction) aria-labelledby="t" data-nosnippet data-state=(state) {
            h2 #t { (wording.title) }
            p {
                (wording.text)
                @if let Some(third_parties) = &wording.third_parties { " " (third_parties) }
            }
            p {
                a href=(site.policy_path) { (words.policy_link) }
                @if !site.banner.customise_button {
                    " · "
                    a href={ (site.base) "/" } data-consent="preferences" { (words.settings_link) }
                }
            }
            @if view.decision.asks_some() { (again(view, &wording)) } @else { (first(view, &wording)) }
            @if site.banner.customise_button {
                a.customise href={ (site.base) "/" } data-consent="preferences" { (wording.customise) }
            }
        }
        p role="status" {}
    };
    format!(
        "<style>{}</style>{}<script>{SCRIPT}</script>",
        style(site),
        ascii(&markup.into_string())
    )
}

/// The banner as the shadow root of the element it stands in, which must be the body.
#[must_use]
pub fn in_body(markup: &str) -> String {
    format!("<template shadowrootmode=\"open\">{markup}<slot></slot></template>")
}

/// The banner in a host of its own: behind the document's end nobody knows which element is still open, and that one
/// must not get a shadow root.
#[must_use]
pub fn behind(markup: &str) -> String {
    format!("<div data-consent-banner><template shadowrootmode=\"open\">{markup}</template></div>")
}

/// One form, two buttons: same size, same weight, same layer (EDPB Cookie Banner Taskforce report, §§8, 17).
fn first(view: &View<'_>, wording: &Banner<'_>) -> Markup {
    html! {
        form method="post" action={ (view.site.base) "/choice" } {
            input type="hidden" name="surface" value="banner";
            input type="hidden" name="return_to" value=(view.return_to);
            button name="decision" value="accept" { (wording.accept) }
            button name="decision" value="reject" { (wording.refuse) }
        }
    }
}

/// Where only some categories are asked again, each button is a form of its own that repeats the answers that stand.
#[inline(never)] // apart: scripts/build.mjs
fn again(view: &View<'_>, wording: &Banner<'_>) -> Markup {
    let form = |grant: bool, label: &str| {
        html! {
            form method="post" action={ (view.site.base) "/choice" } {
                input type="hidden" name="surface" value="banner";
                input type="hidden" name="return_to" value=(view.return_to);
                @for (category, verdict) in view.site.optional().zip(&view.decision.categories) {
                    @let granted = if verdict.ask { grant } else { verdict.granted };
                    @if granted { input type="hidden" name="category" value=(category.id); }
                }
                @for (service, value) in view.decision.differing(view.site) {
                    input type="hidden" name="service" value={ @if !value { "-" } (service) };
                }
                button name="decision" value="save" { (label) }
            }
        }
    };
    html! { div.pair { (form(true, wording.accept)) (form(false, wording.refuse)) } }
}

pub(super) fn corner(corner: Corner) -> &'static str {
    match corner {
        Corner::BottomLeft => "bl",
        Corner::BottomRight => "br",
        Corner::Bottom => "b",
        Corner::TopLeft => "tl",
        Corner::TopRight => "tr",
        Corner::Top => "t",
    }
}

pub(super) fn style(site: &Site) -> String {
    let mut text = colours("section", site);
    text.push_str(STYLE);
    text
}

/// The sources that a page's Content-Security-Policy needs for the banner and the dialog that it opens: their styles' and
/// their scripts'.
#[must_use]
pub fn csp_sources(site: &Site) -> (String, String) {
    let sources = site.kept.get("banner sources", || {
        (
            [style(site), layout::style(site)]
                .map(|style| csp_source(&style))
                .join(" "),
            [SCRIPT, RELEASE, DIALOG].map(csp_source).join(" "),
        )
    });
    (sources.0.clone(), sources.1.clone())
}

/// Writes everything beyond ASCII as character references; for markup, not for styles and scripts.
pub(super) fn ascii(markup: &str) -> String {
    use std::fmt::Write as _;
    markup.chars().fold(
        String::with_capacity(markup.len()),
        |mut text, character| {
            if character.is_ascii() {
                text.push(character);
            } else {
                // Writing into a String can't fail.
                let _ = write!(text, "&#{};", u32::from(character));
            }
            text
        },
    )
}
