//! Whether a policy page shows what its site declares: all of it, once, and nothing that is not there.

use super::super::{NECESSARY, Part, Site};
use super::markdown::Page;
use super::placeholder::{name, written};
use super::source::{Doubt, Source};
use super::wording::{list, nearest};

/// Checks the placeholders of one page against what the site declares.
pub(super) fn check(page: &Page, site: &Site, source: &Source<'_>, declaration: &Source<'_>) {
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
        } else if let Some(text) = out_of_place(part, site, declaration) {
            source.mistake(*at, text);
        }
    }
    for text in missing(page, site) {
        source.mistake(0, text);
    }
}

fn out_of_place(part: &Part, site: &Site, declaration: &Source<'_>) -> Option<String> {
    let categories = declaration.certain(Doubt::Categories);
    let members = declaration.certain(Doubt::Members);
    let ids = || {
        site.categories
            .iter()
            .map(|category| category.id.as_str())
            .collect::<Vec<_>>()
    };
    let unknown = |id: &str| {
        let near = nearest(id, &ids(), "Declared");
        categories.then(|| {
            let written = written(part);
            format!("{written} names a category that is not declared. {near}")
        })
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
                (nothing && members).then(|| empty(part))
            }
        },
        Part::Services(Some(id)) if site.category(id).is_none() => unknown(id),
        Part::Services(id) => (members && !third(id.as_deref())).then(|| empty(part)),
        Part::Choice | Part::Records => (categories && !site.has_choice()).then(|| {
            format!(
                "{} stands on a page of a site where there is nothing to choose. Leave it out.",
                written(part)
            )
        }),
        Part::Changes => (site.changes.is_empty() && site.archive.is_empty()).then(|| {
            "{{changes}} would be empty: there are no [[changes]] yet. Leave it out.".to_owned()
        }),
        Part::Html(_) | Part::Signals | Part::Browsers | Part::Contact => None,
    }
}

fn empty(part: &Part) -> String {
    format!("{} would be an empty table. Leave it out.", written(part))
}

/// What the page lacks. A placeholder that was meant is a mistake already.
fn missing(page: &Page, site: &Site) -> Vec<String> {
    let has = |part: &Part| page.places.iter().any(|(placed, _)| placed == part);
    let meant = |part: &Part| {
        let misnamed = |placed: &Part| match placed {
            Part::Cookies(id) | Part::Services(Some(id)) => site.category(id).is_none(),
            _ => false,
        };
        let same = |placed: &Part| name(placed) == name(part) && misnamed(placed);
        page.meant.contains(&name(part)) || page.places.iter().any(|(placed, _)| same(placed))
    };
    let mut texts = Vec::new();
    let mut need = |part: Part, why: &str| {
        if !has(&part) && !meant(&part) {
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
    if !site.changes.is_empty() || !site.archive.is_empty() {
        need(
            Part::Changes,
            "nothing else shows what has changed, and the page's earlier versions",
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
    if !has(&Part::Services(None)) && !meant(&Part::Services(None)) {
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
