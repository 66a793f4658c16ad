//! One site's folder: `site.toml` and the policy page in each of its languages.

use super::super::{Enforce, Kept, Map, NECESSARY, Site};
use super::addresses;
use super::categories::{self, AllWords};
use super::changes;
use super::consistency;
use super::cookies;
use super::coverage;
use super::digest;
use super::folder;
use super::forms;
use super::grammar;
use super::inventory::Around;
use super::languages::Phrases;
use super::markdown;
use super::mistake::Log;
use super::reader::Table;
use super::services::Draft;
use super::settings;
use super::source::Source;
use super::text::Languages;
use super::wording::{list, nearest, quoted};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// What all sites share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) root: &'a Path,
    pub(super) log: &'a Log,
    pub(super) words: &'a AllWords,
    pub(super) phrases: &'a Rc<Phrases>,
    pub(super) catalogue: &'a BTreeMap<String, Draft>,
}

impl Shared<'_> {
    /// Reads one site of a folder. `claimed` tells which site has which host already.
    pub(super) fn site(
        &self,
        folder: &str,
        id: &str,
        claimed: &mut BTreeMap<String, String>,
    ) -> Option<Site> {
        let folder = format!("{folder}/{id}");
        let path = format!("{folder}/site.toml");
        if let Err(text) = grammar::id(id) {
            self.log.add(
                &path,
                1,
                format!("the folder's name is the site's id. {text}"),
            );
        }
        let source = Source::load(self.root, &path, self.log)?;
        let document = source.parse();
        let table = Table::root(&source, &document);
        let mut site = self.declaration(id, &folder, &table, claimed);
        table.finish();
        self.prose(&mut site, &folder, &source);
        Some(site)
    }

    fn declaration(
        &self,
        id: &str,
        folder: &str,
        table: &Table<'_>,
        claimed: &mut BTreeMap<String, String>,
    ) -> Site {
        let name = table
            .need("name", "name = \"Example\"")
            .and_then(|value| value.str());
        let hosts = addresses::hosts(table, id, claimed);
        let languages = self.languages(table);
        let updated = table
            .need("updated", "updated = 2026-05-21")
            .and_then(|value| value.date());
        let (base, policy_path) = addresses::paths(table);
        let owner = settings::owner(table);
        let consent = settings::consent(table, &hosts);
        let rehearses = consent.enforce == Enforce::Report;
        let placed = categories::read(table, &languages, self.words);
        let optional = placed.iter().any(|placed| placed.category.id != NECESSARY);
        let news = changes::read(table, &languages, updated.as_deref(), optional);
        let archive = changes::archive(self.root, folder, &languages.all, self.log);
        changes::check(&news, &archive, folder);
        let around = Around {
            languages: &languages,
            words: self.words,
            catalogue: self.catalogue,
            categories: &placed,
            owner: &owner.name,
            days: consent.days,
            news: news.iter().any(|placed| placed.change.matters),
        };
        let mut cookies = around.cookies(table);
        let services = around.services(table, &mut cookies);
        consistency::check(&placed, &services, &cookies, consent.granular);
        let forms = forms::read(table, &languages, &services, [&base, &policy_path]);
        let words = languages.all.iter().filter_map(|language| {
            let words = (*self.words.get(language)?)?;
            Some((language.clone(), words))
        });
        let mut site = Site {
            id: id.to_owned(),
            name: name.unwrap_or_default().to_owned(),
            hosts,
            updated: updated.unwrap_or_default(),
            base,
            policy_path,
            consent,
            signals: settings::signals(table),
            records: settings::records(table, rehearses),
            banner: settings::banner(table, &languages),
            categories: placed
                .iter()
                .map(|placed| placed.category.clone())
                .collect(),
            services,
            cookies: cookies
                .into_iter()
                .map(|placed: cookies::Placed<'_>| placed.cookie)
                .collect(),
            forms,
            changes: news.into_iter().map(|placed| placed.change).collect(),
            archive,
            prose: Map::new(),
            words: words.collect(),
            kept: Kept::default(),
            version: String::new(),
            languages: languages.all.clone(),
            owner,
        };
        digests(&mut site, &placed);
        site
    }

    fn languages(&self, table: &Table<'_>) -> Languages {
        let known: Vec<&String> = self.words.keys().collect();
        let mut all: Vec<String> = Vec::new();
        if let Some(value) = table.need("languages", "languages = [\"en\"]") {
            for (item, tag) in value.texts() {
                if all.iter().any(|listed| listed == tag) {
                    item.mistake(format!(
                        "language {} is listed twice. Leave one out.",
                        quoted(tag)
                    ));
                } else if known.iter().any(|known| *known == tag) {
                    all.push(tag.to_owned());
                } else {
                    item.mistake(format!(
                        "language {} has no file in languages/. There are: {}.",
                        quoted(tag),
                        list(&known)
                    ));
                }
            }
            addresses::not_empty(&value, "languages = [\"en\"]");
        }
        if all.is_empty() {
            all.push("en".to_owned());
        }
        Languages {
            all,
            listed: "listed in `languages`",
            phrases: Rc::clone(self.phrases),
        }
    }

    /// Reads the policy page in each language, and looks for pages that nobody asked for.
    fn prose(&self, site: &mut Site, folder: &str, declaration: &Source<'_>) {
        let mut expected = vec!["site.toml".to_owned()];
        let mut pages = Map::new();
        for (index, language) in site.languages.iter().enumerate() {
            let file = match index {
                0 => "cookie-policy.md".to_owned(),
                _ => format!("cookie-policy.{language}.md"),
            };
            let path = format!("{folder}/{file}");
            expected.push(file);
            if !self.root.join(&path).is_file() {
                self.log.add(
                    &path,
                    1,
                    format!(
                        "the policy page in {} is missing. Write this file, or take the language out of `languages`.",
                        quoted(language)
                    ),
                );
            } else if let Some(source) = Source::load(self.root, &path, self.log) {
                let page = markdown::read(&source);
                coverage::check(&page, site, &source, declaration);
                pages.insert(language.clone(), page.prose);
            }
        }
        site.prose = pages;
        for file in folder::files(self.root, folder) {
            let toml = Path::new(&file)
                .extension()
                .is_some_and(|extension| extension == "toml");
            if (toml || file.starts_with("cookie-policy")) && !expected.contains(&file) {
                let near = nearest(&file, &expected, "Expected here");
                self.log.add(
                    &format!("{folder}/{file}"),
                    1,
                    format!("nothing reads this file. {near}"),
                );
            }
        }
    }
}

/// Sets the digests, and sees to it that each category can be told by its own.
fn digests(site: &mut Site, placed: &[categories::Placed<'_>]) {
    let digests: Vec<String> = site
        .categories
        .iter()
        .map(|category| match category.id.as_str() {
            NECESSARY => String::new(),
            _ => digest::category(site, category),
        })
        .collect();
    for (index, (placed, digest)) in placed.iter().zip(&digests).enumerate() {
        if !digest.is_empty() && digests.iter().take(index).any(|earlier| earlier == digest) {
            let id = quoted(&placed.category.id);
            placed.spot.mistake(format!(
                "category {id} has by chance the digest of another one. Change a word in one of its purposes."
            ));
        }
    }
    for (category, digest) in site.categories.iter_mut().zip(digests) {
        category.digest = digest;
    }
    site.version = digest::version(site);
}
