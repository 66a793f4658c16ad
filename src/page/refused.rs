//! What a person sees when a form of his was not let through: why, and the form once more, with what he had entered.

use super::{
    layout,
    widget::{TURNSTILE, api, widget, widget_csp_sources},
    wording::words,
};
use crate::{
    digest::csp_source,
    find::has,
    form::Kept,
    site::{Form, Site},
};
use maud::{DOCTYPE, PreEscaped, html};

/// Fields and button, which no other page of ours has.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/refused.css"));

/// The form for another try.
#[derive(Debug, Clone)]
pub struct Retry<'a> {
    /// The form that was declared.
    pub form: &'a Form,
    /// Where to send it: path and query.
    pub action: &'a str,
    /// Whether it is sent as multipart.
    pub multipart: bool,
    /// What it holds.
    pub fields: Vec<Kept>,
}

/// The page. Without a `retry` it says to go back.
#[must_use]
pub fn refused(site: &Site, language: &str, sentence: &str, retry: Option<&Retry<'_>>) -> String {
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
                title { (words.form_title) " – " (site.name) }
                meta name="color-scheme" content="light dark";
                style { (PreEscaped(style(site))) }
            }
            body {
                main #content {
                    h1 { (words.form_title) }
                    p.lead { (sentence) }
                    @if let Some(retry) = retry {
                        @let again = |kept: &&Kept| !matches!(kept, Kept::Text { .. });
                        p { (words.form_kept) }
                        @if retry.fields.iter().any(|kept| again(&kept)) {
                            p { (words.form_again) }
                        }
                        form method="post" action=(retry.action) enctype=[retry.multipart.then_some("multipart/form-data")] {
                            // First, as everything in a body that takes files is read in order.
                            (PreEscaped(widget(site, retry.form, language, None)))
                            @for (at, kept) in retry.fields.iter().enumerate() {
                                @match kept {
                                    Kept::Text { name, value } => input type="hidden" name=(name) value=(value);,
                                    Kept::Secret(name) => {
                                        label for={ "f" (at) } { (name) }
                                        input id={ "f" (at) } type="password" name=(name) autocomplete="off";
                                    }
                                    Kept::File(name) => {
                                        label for={ "f" (at) } { (name) }
                                        input id={ "f" (at) } type="file" name=(name) multiple;
                                    }
                                }
                            }
                            button { (words.form_send) }
                        }
                        @if retry.fields.iter().any(is_shown) {
                            details {
                                summary { (words.form_entries) }
                                dl {
                                    @for kept in retry.fields.iter().filter(|kept| is_shown(kept)) {
                                        @if let Kept::Text { name, value } = kept {
                                            dt { (name) }
                                            dd { (value) }
                                        }
                                    }
                                }
                            }
                        }
                    } @else {
                        p { (words.form_go_back) }
                    }
                    p { a href="/" { (words.back_to_site) } }
                }
                @if retry.is_some() { (PreEscaped(api(None, false))) }
            }
        }
    };
    markup.into_string()
}

/// Whether a field may be one that a person filled in, and not a token of the site's own.
fn is_shown(kept: &Kept) -> bool {
    const HIDDEN: &[&str] = &["csrf", "xsrf", "token", "nonce"];
    match kept {
        Kept::Text { name, value } => {
            let name = name.to_ascii_lowercase();
            !value.trim().is_empty()
                && !name.starts_with(['_', '$'])
                && !HIDDEN.iter().any(|word| has(&name, word))
        }
        Kept::Secret(_) | Kept::File(_) => false,
    }
}

fn style(site: &Site) -> String {
    let mut text = layout::style(site);
    text.push_str(STYLE);
    text
}

/// The page's Content-Security-Policy. A form may lead on to another site once the origin has taken it, so that forms may
/// go anywhere that is encrypted.
#[must_use]
pub fn refused_csp(site: &Site) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {} {TURNSTILE}; frame-src {TURNSTILE}; form-action 'self' https:; \
         base-uri 'none'; frame-ancestors 'self'",
        csp_source(&style(site)),
        widget_csp_sources(false)
    )
}
