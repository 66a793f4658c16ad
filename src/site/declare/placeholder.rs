//! `{{cookies analytics}}` and its like: their grammar, and whether a page has the ones it needs.

use super::super::{NECESSARY, Part, Site};
use super::markdown::Page;
use super::source::Source;
use super::wording::{list, nearest, quoted};

const NAMES: [&str; 7] = [
    "cookies", "services", "choice", "signals", "browsers", "contact", "records",
];

/// What stands between the braces of a line that is nothing but a placeholder.
pub(super) fn shape(line: &str) -> Option<&str> {
    let inside = line.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    (!inside.contains(['{', '}'])).then(|| inside.trim())
}

/// Reads a line that is nothing but a placeholder.
pub(super) fn read(line: &str) -> Result<Part, String> {
    let inside = shape(line).unwrap_or_default();
    let mut words = inside.split_whitespace();
    let part = match (words.next().unwrap_or_default(), words.next(), words.next()) {
        ("cookies", Some(category), None) => Part::Cookies(category.to_owned()),
        ("cookies", None, None) => {
            return Err(
                "{{cookies}} does not say of which category. Write `{{cookies necessary}}`."
                    .to_owned(),
            );
        }
        ("services", category, None) => Part::Services(category.map(str::to_owned)),
        ("choice", None, None) => Part::Choice,
        ("signals", None, None) => Part::Signals,
        ("browsers", None, None) => Part::Browsers,
        ("contact", None, None) => Part::Contact,
        ("records", None, None) => Part::Records,
        (name, _, _) if NAMES.contains(&name) => {
            let takes = if matches!(name, "cookies" | "services") {
                "one category"
            } else {
                "nothing"
            };
            return Err(format!(
                "{{{{{inside}}}}} says too much: `{name}` takes {takes}. Leave the rest out."
            ));
        }
        (name, _, _) => {
            let wrong = quoted(name);
            return Err(format!(
                "placeholder {wrong} is not known. {}",
                nearest(name, &NAMES, "There are")
            ));
        }
    };
    Ok(part)
}

/// Checks the placeholders of one page against what the site declares.
pub(super) fn check(page: &Page, site: &Site, source: &Source<'_>) {
    for (index, (part, at)) in page.places.iter().enumerate() {
        if page
            .places
            .iter()
            .take(index)
            .any(|(earlier, _)| earlier == part)
        {
            source.mistake(
                *at,
                format!("{} stands here twice. Leave one out.", written(part)),
            );
        } else if let Some(text) = out_of_place(part, site) {
            source.mistake(*at, text);
        }
    }
    for text in missing(page, site) {
        source.mistake(0, text);
    }
}

fn out_of_place(part: &Part, site: &Site) -> Option<String> {
    let ids = || {
        site.categories
            .iter()
            .map(|category| category.id.as_str())
            .collect::<Vec<_>>()
    };
    let unknown = |id: &str| {
        let near = nearest(id, &ids(), "Declared");
        Some(format!(
            "{} names a category that is not declared. {near}",
            written(part)
        ))
    };
    let third = |id: Option<&str>| {
        site.services
            .iter()
            .any(|service| !service.own && id.is_none_or(|id| service.category == id))
    };
    match part {
        Part::Cookies(id) => match site.category(id) {
            None => unknown(id),
            Some(category) => {
                let nothing = category.empty.is_none() && site.cookies_in(id).next().is_none();
                nothing.then(|| format!("{} would be an empty table. Leave it out.", written(part)))
            }
        },
        Part::Services(Some(id)) if site.category(id).is_none() => unknown(id),
        Part::Services(id) => (!third(id.as_deref()))
            .then(|| format!("{} would be an empty table. Leave it out.", written(part))),
        Part::Choice | Part::Records => (!site.has_choice()).then(|| {
            format!(
                "{} stands on a page of a site where there is nothing to choose. Leave it out.",
                written(part)
            )
        }),
        Part::Html(_) | Part::Signals | Part::Browsers | Part::Contact => None,
    }
}

fn missing(page: &Page, site: &Site) -> Vec<String> {
    let has = |part: &Part| page.places.iter().any(|(placed, _)| placed == part);
    let mut texts = Vec::new();
    let mut need = |part: Part, why: &str| {
        if !has(&part) {
            let written = written(&part);
            texts.push(format!(
                "{written} is missing: {why}. Put it on a line of its own."
            ));
        }
    };
    need(
        Part::Signals,
        "the page has to say what the site does about GPC and DNT",
    );
    need(
        Part::Contact,
        "the page has to say who answers for the site",
    );
    if site.has_choice() {
        need(
            Part::Choice,
            "a choice has to be as easy to change as it was to make",
        );
        need(
            Part::Records,
            "the page has to say what is kept of a choice",
        );
    }
    for category in &site.categories {
        let id = &category.id;
        if site.cookies_in(id).next().is_some() {
            need(
                Part::Cookies(id.clone()),
                "nothing else shows this category's cookies",
            );
        }
    }
    if !has(&Part::Services(None)) {
        let hidden: Vec<&str> = site
            .services
            .iter()
            .filter(|service| !service.own && !has(&Part::Services(Some(service.category.clone()))))
            .map(|service| service.id.as_str())
            .collect();
        if !hidden.is_empty() {
            texts.push(format!(
                "{{{{services}}}} is missing: nothing shows the third parties {}. Put it on a line of its own, or \
                 `{{{{services {NECESSARY}}}}}` and so on.",
                list(&hidden)
            ));
        }
    }
    texts
}

fn written(part: &Part) -> String {
    let inside = match part {
        Part::Html(_) => String::new(),
        Part::Cookies(id) => format!("cookies {id}"),
        Part::Services(None) => "services".to_owned(),
        Part::Services(Some(id)) => format!("services {id}"),
        Part::Choice => "choice".to_owned(),
        Part::Signals => "signals".to_owned(),
        Part::Browsers => "browsers".to_owned(),
        Part::Contact => "contact".to_owned(),
        Part::Records => "records".to_owned(),
    };
    format!("{{{{{inside}}}}}")
}
