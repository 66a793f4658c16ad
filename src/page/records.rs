//! What is kept of a visitor's answers, in plain words, and the question before it is erased. They work without JavaScript.

use super::{
    View,
    layout::{Frame, page},
    wording::{declared_day, fill, words},
};
use crate::{
    json::Value,
    site::{NECESSARY, Site, Words},
};
use maud::{Markup, html};

/// What the page is about.
#[derive(Debug)]
pub struct Kept<'a> {
    /// The records, newest first, as they are in KV.
    pub records: &'a [Value<'a>],
    /// Whether there are more than these.
    pub more: bool,
    /// What was shown, if he wants to see that, and its digest.
    pub notice: Option<(&'a str, &'a Value<'a>)>,
    /// Whether they were erased a moment ago.
    pub erased: bool,
}

/// A visitor's records.
#[must_use]
pub fn records(view: &View<'_>, kept: &Kept<'_>) -> String {
    let Some(words) = words(view.site, view.language) else {
        return String::new();
    };
    let base = view.site.base.as_str();
    let content = html! {
        p.lead { (fill(&words.records_lead, &[("site", &view.site.name)])) }
        @if kept.erased {
            p.present role="status" { (words.records_erased) }
        } @else if kept.records.is_empty() {
            p { (words.records_none) }
        } @else {
            p {
                a href={ (base) "/receipts?download" } { (words.records_take) }
                " · "
                a href={ (base) "/records?erase" } { (words.erase_records) }
            }
        }
        @for record in kept.records { (one(view, words, record, kept.notice)) }
        @if kept.more { p { (words.records_more) } }
    };
    frame(view, &words.records_title, &content)
}

/// Whether he really wants them erased.
#[must_use]
pub fn erase(view: &View<'_>) -> String {
    let Some(words) = words(view.site, view.language) else {
        return String::new();
    };
    let base = view.site.base.as_str();
    let content = html! {
        p.lead { (words.erase_hint) " " (words.erase_final) }
        form.choice method="post" action={ (base) "/erase" } {
            input type="hidden" name="return_to" value={ (base) "/records?erased" };
            div.actions { button { (words.erase_records) } }
        }
        p { a href={ (base) "/records" } { (words.error_back) } }
    };
    frame(view, &words.erase_records, &content)
}

fn frame(view: &View<'_>, title: &str, content: &Markup) -> String {
    let path = format!("{}/records", view.site.base);
    let frame = Frame {
        title,
        description: None,
        index: false,
        path: &path,
    };
    page(view, frame, &html! { h1 { (title) } (content) })
}

fn text<'a>(record: &'a Value<'_>, key: &str) -> &'a str {
    record.get(key).and_then(Value::text).unwrap_or_default()
}

fn one(
    view: &View<'_>,
    words: &Words,
    record: &Value<'_>,
    notice: Option<(&str, &Value<'_>)>,
) -> Markup {
    let (site, language) = (view.site, view.language);
    let (at, id, digest) = (
        text(record, "at"),
        text(record, "id"),
        text(record, "notice"),
    );
    let answer = match text(record, "decision") {
        "accept" => &words.record_accept,
        "reject" => &words.record_reject,
        "withdraw" => &words.record_withdraw,
        _ => &words.record_save,
    };
    let shown = notice.filter(|(own, _)| *own == digest);
    let signal = |key| record.get(key).and_then(Value::bool) == Some(true);
    html! {
        section.record #{ "r-" (id) } {
            h2 {
                time datetime=(at) {
                    (declared_day(words, at.get(..10).unwrap_or_default())) ", " (at.get(11..16).unwrap_or_default()) " UTC"
                }
            }
            p { (answer) }
            ul.now {
                @for (name, on) in answers(site, language, record) {
                    li { (name) ": " strong { @if on { (words.on) } @else { (words.off) } } }
                }
                @if signal("gpc") { li { (words.gpc_name) ": " strong { (words.on) } } }
                @if signal("dnt") { li { (words.dnt_name) ": " strong { (words.on) } } }
            }
            p.receipt {
                (asked(site, words, record)) " "
                @if let Some(country) = record.get("country").and_then(Value::text) {
                    (fill(&words.record_country, &[("country", country)])) " "
                }
                (fill(&words.record_until, &[("date", &declared_day(words, text(record, "expires").get(..10).unwrap_or_default()))]))
                br;
                (fill(&words.receipt, &[("receipt", id)]))
            }
            @if let Some((_, notice)) = shown {
                (was_shown(notice))
            } @else {
                p { a href={ (site.base) "/records?notice=" (digest) "#r-" (id) } { (words.record_notice) } }
            }
        }
    }
}

/// Each optional category with its answer, and each service whose answer differs; by the name it has today, else its id.
fn answers<'a>(site: &'a Site, language: &str, record: &'a Value<'_>) -> Vec<(&'a str, bool)> {
    let map = |key| {
        let all = record.get(key).map(Value::object_or_nothing);
        all.into_iter().flatten()
    };
    let on = |value: &Value<'_>| value.bool() == Some(true);
    let categories = map("categories").filter(|(id, _)| *id != NECESSARY);
    let mut found: Vec<(&str, bool)> = categories
        .map(|(id, value)| {
            let own = site.category(id).map(|own| own.name.get(language));
            (own.unwrap_or(id), on(value))
        })
        .collect();
    found.extend(map("services").filter_map(|(id, value)| {
        let own = site.service(id);
        let category = own.and_then(|own| record.get("categories")?.get(&own.category));
        let differs = category.is_none_or(|category| on(category) != on(value));
        differs.then_some((own.map_or(&**id, |own| &*own.name), on(value)))
    }));
    found
}

fn asked(site: &Site, words: &Words, record: &Value<'_>) -> String {
    let place = match text(record, "surface") {
        "banner" => &words.record_banner,
        "preferences" => &words.record_preferences,
        _ => &words.record_api,
    };
    let tag = text(record, "language");
    let language = site.words.get(tag).map_or(tag, |own| &own.language);
    fill(
        &words.record_asked,
        &[
            ("where", place),
            ("language", language),
            ("version", text(record, "policy")),
        ],
    )
}

/// What he was shown, in the language that it was shown in.
fn was_shown(notice: &Value<'_>) -> Markup {
    fn each<'a>(of: &'a Value<'_>, key: &str) -> &'a [Value<'a>] {
        of.get(key).map_or(&[], Value::list_or_nothing)
    }
    html! {
        div.present lang=(text(notice, "language")) {
            p { strong { (text(notice, "title")) } }
            p { (text(notice, "text")) " " (text(notice, "third_parties")) }
            p { @for label in each(notice, "buttons") { "[" (label.text().unwrap_or_default()) "] " } }
            ul {
                @for category in each(notice, "categories") {
                    li {
                        strong { (text(category, "name")) } " – " (text(category, "purpose"))
                        @for entry in each(category, "services").iter().chain(each(category, "cookies")) {
                            br;
                            (text(entry, "name"))
                            @for more in ["company", "duration"].map(|key| text(entry, key)) { @if !more.is_empty() { " · " (more) } }
                            ": " (text(entry, "purpose"))
                        }
                    }
                }
            }
        }
    }
}
