//! `[[cookies]]` of a site, and our own cookie among them.

use super::super::{Cookie, Lifetime, NECESSARY, Party, Pattern, Storage, Text, Unit, Word, Words};
use super::categories::{self, AllWords};
use super::cookies::{Draft, Placed};
use super::reader::Table;
use super::services::Draft as ServiceDraft;
use super::source::Doubt;
use super::text::Languages;
use super::wording::{nearest, quoted};
use std::collections::BTreeMap;

/// The cookie that holds the choice. No site can call it otherwise.
const CONSENT_COOKIE: &str = "cookie_consent";

/// The cookie that notes which change of the policy a visitor has been told about.
const SEEN_COOKIE: &str = "consent_seen";

/// What stands around a site's tables.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub(super) languages: &'a Languages,
    pub(super) words: &'a AllWords,
    pub(super) catalogue: &'a BTreeMap<String, ServiceDraft>,
    pub(super) categories: &'a [categories::Placed<'a>],
    pub(super) owner: &'a str,
    pub(super) days: u16,
    /// Whether visitors are told about a change.
    pub(super) news: bool,
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

    pub(super) fn knows(&self, category: &str) -> bool {
        self.ids().contains(&category)
    }

    pub(super) fn unknown(&self, category: &str) -> String {
        let wrong = quoted(category);
        format!(
            "category {wrong} is not declared. {}",
            nearest(category, &self.ids(), "Declared")
        )
    }

    /// The site's own cookies, ours among them where there is something to choose.
    pub(super) fn cookies<'t>(&self, site: &Table<'t>) -> Vec<Placed<'t>> {
        let mut all = Vec::new();
        let tables = site.tables("cookies");
        if tables.is_empty() && site.has("cookies") {
            site.spot().source().doubt(Doubt::Members);
        }
        for table in tables {
            if table.get("name").and_then(|value| value.quiet_str()) == Some(CONSENT_COOKIE) {
                let cookie = self.ours(self.purpose_of_ours(&table));
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
        let ours = all
            .iter()
            .position(|placed| placed.cookie.name == CONSENT_COOKIE);
        if let Some(at) = ours.filter(|_| self.news) {
            let mut cookie = self.ours(Some(self.said(|words| words.seen_cookie_purpose)));
            SEEN_COOKIE.clone_into(&mut cookie.name);
            cookie.patterns = vec![Pattern(SEEN_COOKIE.to_owned())];
            let spot = site.spot();
            all.insert(at + 1, Placed { cookie, spot });
        }
        all
    }

    fn cookie<'t>(&self, table: &Table<'t>) -> Option<Placed<'t>> {
        let source = table.spot().source();
        let category = table.need("category", "category = \"necessary\"");
        let category = category.and_then(|value| value.str().map(|id| (value, id)));
        match &category {
            Some((_, id)) if self.knows(id) => {}
            Some((value, id)) if source.certain(Doubt::Categories) => {
                value.mistake(self.unknown(id));
                source.doubt(Doubt::Members);
            }
            _ => source.doubt(Doubt::Members),
        }
        let draft = Draft::read(table, self.languages);
        if draft.is_none() {
            source.doubt(Doubt::Members);
        }
        let draft = draft?;
        draft.complete(table.spot(), |key| table.has(key));
        let cookie = draft.build(category.map_or(NECESSARY, |(_, id)| id), None);
        Some(Placed {
            cookie,
            spot: table.spot(),
        })
    }

    fn purpose_of_ours(&self, table: &Table<'_>) -> Option<Text> {
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
        value.and_then(|value| self.languages.purpose(&value))
    }

    /// Words of ours, in each of the site's languages.
    fn said(&self, choose: impl Fn(&Words) -> Word) -> Text {
        let said = |language: &String| {
            let words = self.words.get(language)?.as_ref()?;
            Some((language.clone(), choose(words).to_string()))
        };
        Text(self.languages.all.iter().filter_map(said).collect())
    }

    fn ours(&self, purpose: Option<Text>) -> Cookie {
        let purpose = purpose.unwrap_or_else(|| self.said(|words| words.consent_cookie_purpose));
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
}
