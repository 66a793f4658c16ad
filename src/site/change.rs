use super::{Map, Text};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A change of the policy that the owner tells about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The day from which it holds, `YYYY-MM-DD`.
    pub date: String,
    /// What has changed.
    pub summary: Text,
    /// Whether those who chose before have to be told, once.
    pub matters: bool,
}

/// The policy page as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// The day from which it held, `YYYY-MM-DD`.
    pub date: String,
    /// The version of the policy.
    pub version: String,
    /// The page by language, as HTML. They travel beside the declaration, so that it stays quick to read.
    #[serde(skip)]
    pub pages: Map<Cow<'static, str>>,
}

impl Archived {
    /// What its address ends in: `2026-05-21-3f9a1c0e5b7d2a48`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}", self.date, self.version)
    }
}
