use super::Map;
use serde::{Deserialize, Serialize};

/// A text in each of the site's languages. The build has seen to it that none is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Map<String>);

impl Text {
    /// The text in this language; in any other language it has, should it be missing after all.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}
