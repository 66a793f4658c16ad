use super::{
    View, choice,
    layout::{DIALOG, Frame, page, style},
    wording::{fill, words},
};
use crate::site::Words;
use maud::{Markup, html};

/// The preference centre as a page.
#[must_use]
pub fn preferences(view: &View<'_>) -> String {
    let site = view.site;
    let Some(words) = words(site, view.language) else {
        return String::new();
    };
    let path = format!("{}/", site.base);
    let frame = Frame {
        title: &words.settings_title,
        description: None,
        index: false,
        path: &path,
    };
    page(
        view,
        frame,
        &html! { h1 { (words.settings_title) } (content(view, words)) },
    )
}

/// The same as a dialog: a fragment that the page's script takes in.
#[must_use]
pub fn dialog(view: &View<'_>) -> String {
    let Some(words) = words(view.site, view.language) else {
        return String::new();
    };
    let markup = html! {
        dialog aria-labelledby="title" lang=(view.language) dir=(words.direction) {
            div.head {
                h2 #title tabindex="-1" autofocus { (words.settings_title) }
                button.close type="button" data-close aria-label=(words.close) { span aria-hidden="true" { "×" } }
            }
            (content(view, words))
        }
    };
    format!(
        "<style>{}</style>{}<script>{DIALOG}</script>",
        style(view.site),
        markup.into_string()
    )
}

fn content(view: &View<'_>, words: &Words) -> Markup {
    let site = view.site;
    let name = site.name.as_str();
    html! {
        @if site.has_choice() {
            p.lead { (fill(&words.settings_text, &[("site", name)])) " " a href=(site.policy_path) { (words.policy_link) } }
            (choice::present(view))
            (choice::form(view))
        } @else {
            p.lead { (fill(&words.settings_nothing, &[("site", name)])) " " a href=(site.policy_path) { (words.policy_link) } }
        }
    }
}
