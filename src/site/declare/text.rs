use super::super::Text;
use super::value::Value;
use super::wording::{list, quoted};
use std::collections::BTreeMap;

/// Which languages a text must have.
#[derive(Debug, Clone)]
pub(super) struct Languages {
    /// The language of a text that is a plain string, then the others.
    pub(super) all: Vec<String>,
    /// Where they are listed, for the wording of mistakes.
    pub(super) listed: &'static str,
}

impl Languages {
    pub(super) fn first(&self) -> &str {
        self.all.first().map_or("en", String::as_str)
    }

    /// A text: a string in the first language, or a table by language.
    pub(super) fn text(&self, value: &Value<'_>) -> Option<Text> {
        let mut texts = BTreeMap::new();
        if value.is_table() {
            for (language, text) in value.table("")?.entries() {
                if !self.all.iter().any(|known| known == language) {
                    text.mistake(format!(
                        "language {} is not {}. There are: {}.",
                        quoted(language),
                        self.listed,
                        list(&self.all)
                    ));
                } else if let Some(said) = text.str() {
                    texts.insert(language.to_owned(), said.to_owned());
                } else {
                    // Its own mistake is said; a translation is there, if a bad one.
                    texts.insert(language.to_owned(), String::new());
                }
            }
        } else {
            texts.insert(self.first().to_owned(), value.str()?.to_owned());
        }
        let missing: Vec<&String> = self
            .all
            .iter()
            .filter(|language| !texts.contains_key(*language))
            .collect();
        if !missing.is_empty() {
            value.mistake(format!(
                "`{key}` has no text in {}. Write one line for each language: `{key}.{} = \"…\"` and so on.",
                list(&missing),
                self.first(),
                key = value.key(),
            ));
        }
        Some(Text(texts))
    }
}
