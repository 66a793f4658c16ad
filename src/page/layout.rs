use super::{View, wording::words};
use crate::{
    decision::Forget,
    digest::csp_source,
    site::{Palette, Site},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The page's script: inline behind the banner and served at `{base}/consent.js`.
pub const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/consent.js"));

/// The script that carries out at once what follows from an answer: sent with it.
pub const RELEASE: &str = concat!(
    "{",
    include_str!(concat!(env!("OUT_DIR"), "/forget.js")),
    include_str!(concat!(env!("OUT_DIR"), "/release.js")),
    "}"
);

/// The script that removes from the browser's storage what is no longer granted, on our own pages.
pub(super) const FORGET: &str = concat!(
    include_str!(concat!(env!("OUT_DIR"), "/forget.js")),
    "forget(JSON.parse(document.currentScript.dataset.forget))"
);

/// What forgets, and the guard, as they stand in `guard`.
pub(super) const FORGETTING: &str = include_str!(concat!(env!("OUT_DIR"), "/forget.js"));
pub(super) const GUARD: &str = include_str!(concat!(env!("OUT_DIR"), "/guard.js"));

/// The script that opens the dialog: sent with the dialog's markup.
pub(super) const DIALOG: &str = include_str!(concat!(env!("OUT_DIR"), "/dialog.js"));

/// The styles of our own pages.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/page.css"));

/// What a page is besides its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Its title, without the site's name.
    pub(super) title: &'a str,
    /// One sentence for search results.
    pub(super) description: Option<&'a str>,
    /// Whether search engines may list it.
    pub(super) index: bool,
    /// Its own path.
    pub(super) path: &'a str,
}

/// A whole page of ours. It loads nothing, and runs nothing but what forgets entries that only a script can remove.
pub(super) fn page(view: &View<'_>, frame: Frame<'_>, content: &Markup) -> String {
    let site = view.site;
    let forget = Forget::new(site, view.decision);
    // Who has never answered has nothing to forget, and the policy is a page that many only read.
    let forgets = !forget.is_empty() && (view.decision.made.is_some() || !frame.index);
    let Some(words) = words(site, view.language) else {
        return String::new();
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(view.language) dir=(words.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (frame.title) " – " (site.name) }
                @if let Some(description) = frame.description { meta name="description" content=(description); }
                @if !frame.index { meta name="robots" content="noindex"; }
                @if frame.index && site.languages.len() > 1 {
                    @for tag in &site.languages {
                        link rel="alternate" hreflang=(tag) href={ (frame.path) "?lang=" (tag) };
                    }
                }
                meta name="color-scheme" content="light dark";
                style { (PreEscaped(style(site))) }
                @if forgets {
                    script data-forget=(forget.json()) { (PreEscaped(FORGET)) }
                }
            }
            body {
                a.skip href="#content" { (words.skip_to_content) }
                header.top {
                    div.inner {
                        a.brand href="/" title=(words.back_to_site) { (site.name) }
                        @if site.languages.len() > 1 {
                            nav.languages aria-label=(words.language) {
                                @for tag in &site.languages {
                                    @let name = site.words.get(tag).map_or(tag.as_str(), |own| &own.language);
                                    @if tag == view.language {
                                        span aria-current="true" lang=(tag) { (name) }
                                    } @else {
                                        a href={ (frame.path) "?lang=" (tag) } lang=(tag) hreflang=(tag) { (name) }
                                    }
                                }
                            }
                        }
                    }
                }
                main #content tabindex="-1" { (content) }
                footer.bottom {
                    div.inner {
                        nav aria-label=(site.name) {
                            a href="/" { (words.back_to_site) }
                            a href=(site.policy_path) { (words.policy_link) }
                            a href={ (site.base) "/" } { (words.settings_link) }
                            @if let Some(privacy) = &site.owner.privacy_policy { a href=(privacy) { (words.privacy_policy) } }
                        }
                        p { (site.owner.name) }
                    }
                }
            }
        }
    };
    markup.into_string()
}

/// The styles of our pages in the site's colours; a dialog's are those of its host.
pub(super) fn style(site: &Site) -> String {
    let mut text = colours(":root,:host", site);
    text.push_str(STYLE);
    text
}

/// The site's colours as custom properties of one selector, light and dark.
pub(super) fn colours(selector: &str, site: &Site) -> String {
    let set = |palette: &Palette| {
        let Palette {
            background,
            text,
            accent,
            on_accent,
        } = palette;
        format!("{selector}{{--b:{background};--t:{text};--a:{accent};--o:{on_accent}}}")
    };
    let colours = &site.banner.colours;
    format!(
        "{}@media(prefers-color-scheme:dark){{{}}}",
        set(&colours.light),
        set(&colours.dark)
    )
}

/// The Content-Security-Policy of our own pages: one style by its hash, the script that forgets where there may be something
/// to forget, forms to ourselves, nothing else.
#[must_use]
pub fn page_csp(site: &Site) -> String {
    let policy = site.kept.get("page policy", || csp_of_pages(site));
    String::clone(&policy)
}

fn csp_of_pages(site: &Site) -> String {
    let script = if Forget::is_possible(site) {
        format!(" script-src {};", csp_source(FORGET))
    } else {
        String::new()
    };
    format!(
        "default-src 'none'; style-src {};{script} form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        csp_source(&style(site))
    )
}
