//! The visitor's present choice, and the form that changes it: part of the preference centre, the dialog and the policy
//! page alike.

use super::{
    View, tables,
    wording::{day, fill, list, words},
};
use crate::{
    decision::{Decision, Source},
    site::{Category, NECESSARY, Service, Site, Words},
};
use maud::{Markup, html};

/// What holds now, in a sentence or two.
pub(super) fn present(view: &View<'_>) -> Markup {
    let (site, decision) = (view.site, view.decision);
    let Some(words) = words(site, view.language) else {
        return html! {};
    };
    html! {
        div.present {
            @for sentence in sentences(site, decision, words, view.language) { p { (sentence) } }
            ul.now {
                @for category in site.optional() {
                    li {
                        (category.name.get(view.language)) ": "
                        strong { (status(site, decision, words, category)) }
                    }
                }
            }
            @if let Some(receipt) = decision.made.as_ref().and_then(|made| made.receipt.as_deref()) {
                p.receipt {
                    (fill(&words.receipt, &[("receipt", receipt)])) " "
                    a href={ (site.base) "/records" } { (words.see_records) }
                }
            }
        }
    }
}

fn sentences(site: &Site, decision: &Decision, words: &Words, language: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    if decision.unreadable {
        sentences.push(words.chosen_unreadable.into());
    } else if let (Some(made), Some(expires)) = (&decision.made, decision.expires) {
        sentences.push(fill(&words.chosen_on, &[("date", &day(words, made.at))]));
        sentences.push(fill(&words.chosen_until, &[("date", &day(words, expires))]));
        let stale = site
            .optional()
            .zip(&decision.categories)
            .filter(|(_, verdict)| verdict.ask)
            .map(|(category, _)| category.name.get(language));
        let stale = list(words, stale);
        if !stale.is_empty() {
            sentences.push(fill(&words.chosen_stale, &[("categories", &stale)]));
        }
    } else {
        sentences.push(words.not_chosen.into());
    }
    match decision.source {
        Source::Gpc => sentences.push(words.by_gpc.into()),
        Source::Dnt => sentences.push(words.by_dnt.into()),
        Source::Choice | Source::Default => {}
    }
    sentences
}

/// On, off, or which of its services are on.
fn status(site: &Site, decision: &Decision, words: &Words, category: &Category) -> String {
    let services: Vec<&Service> = site.services_in(&category.id).collect();
    let on: Vec<&str> = services
        .iter()
        .filter(|service| decision.grants_service(site, &service.id))
        .map(|service| service.name.as_str())
        .collect();
    let granted = decision.grants(site, &category.id);
    if on.len() == services.len() && granted {
        words.now_on.into()
    } else if on.is_empty() && !granted {
        words.now_off.into()
    } else {
        format!("{} ({})", words.now_on, list(words, on))
    }
}

/// The form: every category with its services and cookies, and the four things one can do.
pub(super) fn form(view: &View<'_>) -> Markup {
    let site = view.site;
    let Some(words) = words(site, view.language) else {
        return html! {};
    };
    let made = view.decision.made.as_ref();
    let records = made.is_some_and(|made| made.receipt.is_some());
    html! {
        form.choice method="post" action={ (site.base) "/choice" } {
            input type="hidden" name="surface" value="preferences";
            input type="hidden" name="return_to" value=(view.return_to);
            @for category in &site.categories { (category_part(view, words, category)) }
            div.actions {
                button name="decision" value="save" { (words.save) }
                button name="decision" value="accept" { (words.accept_all) }
                button name="decision" value="reject" { (words.reject_all) }
            }
            @if view.decision.made.is_some() || view.decision.unreadable {
                p.reset {
                    button.plain formaction={ (site.base) "/reset" } { (words.reset) }
                    " "
                    span {
                        (words.reset_hint)
                        @if records { " " (words.reset_keeps) }
                    }
                }
            }
            @if records {
                p.reset {
                    a href={ (site.base) "/records?erase" } { (words.erase_records) }
                    " "
                    span { (words.erase_hint) }
                }
            }
        }
    }
}

fn category_part(view: &View<'_>, words: &Words, category: &Category) -> Markup {
    let site = view.site;
    let language = view.language;
    let name = category.name.get(language);
    let id = format!("c-{}", category.id);
    let fixed = category.id == NECESSARY;
    let parts: Vec<&Service> = site.services_in(&category.id).collect();
    let granular = site.consent.granular && !fixed && !parts.is_empty();
    let count = site.cookies_in(&category.id).count();
    html! {
        fieldset.category {
            legend { (name) }
            div.line {
                p #{ (id) "-purpose" } { (category.purpose.get(language)) }
                @if fixed {
                    span.fixed { (words.always_on) }
                } @else if !granular {
                    (switch(words, &id, "category", &category.id, name, view.decision.grants(site, &category.id)))
                }
            }
            @if granular {
                ul.parts {
                    @for service in parts {
                        li {
                            div.line {
                                p { strong { (service.name) } " – " (service.purpose.get(language)) }
                                (switch(words, &format!("s-{}", service.id), "service", &service.id, &service.name, view.decision.grants_service(site, &service.id)))
                            }
                        }
                    }
                }
            }
            @if let Some(empty) = &category.empty { p.empty { (empty.get(language)) } }
            @if count > 0 {
                details {
                    summary { (details_label(words, count)) }
                    (tables::cookies(site, language, name, site.cookies_in(&category.id)))
                    @for service in site.services_in(&category.id).filter(|service| !service.own) {
                        p.third { strong { (service.name) } " – " (service.company) ". " (tables::links(words, service)) }
                    }
                }
            }
        }
    }
}

fn details_label(words: &Words, count: usize) -> String {
    let template = if count == 1 {
        &words.details_one
    } else {
        &words.details_other
    };
    fill(template, &[("count", &count.to_string())])
}

/// A switch: a checkbox that says so, with its state in words as well as in colour (WCAG 2.2, 1.4.1).
fn switch(words: &Words, id: &str, field: &str, value: &str, name: &str, on: bool) -> Markup {
    html! {
        label.switch for=(id) {
            span.name { (fill(&words.allow, &[("name", name)])) }
            input #(id) type="checkbox" role="switch" name=(field) value=(value) checked[on];
            span.track aria-hidden="true" {}
            span.state aria-hidden="true" { span.is-on { (words.on) } span.is-off { (words.off) } }
        }
    }
}
