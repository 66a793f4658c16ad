//! `languages/<tag>.toml`: the words of banner and pages, every key present in every file; and the phrases that
//! services and cookies share, which stay here: only those that a site uses travel, as its texts.

use super::super::{Text, Units, Words};
use super::fields::fields;
use super::folder;
use super::grammar;
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

/// The tables of phrases: what things are for, and what services learn.
const PHRASES: [&str; 2] = ["purposes", "learns"];

/// Phrases by table and name.
pub(super) type Phrases = BTreeMap<&'static str, BTreeMap<String, Text>>;

/// What the language that the others are measured against has.
#[derive(Debug, Default)]
struct Measure {
    /// What is filled in, per key.
    braces: BTreeMap<String, BTreeSet<String>>,
    /// The names of phrases, per table.
    phrases: BTreeMap<&'static str, BTreeSet<String>>,
}

/// All languages there are, one with mistakes without words; and the phrases in all of them.
pub(super) fn read(root: &Path, log: &Log) -> (BTreeMap<String, Option<Words>>, Phrases) {
    let measure = Source::load(root, &format!("languages/{MEASURE}.toml"), log);
    let expected = measure
        .as_ref()
        .map(|source| measured(source))
        .unwrap_or_default();
    let mut languages = BTreeMap::new();
    let mut phrases = Phrases::new();
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
            let words = words(&source, &expected, &tag, &mut phrases);
            languages.insert(tag, words);
        }
    }
    (languages, phrases)
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

fn words(
    source: &Source<'_>,
    expected: &Measure,
    tag: &str,
    phrases: &mut Phrases,
) -> Option<Words> {
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
                same_braces(&value, text, expected.braces.get(*key));
                Json::from(text)
            }),
        };
        if let Some(said) = said {
            words.insert((*key).to_owned(), said);
        }
    }
    for place in PHRASES {
        if let Some(value) = table.need(place, &format!("[{place}]")) {
            let names = expected.phrases.get(place);
            let all = phrases.entry(place).or_default();
            for (name, said) in sentences(&value, place, names) {
                all.entry(name).or_default().0.insert(tag.to_owned(), said);
            }
        }
    }
    table.finish();
    serde_json::from_value(Json::Object(words)).ok()
}

/// One table of phrases, held against the names it should have.
fn sentences(
    value: &Value<'_>,
    place: &str,
    names: Option<&BTreeSet<String>>,
) -> Vec<(String, String)> {
    let (Some(table), Some(names)) = (value.table(place), names) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    for (name, value) in table.entries() {
        if let Err(text) = grammar::id(name) {
            value.mistake(text);
        } else if !names.contains(name) {
            value.mistake(format!(
                "phrase {} is not in languages/{MEASURE}.toml. Write it there too, or leave it out.",
                quoted(name)
            ));
        } else if let Some(text) = value.str() {
            said.push((name.to_owned(), text.to_owned()));
        }
    }
    let lacks = |name: &&String| !table.entries().any(|(known, _)| known == name.as_str());
    for name in names.iter().filter(lacks) {
        value.spot().lacks(format!(
            "phrase {} is missing in [{place}]. Add `{name} = \"…\"`.",
            quoted(name)
        ));
    }
    said
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

fn measured(source: &Source<'_>) -> Measure {
    let (document, _) = toml::de::DeTable::parse_recoverable(&source.text);
    let mut measure = Measure::default();
    for (key, value) in document.get_ref() {
        if let Some(text) = value.get_ref().as_str() {
            let braces = braces(text);
            measure.braces.insert(key.get_ref().to_string(), braces);
        }
    }
    for place in PHRASES {
        let table = document.get_ref().get(place);
        let table = table.and_then(|value| value.get_ref().as_table());
        let names = table.into_iter().flat_map(|table| table.keys());
        let names = names.map(|name| name.get_ref().to_string()).collect();
        measure.phrases.insert(place, names);
    }
    measure
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
