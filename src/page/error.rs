//! What a person sees when a request could not be done.

use super::wording::words;
use crate::site::Site;
use maud::{DOCTYPE, PreEscaped, html};

/// A plain page with a sentence and a way back.
#[must_use]
pub fn error(site: &Site, language: &str, message: &str) -> String {
    let Some(words) = words(site, language) else {
        return String::new();
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(language) dir=(words.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (words.error_title) " – " (site.name) }
                style { (PreEscaped(super::layout::style(site))) }
            }
            body {
                main #content {
                    h1 { (words.error_title) }
                    p { (message) }
                    p { a href={ (site.base) "/" } { (words.settings_link) } " · " a href="/" { (words.error_back) } }
                }
            }
        }
    };
    markup.into_string()
}
