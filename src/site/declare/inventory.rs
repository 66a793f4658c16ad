//! A site's cookies and services: its own, those of the catalogue, and what it says over these.

use super::super::{
    Cookie, Lifetime, NECESSARY, Party, Pattern, SaleOrShare, Service, Storage, Text, Unit,
};
use super::categories::{self, AllWords};
use super::cookies::{self, Draft, Placed};
use super::grammar;
use super::reader::{Spot, Table};
use super::services::{self, Draft as ServiceDraft};
use super::text::Languages;
use super::wording::{list, nearest, quoted};
use std::collections::BTreeMap;

/// The cookie that holds the choice. No site can call it otherwise.
const CONSENT_COOKIE: &str = "cookie_consent";

/// What stands around a site's tables.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub(super) languages: &'a Languages,
    pub(super) words: &'a AllWords,
    pub(super) catalogue: &'a BTreeMap<String, ServiceDraft>,
    pub(super) categories: &'a [categories::Placed<'a>],
    pub(super) owner: &'a str,
    pub(super) days: u16,
}

impl Around<'_> {
    fn has_choice(&self) -> bool {
        self.categories
            .iter()
            .any(|placed| placed.category.id != NECESSARY)
    }

    fn ids(&self) -> Vec<&str> {
        self.categories
            .iter()
            .map(|placed| placed.category.id.as_str())
            .collect()
    }

    fn knows(&self, category: &str) -> bool {
        self.ids().contains(&category)
    }

    fn unknown(&self, category: &str) -> String {
        let wrong = quoted(category);
        format!(
            "category {wrong} is not declared. {}",
            nearest(category, &self.ids(), "Declared")
        )
    }

    /// The site's own cookies, ours among them where there is something to choose.
    pub(super) fn cookies<'t>(&self, site: &Table<'t>) -> Vec<Placed<'t>> {
        let mut all = Vec::new();
        let mut ours = None;
        for table in site.tables("cookies") {
            if table.get("name").and_then(|value| value.quiet_str()) == Some(CONSENT_COOKIE) {
                self.override_ours(&table, &mut ours);
                let cookie = self.ours(ours.take());
                all.push(Placed {
                    cookie,
                    spot: table.spot(),
                });
            } else if let Some(placed) = self.cookie(&table) {
                all.push(placed);
            }
            table.finish();
        }
        let declared = all
            .iter()
            .any(|placed| placed.cookie.name == CONSENT_COOKIE);
        if self.has_choice() && !declared {
            // Behind the site's own necessary cookies.
            let last = all
                .iter()
                .rposition(|placed| placed.cookie.category == NECESSARY);
            let at = last.map_or(0, |index| index + 1);
            all.insert(
                at,
                Placed {
                    cookie: self.ours(None),
                    spot: site.spot(),
                },
            );
        }
        all
    }

    fn cookie<'t>(&self, table: &Table<'t>) -> Option<Placed<'t>> {
        let category = table.need("category", "category = \"necessary\"");
        let category = category.and_then(|value| {
            let id = value.str()?;
            if !self.knows(id) {
                value.mistake(self.unknown(id));
            }
            Some(id)
        });
        let draft = Draft::read(table, self.languages)?;
        draft.complete(table.spot(), |key| table.has(key));
        let cookie = draft.build(category.unwrap_or(NECESSARY), None);
        Some(Placed {
            cookie,
            spot: table.spot(),
        })
    }

    fn override_ours(&self, table: &Table<'_>, purpose: &mut Option<Text>) {
        if !self.has_choice() {
            table.mistake(
                "`cookie_consent` is only set where there is something to choose, and this site has nothing optional. \
                 Leave it out.",
            );
        }
        let why = "`cookie_consent` is our own cookie; only its `purpose` can be said differently";
        for key in ["match", "duration", "party", "storage", "paths"] {
            table.forbid(key, why);
        }
        if let Some(value) = table.get("category")
            && value.str().is_some_and(|id| id != NECESSARY)
        {
            value.mistake(
                "`cookie_consent` is a necessary cookie. Write `category = \"necessary\"`.",
            );
        }
        let value = table.need("purpose", "purpose = \"Remembers your cookie choice.\"");
        *purpose = value.and_then(|value| self.languages.text(&value));
    }

    fn ours(&self, purpose: Option<Text>) -> Cookie {
        let said = |language: &String| {
            let words = self.words.get(language)?.as_ref()?;
            Some((language.clone(), words.consent_cookie_purpose.clone()))
        };
        let purpose =
            purpose.unwrap_or_else(|| Text(self.languages.all.iter().filter_map(said).collect()));
        Cookie {
            name: CONSENT_COOKIE.to_owned(),
            patterns: vec![Pattern(CONSENT_COOKIE.to_owned())],
            category: NECESSARY.to_owned(),
            service: None,
            purpose,
            lifetime: Lifetime::For(u32::from(self.days), Unit::Days),
            party: Party::First,
            storage: Storage::Cookie,
            paths: Vec::new(),
        }
    }

    /// Services and groups, their cookies added to `all`.
    pub(super) fn services<'t>(&self, site: &Table<'t>, all: &mut Vec<Placed<'t>>) -> Vec<Service> {
        let mut services: Vec<Service> = Vec::new();
        for table in site.tables("services") {
            if let Some(service) = self.service(&table, all) {
                if services.iter().any(|known| known.id == service.id) {
                    table.mistake(format!(
                        "service {} is declared twice. Leave one out.",
                        quoted(&service.id)
                    ));
                }
                services.push(service);
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
        let mut tag = under.tag.clone();
        let draft = said.over(&under);
        let category = self.category_of(table, &id, own, draft.category.as_deref());
        let settings = services::settings(table, &id, tag.as_ref());
        if settings.is_empty() {
            tag = None;
        }
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
            tag,
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
            let id = value.str()?;
            let found = self.catalogue.get(id);
            if found.is_none() {
                let wrong = quoted(id);
                let near = nearest(id, &known, "There are");
                value.mistake(format!("service {wrong} is not in services/. {near}"));
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
        let _ = ServiceDraft::read(table, self.languages);
        let _ = table.get("settings");
        let _ = self.merge(table, &[]);
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
        if !self.knows(category) {
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
        for entry in table.tables("cookies") {
            table_forbids_category(&entry);
            if let Some(said) = Draft::read(&entry, self.languages) {
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

fn table_forbids_category(entry: &Table<'_>) {
    entry.forbid("category", "a service's cookies share its category");
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

/// Checks over everything that was declared: nothing twice, nothing empty, nothing out of reach.
pub(super) fn check(
    categories: &[categories::Placed<'_>],
    services: &[Service],
    cookies: &[Placed<'_>],
    granular: bool,
) {
    cookies::overlaps(cookies);
    for categories::Placed { category, spot } in categories {
        let used = cookies
            .iter()
            .any(|placed| placed.cookie.category == category.id)
            || services
                .iter()
                .any(|service| service.category == category.id);
        let id = quoted(&category.id);
        if used && category.empty.is_some() {
            spot.mistake(format!(
                "category {id} has `empty`, but something is declared in it. Leave `empty` out."
            ));
        } else if !used && category.empty.is_none() && category.id != NECESSARY {
            spot.lacks(format!(
                "category {id} has no cookies and no services. Declare some, say in `empty = \"…\"` why there are \
                 none, or leave the category out."
            ));
        }
    }
    for Placed { cookie, spot } in cookies.iter().filter(|_| granular) {
        if cookie.category != NECESSARY && cookie.service.is_none() {
            spot.mistake(format!(
                "cookie {} has no switch of its own, but `granular = true` promises one. Put it into a group: \
                 `[[services]]` with `own = true` and `[[services.cookies]]`. Groups: {}.",
                quoted(&cookie.name),
                list(&services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>())
            ));
        }
    }
}
