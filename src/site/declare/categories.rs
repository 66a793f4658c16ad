//! `[[categories]]`: the standard ones with their words from `languages/`, and the site's own.

use super::super::{Category, NECESSARY, Text, Word, Words};
use super::grammar;
use super::reader::{Spot, Table};
use super::source::Doubt;
use super::text::Languages;
use super::wording::quoted;
use std::collections::BTreeMap;

/// A category, and where it was declared.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) category: Category,
    pub(super) spot: Spot<'a>,
    /// Whether it says why there is nothing in it, well or badly.
    pub(super) says_empty: bool,
}

/// The words of a language, where they could be read.
pub(super) type AllWords = BTreeMap<String, Option<Words>>;

/// All categories in the site's order, `necessary` first.
pub(super) fn read<'a>(
    site: &Table<'a>,
    languages: &Languages,
    words: &AllWords,
) -> Vec<Placed<'a>> {
    let mut categories: Vec<Placed<'a>> = Vec::new();
    let tables = site.tables("categories");
    if tables.is_empty() && site.has("categories") {
        site.spot().source().doubt(Doubt::Categories);
    }
    for table in tables {
        if let Some(category) = category(&table, languages, words) {
            if categories
                .iter()
                .any(|known| known.category.id == category.id)
            {
                table.mistake(format!(
                    "category {} is declared twice. Leave one out.",
                    quoted(&category.id)
                ));
            } else {
                categories.push(Placed {
                    category,
                    spot: table.spot(),
                    says_empty: table.has("empty"),
                });
            }
        } else {
            table.spot().source().doubt(Doubt::Categories);
        }
        table.finish();
    }
    if !categories
        .iter()
        .any(|known| known.category.id == NECESSARY)
    {
        let (name, short, purpose) = standard(NECESSARY, languages, words).unwrap_or_default();
        let id = NECESSARY.to_owned();
        let category = Category {
            id,
            name,
            short,
            purpose,
            empty: None,
            digest: String::new(),
        };
        categories.push(Placed {
            category,
            spot: site.spot(),
            says_empty: false,
        });
    }
    // Stable: the others stay in the order in which the owner wrote them.
    categories.sort_by_key(|placed| placed.category.id != NECESSARY);
    categories
}

fn category(table: &Table<'_>, languages: &Languages, words: &AllWords) -> Option<Category> {
    let id = table
        .need("id", "id = \"analytics\"")
        .and_then(|value| value.parse(grammar::id));
    let standard = id.as_ref().and_then(|id| standard(id, languages, words));
    if id.is_some() && standard.is_none() {
        let _ = table.need("name", "name = \"Videos\"");
        let _ = table.need("purpose", "purpose = \"Play videos inside our pages.\"");
    }
    let (name, short, purpose) = standard.unwrap_or_default();
    let text = |key| table.get(key).and_then(|value| languages.text(&value));
    let name = text("name").unwrap_or(name);
    Some(Category {
        id: id?,
        short: text("short").unwrap_or_else(|| {
            if short.0.is_empty() {
                name.clone()
            } else {
                short
            }
        }),
        purpose: text("purpose").unwrap_or(purpose),
        empty: text("empty"),
        digest: String::new(),
        name,
    })
}

/// Name, short form and purpose of a standard category.
fn standard(id: &str, languages: &Languages, words: &AllWords) -> Option<(Text, Text, Text)> {
    let pick: fn(&Words) -> [Word; 3] = match id {
        NECESSARY => |w| [w.necessary_name, w.necessary_name, w.necessary_purpose],
        "functional" => |w| [w.functional_name, w.functional_short, w.functional_purpose],
        "analytics" => |w| [w.analytics_name, w.analytics_short, w.analytics_purpose],
        "marketing" => |w| [w.marketing_name, w.marketing_short, w.marketing_purpose],
        _ => return None,
    };
    let mut texts = (Text::default(), Text::default(), Text::default());
    for language in &languages.all {
        if let Some(Some(words)) = words.get(language) {
            let [name, short, purpose] = pick(words);
            texts.0.0.insert(language.clone(), name.to_string());
            texts.1.0.insert(language.clone(), short.to_string());
            texts.2.0.insert(language.clone(), purpose.to_string());
        }
    }
    Some(texts)
}
