use super::{
    View, choice,
    layout::{Frame, page},
    signals, tables,
    wording::{declared_day, fill, words},
};
use crate::site::{Archived, Category, Part, Prose, Site, Words};
use crate::visit::PENDING;
use maud::{Markup, PreEscaped, html};

/// Where each browser explains its cookie settings.
const BROWSERS: [(&str, &str); 5] = [
    (
        "Google Chrome",
        "https://support.google.com/chrome/answer/95647",
    ),
    (
        "Mozilla Firefox",
        "https://support.mozilla.org/kb/clear-cookies-and-site-data-firefox",
    ),
    (
        "Apple Safari",
        "https://support.apple.com/guide/safari/sfri11471/mac",
    ),
    (
        "Safari on iPhone and iPad",
        "https://support.apple.com/105082",
    ),
    (
        "Microsoft Edge",
        "https://support.microsoft.com/microsoft-edge/delete-cookies-in-microsoft-edge-63947406-40ac-c3b8-57b9-2a946a29ae09",
    ),
];

/// The policy page: the owner's prose, and everything else from what is declared.
#[must_use]
pub fn policy(view: &View<'_>) -> String {
    let site = view.site;
    let (Some(words), Some(prose)) = (words(site, view.language), prose(site, view.language))
    else {
        return String::new();
    };
    let content = html! { article.policy { (article(view, words, prose, true)) } };
    let title = format!("{} – {}", prose.title, site.name);
    page(
        view,
        Frame {
            title: &prose.title,
            description: Some(&title),
            index: true,
            path: &site.policy_path,
        },
        &content,
    )
}

/// An earlier policy page, in the frame of today's.
#[must_use]
pub fn archived(view: &View<'_>, page: &Archived) -> String {
    let (site, language) = (view.site, view.language);
    let Some(words) = words(site, language) else {
        return String::new();
    };
    let own = page.pages.get(language).map(|html| (language, html));
    let kept = own.or_else(|| {
        page.pages
            .iter()
            .next()
            .map(|(tag, html)| (tag.as_str(), html))
    });
    let until = ends(site, page);
    let name = page.name();
    let path = format!("{}/policy/{name}", site.base);
    let title = fill(&words.policy_version, &[("version", &page.version)]);
    let days =
        [("from", &page.date), ("until", &until)].map(|(key, day)| (key, declared_day(words, day)));
    let days = days.each_ref().map(|(key, day)| (*key, day.as_str()));
    let content = html! {
        p.present {
            strong { (fill(&words.earlier_text, &days)) } " "
            a href=(site.policy_path) { (words.earlier_now) }
        }
        @if let Some((tag, html)) = kept {
            article.policy lang=(tag) { (PreEscaped(html)) }
        }
    };
    let frame = Frame {
        title: &title,
        description: None,
        index: false,
        path: &path,
    };
    self::page(view, frame, &content)
}

/// The day on which an earlier page was replaced.
fn ends(site: &Site, page: &Archived) -> String {
    let later = site
        .archive
        .iter()
        .rev()
        .find(|other| other.date > page.date);
    later.map_or_else(|| site.updated.clone(), |other| other.date.clone())
}

/// The page as it goes into the archive: without its frame, and without what is the visitor's own.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn archive(view: &View<'_>) -> String {
    let (Some(words), Some(prose)) = (
        words(view.site, view.language),
        prose(view.site, view.language),
    ) else {
        return String::new();
    };
    article(view, words, prose, false).into_string()
}

/// What the owner says and what is declared; `present` leaves out what an earlier page doesn't have.
fn article(view: &View<'_>, words: &Words, prose: &Prose, present: bool) -> Markup {
    let site = view.site;
    let updated = declared_day(words, &site.updated);
    html! {
        h1 { (prose.title) }
        p.updated {
            time datetime=(site.updated) { (fill(&words.last_updated, &[("date", &updated)])) }
            @if site.has_choice() { " · " (fill(&words.policy_version, &[("version", &site.version)])) }
        }
        @for part in &prose.parts { (piece(view, words, part, present)) }
    }
}

