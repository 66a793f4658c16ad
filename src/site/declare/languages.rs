//! `languages/<tag>.toml`: the words of banner and pages, every key present in every file.

use super::super::{Units, Words};
use super::fields::fields;
use super::folder;
use super::mistake::Log;
use super::reader::Table;
use super::source::Source;
use super::value::Value;
use super::wording::quoted;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The language that every other one is measured against.
const MEASURE: &str = "en";

/// All languages there are; one with mistakes is there without words.
pub(super) fn read(root: &Path, log: &Log) -> BTreeMap<String, Option<Words>> {
    let measure = Source::load(root, &format!("languages/{MEASURE}.toml"), log);
    let expected = measure
        .as_ref()
        .map(|source| braces_of(source))
        .unwrap_or_default();
    let mut languages = BTreeMap::new();
    for tag in folder::stems(root, "languages", "toml") {
        let path = format!("languages/{tag}.toml");
        if !is_tag(&tag) {
            log.add(
                &path,
                1,
                format!(
                    "{} is no language tag. Name the file as \"de.toml\".",
                    quoted(&tag)
                ),
            );
        } else if let Some(source) = Source::load(root, &path, log) {
            languages.insert(tag, words(&source, &expected));
        }
    }
    languages
}

/// A BCP 47 tag in lower case, as far as sites need them.
fn is_tag(tag: &str) -> bool {
    let plain = |part: &str| {
        (2..=8).contains(&part.len())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    tag.split('-').all(plain) && tag.split('-').next().is_some_and(|main| main.len() <= 3)
}

fn words(source: &Source<'_>, expected: &BTreeMap<String, BTreeSet<String>>) -> Option<Words> {
    let document = source.parse();
    let table = Table::root(source, &document);
    let mut words = Map::new();
    for key in fields::<Words>() {
        let Some(value) = table.need(key, &format!("{key} = \"…\"")) else {
            continue;
        };
        let said = match *key {
            "units" => units(&value),
            "months" => strings(&value, 12),
            "direction" => value
                .one_of(&[("ltr", "ltr"), ("rtl", "rtl")])
                .map(Json::from),
            _ => value.str().map(|text| {
                same_braces(&value, text, expected.get(*key));
                Json::from(text)
            }),
        };
        if let Some(said) = said {
            words.insert((*key).to_owned(), said);
        }
    }
    table.finish();
    serde_json::from_value(Json::Object(words)).ok()
}

fn units(value: &Value<'_>) -> Option<Json> {
    let table = value.table("[units]")?;
    let mut units = Map::new();
    for key in fields::<Units>() {
        let value = table.need(key, &format!("{key} = [\"one …\", \"{{n}} …\"]"));
        if let Some(pair) = value.and_then(|value| strings(&value, 2)) {
            units.insert((*key).to_owned(), pair);
        }
    }
    table.finish();
    Some(Json::Object(units))
}

fn strings(value: &Value<'_>, count: usize) -> Option<Json> {
    let texts: Vec<&str> = value.texts().into_iter().map(|(_, text)| text).collect();
    if texts.len() == count {
        return Some(Json::from(texts));
    }
    value.mistake(format!(
        "`{}` has {} texts. Write {count}.",
        value.key(),
        texts.len()
    ));
    None
}

/// What is filled in, per key, in the language that the others are measured against.
fn braces_of(source: &Source<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let (document, _) = toml::de::DeTable::parse_recoverable(&source.text);
    let mut expected = BTreeMap::new();
    for (key, value) in document.get_ref() {
        if let Some(text) = value.get_ref().as_str() {
            expected.insert(key.get_ref().to_string(), braces(text));
        }
    }
    expected
}

fn same_braces(value: &Value<'_>, text: &str, expected: Option<&BTreeSet<String>>) {
    let Some(expected) = expected else { return };
    let found = braces(text);
    for missing in expected.difference(&found) {
        value.mistake(format!(
            "`{}` lacks `{{{missing}}}`, which is filled in there. Put it where it belongs.",
            value.key()
        ));
    }
    for unknown in found.difference(expected) {
        value.mistake(format!(
            "`{}` has `{{{unknown}}}`, which nobody fills in. Leave it out.",
            value.key()
        ));
    }
}

/// The names in braces.
pub(super) fn braces(text: &str) -> BTreeSet<String> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}
