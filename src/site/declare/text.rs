use super::super::{Map, Text};
use super::languages::Phrases;
use super::value::Value;
use super::wording::{list, nearest, quoted};
use std::rc::Rc;

/// Which languages a text must have.
#[derive(Debug, Clone)]
pub(super) struct Languages {
    /// The language of a text that is a plain string, then the others.
    pub(super) all: Vec<String>,
    /// Where they are listed, for the wording of mistakes.
    pub(super) listed: &'static str,
    /// Sentences that every file may refer to.
    pub(super) phrases: Rc<Phrases>,
}

impl Languages {
    pub(super) fn first(&self) -> &str {
        self.all.first().map_or("en", String::as_str)
    }

    /// What something is for: a text, or the name of one that is written once for all (`"@visitor-id"`).
    pub(super) fn purpose(&self, value: &Value<'_>) -> Option<Text> {
        self.said(value, "purposes")
    }

    /// What a service learns: a text, or the name of one that is written once for all (`"@usage"`).
    pub(super) fn learns(&self, value: &Value<'_>) -> Option<Text> {
        self.said(value, "learns")
    }

    fn said(&self, value: &Value<'_>, place: &'static str) -> Option<Text> {
        let Some(name) = value.quiet_str().and_then(|text| text.strip_prefix('@')) else {
            return self.text(value);
        };
        let known = self.phrases.get(place)?;
        let Some(phrase) = known.get(name) else {
            let names: Vec<&String> = known.keys().collect();
            value.mistake(format!(
                "phrase {} is not in [{place}] of languages/. {}",
                quoted(name),
                nearest(name, &names, "There are")
            ));
            return None;
        };
        let mut texts = phrase.0.clone();
        texts.retain(|language, _| self.all.contains(language));
        Some(Text(texts))
    }

    /// A text: a string in the first language, or a table by language.
    pub(super) fn text(&self, value: &Value<'_>) -> Option<Text> {
        let mut texts = Map::new();
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
            .filter(|language| texts.get(language).is_none())
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
