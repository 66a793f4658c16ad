//! Turnstile's widget as markup, and the script that brings it to life.
//! <https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/>

use super::{
    banner::ascii,
    wording::{fill, words},
};
use crate::{
    digest::csp_source,
    site::{Form, Site},
};
use maud::{PreEscaped, html};

/// Where Turnstile lives: what a policy has to let in, as scripts and as frames.
pub const TURNSTILE: &str = "https://challenges.cloudflare.com";

/// The script, which has to come from this very address; it is never ours to hand on.
pub const API: &str = "https://challenges.cloudflare.com/turnstile/v0/api.js";

/// The widget is as wide as its place, if that has the 300 pixels it needs; else it is the small one. Set by script: a
/// policy that keeps inline styles out lets these through.
const FIT: &str = "(s=>{let t=s.style;t.display=\"block\";t.width=\"100%\";t.margin=\"1em 0\";\
s.clientWidth<300&&(s.dataset.size=\"compact\")})(document.currentScript.previousElementSibling)";

/// Loads the script where a policy trusts only what a trusted script adds.
const LOAD: &str = "(s=>{s.async=true;s.src=\"https://challenges.cloudflare.com/turnstile/v0/api.js\";\
document.head.append(s)})(document.createElement(\"script\"))";

/// The widget for a form. A `span`, since a `div` would end the paragraph that many a button stands in.
#[must_use]
pub fn widget(site: &Site, form: &Form, language: &str, nonce: Option<&str>) -> String {
    let no_script = words(site, language).map_or_else(String::new, |words| {
        fill(&words.form_no_script, &[("email", &site.owner.email)])
    });
    let markup = html! {
        span.cf-turnstile data-sitekey=(form.site_key) data-action=[form.action.as_ref()] data-language=(tag(language))
            data-theme=(form.theme.name()) data-size="flexible" data-feedback-enabled="false" {}
        script nonce=[nonce] { (PreEscaped(FIT)) }
        noscript { strong { (no_script) } }
    };
    ascii(&markup.into_string())
}

/// The script, once for a page. `by_script`: for a policy that trusts only what a trusted script adds.
#[must_use]
pub fn api(nonce: Option<&str>, by_script: bool) -> String {
    let markup = html! {
        @if by_script {
            script { (PreEscaped(LOAD)) }
        } @else {
            script src=(API) async defer nonce=[nonce] {}
        }
    };
    markup.into_string()
}

/// The sources of our scripts' texts, for a policy without a nonce.
#[must_use]
pub fn widget_csp_sources(by_script: bool) -> String {
    let fit = csp_source(FIT);
    if by_script {
        format!("{fit} {}", csp_source(LOAD))
    } else {
        fit
    }
}

/// A language as the widget knows it: `de`, `pt-BR`.
fn tag(language: &str) -> String {
    match language.split_once('-') {
        Some((main, region)) => format!("{main}-{}", region.to_ascii_uppercase()),
        None => language.to_owned(),
    }
}
