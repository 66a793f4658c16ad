//! What the operator of a site sees: numbers of days, records, what nobody declared. In English; it works without a script.

mod chart;
mod gaps;
mod overview;
mod records;

pub use gaps::gaps;
pub use overview::overview;
pub use records::records;

use super::layout::style;
use crate::{digest::csp_source, site::Site};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// How many days the numbers may be of.
pub const SPANS: [u64; 3] = [30, 90, 365];

const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/operator.css"));

/// The Content-Security-Policy of these pages: their style and forms to ourselves.
#[must_use]
pub fn admin_csp(site: &Site) -> String {
    format!(
        "default-src 'none'; style-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        csp_source(&styles(site))
    )
}

fn styles(site: &Site) -> String {
    style(site) + STYLE
}

/// Where a person types the token.
#[must_use]
pub fn sign_in(site: &Site, wrong: bool) -> String {
    let content = html! {
        h1 { "Consent on " (site.name) }
        form.sign-in method="post" {
            @if wrong { p.wrong #wrong role="alert" { "That is not the token. Check that it was copied whole." } }
            label for="token" { "Admin token" }
            input #token name="token" type="password" autocomplete="current-password" required autofocus
                aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("wrong")];
            button { "Sign in" }
            p.note { "You stay signed in for eight hours, in this browser." }
        }
    };
    page(site, None, "Sign in", &content)
}

/// When an export of no days was asked for.
#[must_use]
pub fn wrong_days(site: &Site) -> String {
    let content = html! {
        h1 { "No such days" }
        p { "An export takes two days, " code { "from" } " and " code { "to" } ", as " code { "2026-11-01" } ", the first not after the second; and "
            code { "format" } ", " code { "ndjson" } " or " code { "csv" } "." }
    };
    page(site, Some("none"), "No such days", &content)
}

/// When the numbers can't be read.
#[must_use]
pub fn unread(site: &Site) -> String {
    let content = html! {
        h1 { "Not to be read just now" }
        p { "The records could not be read. Nothing is lost; try again in a moment." }
    };
    page(site, Some("none"), "Not to be read", &content)
}

/// A whole page; `here` is its place in the menu.
fn page(site: &Site, here: Option<&str>, title: &str, content: &Markup) -> String {
    let link = |path: &str, name: &str| {
        let address = format!("{}/admin{path}", site.base);
        let current = (here == Some(path)).then_some("page");
        html! { a href=(address) aria-current=[current] { (name) } }
    };
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) " – " (site.name) }
                style { (PreEscaped(styles(site))) }
            }
            body.operator {
                a.skip href="#content" { "Skip to content" }
                header.top {
                    div.inner {
                        span.brand { (site.name) }
                        @if here.is_some() {
                            nav aria-label="Consent" {
                                (link("", "Answers")) (link("/records", "Records")) (link("/gaps", "Not declared"))
                                form method="post" action={ (site.base) "/admin/sign-out" } { button.plain { "Sign out" } }
                            }
                        }
                    }
                }
                main #content tabindex="-1" { (content) }
            }
        }
    };
    markup.into_string()
}

/// A share in percent, to one digit.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (part * 1000 + whole / 2)
        .checked_div(whole)
        .unwrap_or_default();
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A number with a blank between thousands.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}
