//! `[[services]]` of a site: what it takes from the catalogue and says over it, third parties that only it has, and groups
//! of its own cookies.

use super::super::{NECESSARY, SaleOrShare, Service, Signal};
use super::cookies::{Draft, Placed};
use super::grammar;
use super::inventory::Around;
use super::reader::{Spot, Table};
use super::services::{self, Draft as ServiceDraft};
use super::source::Doubt;
use super::wording::{near, quoted};
use std::collections::BTreeMap;

impl Around<'_> {
    /// The site's services and groups, in its order; their cookies added to `all`.
    pub(super) fn services<'t>(&self, site: &Table<'t>, all: &mut Vec<Placed<'t>>) -> Vec<Service> {
        let mut services: Vec<Service> = Vec::new();
        let mut claimed = BTreeMap::new();
        let tables = site.tables("services");
        if tables.is_empty() && site.has("services") {
            site.spot().source().doubt(Doubt::Members);
        }
        for table in tables {
            let before = all.len();
            if let Some(service) = self.service(&table, all) {
                if services.iter().any(|known| known.id == service.id) {
                    let id = quoted(&service.id);
                    table.mistake(format!("service {id} is declared twice. Leave one out."));
                    all.truncate(before);
                } else {
                    services::claim(&table, &service.id, &service.hosts, &mut claimed);
                    services.push(service);
                }
            }
            table.finish();
        }
        services
    }

    fn service<'t>(&self, table: &Table<'t>, all: &mut Vec<Placed<'t>>) -> Option<Service> {
        let own = table
            .get("own")
            .and_then(|value| value.bool())
            .unwrap_or(false);
        let (id, under) = self.identity(table, own)?;
        let own = own && under.is_none();
        let said = ServiceDraft::read(table, self.languages);
        let under = under.cloned().unwrap_or_else(|| {
            if own {
                group(table);
            } else {
                services::complete(table);
            }
            ServiceDraft {
                cookies: Vec::new(),
                ..ServiceDraft::default()
            }
        });
        services::some_hosts(table);
        let shaped = under.tag.clone();
        let draft = said.over(&under);
        let category = self.category_of(table, &id, own, draft.category.as_deref());
        let settings = services::settings(table, &id, shaped.as_ref());
        let signal = shaped.as_ref().and_then(|shaped| shaped.signal);
        let announced = announced(table, &id, signal, !settings.is_empty());
        let listed = signal.and(under.category.clone()).unwrap_or_default();
        let wanted = shaped.filter(|_| !settings.is_empty());
        let drafts = self.merge(table, &under.cookies);
        if own && drafts.is_empty() {
            table.spot().lacks(format!(
                "group {} has no cookies. Add `[[services.cookies]]`, or leave the group out.",
                quoted(&id)
            ));
        }
        for (cookie, spot) in drafts {
            let cookie = cookie.build(&category, Some(&id));
            all.push(Placed { cookie, spot });
        }
        Some(Service {
            name: draft.name.unwrap_or_default(),
            company: if own {
                self.owner.to_owned()
            } else {
                draft.company.unwrap_or_default()
            },
            own,
            category,
            purpose: draft.purpose.unwrap_or_default(),
            data: draft.data,
            privacy: draft.privacy,
            opt_out: draft.opt_out,
            hosts: draft.hosts.unwrap_or_default(),
            markers: draft.markers.unwrap_or_default(),
            sale_or_share: draft.sale_or_share.unwrap_or(SaleOrShare::No),
            settings,
            tag: wanted.map(|shaped| shaped.tag),
            signal,
            listed,
            announced,
            id,
        })
    }

    /// The id, and what the catalogue says of it if it comes from there.
    fn identity(&self, table: &Table<'_>, own: bool) -> Option<(String, Option<&ServiceDraft>)> {
        let known: Vec<&str> = self.catalogue.keys().map(String::as_str).collect();
        if let Some(value) = table.get("use") {
            table.forbid("id", "`use` names the service");
            if own {
                table.forbid("own", "a service of the catalogue belongs to someone else");
            }
            let id = value.str().unwrap_or_default();
            let found = self.catalogue.get(id);
            if found.is_none() {
                if !id.is_empty() {
                    let wrong = quoted(id);
                    let near = near(id, &known)
                        .unwrap_or_else(|| "docs/services.md lists what there is.".to_owned());
                    value.mistake(format!("service {wrong} is not in services/. {near}"));
                }
                self.skip(table);
            }
            return found.map(|draft| (id.to_owned(), Some(draft)));
        }
        if !table.has("id") {
            self.skip(table);
        }
        let value = table.need(
            "id",
            "use = \"microsoft-clarity\"`, or `id = \"theme\"`, `own = true",
        )?;
        let Some(id) = value.parse(grammar::id) else {
            self.skip(table);
            return None;
        };
        if known.contains(&id.as_str()) {
            value.mistake(format!(
                "{} is in services/. Write `use = {}`.",
                quoted(&id),
                quoted(&id)
            ));
        }
        Some((id, None))
    }

    /// Reads what belongs to a service that can't be named, so that its keys are not called unknown.
    fn skip(&self, table: &Table<'_>) {
        table.spot().source().doubt(Doubt::Members);
        let _ = ServiceDraft::read(table, self.languages);
        let _ = table.get("settings");
        let _ = table.get("signal");
        for entry in table.tables("cookies") {
            let _ = Draft::read(&entry, self.languages);
            entry.finish();
        }
    }

    fn category_of(
        &self,
        table: &Table<'_>,
        id: &str,
        own: bool,
        category: Option<&str>,
    ) -> String {
        let Some(category) = category else {
            return NECESSARY.to_owned();
        };
        let at = table
            .get("category")
            .map_or_else(|| table.spot(), |value| value.spot());
        let source = table.spot().source();
        if !self.knows(category) {
            if !source.certain(Doubt::Categories) {
                return category.to_owned();
            }
            source.doubt(Doubt::Members);
            at.mistake(format!(
                "{} belongs to a category that this site does not have: {} Or choose one with `category = \"…\"`.",
                quoted(id),
                self.unknown(category)
            ));
        } else if own && category == NECESSARY {
            at.mistake(format!(
                "group {} can be chosen alone, but necessary cookies can't be refused. Write them as `[[cookies]]`.",
                quoted(id)
            ));
        }
        category.to_owned()
    }

    /// The catalogue's cookies with what the site says over them, then the site's additions.
    fn merge<'t>(&self, table: &Table<'t>, under: &[Draft]) -> Vec<(Draft, Spot<'t>)> {
        let mut drafts: Vec<(Draft, Spot<'t>)> = under
            .iter()
            .map(|cookie| (cookie.clone(), table.spot()))
            .collect();
        let mut seen: Vec<String> = Vec::new();
        for entry in table.tables("cookies") {
            entry.forbid("category", "a service's cookies share its category");
            if let Some(said) = Draft::read(&entry, self.languages) {
                if seen.contains(&said.name) {
                    let name = quoted(&said.name);
                    entry.mistake(format!("cookie {name} is declared twice. Leave one out."));
                    entry.finish();
                    continue;
                }
                seen.push(said.name.clone());
                let known = drafts
                    .iter_mut()
                    .find(|(cookie, _)| cookie.name == said.name);
                let merged = if let Some((cookie, spot)) = known {
                    *cookie = said.over(cookie);
                    *spot = entry.spot();
                    cookie.clone()
                } else {
                    drafts.push((said.clone(), entry.spot()));
                    said
                };
                merged.complete(entry.spot(), |key| entry.has(key));
            }
            entry.finish();
        }
        drafts
    }
}

/// Reports what a group of the site's own cookies must and can't have.
fn group(table: &Table<'_>) {
    let _ = table.need("name", "name = \"Theme\"");
    let _ = table.need("category", "category = \"functional\"");
    let _ = table.need("purpose", "purpose = \"Remembers light or dark.\"");
    for key in [
        "company",
        "privacy",
        "opt_out",
        "hosts",
        "markers",
        "sale_or_share",
        "settings",
    ] {
        table.forbid(key, "`own = true` is a group of the site's own cookies");
    }
}

/// Reads `signal`: whether a service is told in every page what was granted, before its tag runs. Where the tag is ours it is;
/// and Google is told also where pages carry its tags themselves: unless it hears a no, it takes everything for granted.
fn announced(table: &Table<'_>, id: &str, signal: Option<Signal>, injected: bool) -> bool {
    let Some(value) = table.get("signal") else {
        return signal.is_some_and(|signal| injected || signal == Signal::Google);
    };
    let wanted = value.bool().unwrap_or(false);
    if signal.is_none() {
        value.mistake(format!(
            "{id} can't be told what was granted. Leave `signal` out."
        ));
    }
    wanted && signal.is_some()
}