/// What has changed so far, and where the page's earlier versions are.
fn changes(view: &View<'_>, words: &Words, present: bool) -> Markup {
    let (site, language) = (view.site, view.language);
    html! {
        section.changes id=[present.then_some("policy-changes")] {
            ul {
                @for change in &site.changes {
                    li { time datetime=(change.date) { strong { (declared_day(words, &change.date)) } } ": " (change.summary.get(language)) }
                }
            }
            @if present && !site.archive.is_empty() {
                p { (words.earlier_policies) }
                ul {
                    @for page in &site.archive {
                        li {
                            a href={ (site.base) "/policy/" (page.name()) } { (fill(&words.policy_version, &[("version", &page.version)])) }
                            ", " (declared_day(words, &page.date)) " – " (declared_day(words, &ends(site, page)))
                        }
                    }
                }
            }
        }
    }
}

fn prose<'a>(site: &'a Site, language: &str) -> Option<&'a Prose> {
    site.prose
        .get(language)
        .or_else(|| site.prose.get(site.language()))
}

fn piece(view: &View<'_>, words: &Words, part: &Part, present: bool) -> Markup {
    let (site, language) = (view.site, view.language);
    match part {
        Part::Html(html) => PreEscaped(html.clone()),
        Part::Cookies(category) => site
            .category(category)
            .map_or_else(Markup::default, |category| {
                cookies(site, language, category)
            }),
        Part::Services(category) => {
            let of = |id: &str| category.as_deref().is_none_or(|category| category == id);
            tables::services(
                site,
                language,
                site.services.iter().filter(|service| of(&service.category)),
            )
        }
        Part::Choice if !present => html! {
            ul { @for category in &site.categories { li { strong { (category.name.get(language)) } " – " (category.purpose.get(language)) } } }
        },
        Part::Choice => {
            html! { section.own-choice #your-choice { (choice::present(view)) (choice::form(view)) } }
        }
        Part::Signals => signals::signals(view, present),
        Part::Changes => changes(view, words, present),
        Part::Browsers => browsers(words),
        Part::Contact => contact(site, words),
        Part::Records => records(site, words),
    }
}

/// A category's table, or what the owner says where nothing is in use.
fn cookies(site: &Site, language: &str, category: &Category) -> Markup {
    if let Some(empty) = &category.empty {
        return html! { p.empty { (empty.get(language)) } };
    }
    tables::cookies(
        site,
        language,
        category.name.get(language),
        site.cookies_in(&category.id),
    )
}

fn browsers(words: &Words) -> Markup {
    html! {
        p { (words.browsers_text) }
        ul { @for (name, address) in BROWSERS { li { a href=(address) rel="noopener" { (name) } } } }
    }
}

fn contact(site: &Site, words: &Words) -> Markup {
    let link = html! { a href={ "mailto:" (site.owner.email) } { (site.owner.email) } };
    html! {
        p {
            // The address is a link in the middle of a translated sentence.
            (PreEscaped(fill(&html! { (words.contact) }.into_string(), &[("email", &link.into_string())])))
            @if let Some(privacy) = &site.owner.privacy_policy { " " a href=(privacy) { (words.privacy_policy) } }
        }
    }
}

fn records(site: &Site, words: &Words) -> Markup {
    let days = site.consent.days.to_string();
    let months = site.records.months.to_string();
    html! {
        p { (fill(&words.records_text, &[("days", &days), ("months", &months)])) }
        @if site.records.refusals { p { (words.records_refusals) } }
        @if site.has_choice() { p { (fill(&words.records_pending, &[("cookie", PENDING)])) } }
        p { (words.records_never) " " a href={ (site.base) "/records" } { (words.see_records) } }
    }
}
