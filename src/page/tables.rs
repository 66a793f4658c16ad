//! Tables of cookies and services. Their roles are spelled out, since a phone's styles turn rows into blocks, which
//! takes the roles away.

use super::wording::{fill, lifetime, words};
use crate::site::{Cookie, Party, Service, Site, Storage, Words};
use maud::{Markup, html};

/// A table of cookies and other entries.
pub(super) fn cookies<'a>(
    site: &Site,
    language: &str,
    caption: &str,
    list: impl Iterator<Item = &'a Cookie>,
) -> Markup {
    let Some(words) = words(site, language) else {
        return html! {};
    };
    html! {
        table role="table" {
            caption { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for head in [&words.cookie, &words.purpose, &words.duration, &words.provider] {
                        th scope="col" role="columnheader" { (head) }
                    }
                }
            }
            tbody role="rowgroup" {
                @for cookie in list {
                    tr role="row" {
                        th scope="row" role="rowheader" {
                            (name(cookie))
                            @if cookie.storage != Storage::Cookie { small { (storage(words, cookie.storage)) } }
                        }
                        td role="cell" data-label=(words.purpose) { (cookie.purpose.get(language)) }
                        td role="cell" data-label=(words.duration) { (lifetime(site, language, cookie.lifetime)) }
                        td role="cell" data-label=(words.provider) { (provider(site, words, cookie)) }
                    }
                }
            }
        }
    }
}

/// A name on the wire looks like one; what the site calls it in words, like words.
fn name(cookie: &Cookie) -> Markup {
    if cookie
        .patterns
        .iter()
        .any(|pattern| pattern.0 == cookie.name)
    {
        html! { code { (cookie.name) } }
    } else {
        html! { (cookie.name) }
    }
}

fn provider(site: &Site, words: &Words, cookie: &Cookie) -> Markup {
    let service = cookie
        .service
        .as_deref()
        .and_then(|id| site.service(id))
        .filter(|service| !service.own);
    html! {
        (service.map_or(&site.name, |service| &service.name))
        small { @match cookie.party { Party::First => (words.first_party), Party::Third => (words.third_party) } }
    }
}

fn storage(words: &Words, storage: Storage) -> &str {
    match storage {
        Storage::Cookie => &words.kind_cookie,
        Storage::LocalStorage => &words.kind_local_storage,
        Storage::SessionStorage => &words.kind_session_storage,
        Storage::Server => &words.kind_server,
    }
}

/// A table of third parties.
pub(super) fn services<'a>(
    site: &Site,
    language: &str,
    list: impl Iterator<Item = &'a Service>,
) -> Markup {
    let Some(words) = words(site, language) else {
        return html! {};
    };
    let rows: Vec<&Service> = list.filter(|service| !service.own).collect();
    let data = rows.iter().any(|service| service.data.is_some());
    html! {
        table role="table" {
            caption { (words.third_party) }
            thead role="rowgroup" {
                tr role="row" {
                    th scope="col" role="columnheader" { (words.service) }
                    th scope="col" role="columnheader" { (words.purpose) }
                    @if data { th scope="col" role="columnheader" { (words.data) } }
                    th scope="col" role="columnheader" { (words.category) }
                    th scope="col" role="columnheader" { (words.more) }
                }
            }
            tbody role="rowgroup" {
                @for service in rows {
                    tr role="row" {
                        th scope="row" role="rowheader" {
                            (service.name)
                            @if service.company != service.name { small { (service.company) } }
                        }
                        td role="cell" data-label=(words.purpose) { (service.purpose.get(language)) }
                        @if data {
                            td role="cell" data-label=(words.data) { (service.data.as_ref().map_or("", |text| text.get(language))) }
                        }
                        td role="cell" data-label=(words.category) {
                            (site.category(&service.category).map_or("", |category| category.name.get(language)))
                        }
                        td role="cell" data-label=(words.more) { (links(words, service)) }
                    }
                }
            }
        }
    }
}

/// Where a service explains itself, and where it lets people out.
pub(super) fn links(words: &Words, service: &Service) -> Markup {
    html! {
        @if let Some(address) = &service.privacy {
            a href=(address) rel="noopener" { (fill(&words.privacy_of, &[("company", &service.company)])) }
        }
        @if let Some(address) = &service.opt_out {
            " "
            a href=(address) rel="noopener" { (words.opt_out) " (" (service.name) ")" }
        }
    }
}
