use super::{Lifetime, Text};
use serde::{Deserialize, Serialize};

/// A cookie, or another entry that a site leaves on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// What people see in tables: a cookie's name, or what the site calls it.
    pub name: String,
    /// The names it goes by on the wire.
    pub patterns: Vec<Pattern>,
    /// The id of its category.
    pub category: String,
    /// The service (or group) it belongs to, if it belongs to one.
    pub service: Option<String>,
    /// The sentence that explains it.
    pub purpose: Text,
    /// How long it stays.
    pub lifetime: Lifetime,
    /// Who sets it.
    pub party: Party,
    /// Where it is kept.
    pub storage: Storage,
    /// Paths it is set on, besides `/`.
    pub paths: Vec<String>,
}

/// A name, or the beginning of one where it ends in `*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

impl Pattern {
    /// Whether a name on the wire is meant. Cookie names are case-sensitive (RFC 6265, section 5.3).
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => self.0 == name,
        }
    }
}

/// Whose domain a cookie is set on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The site's own domain.
    First,
    /// Another company's domain.
    Third,
}

/// Where an entry is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::enum_variant_names, reason = "the web's own names for them")]
pub enum Storage {
    /// A cookie.
    Cookie,
    /// `localStorage`.
    LocalStorage,
    /// `sessionStorage`.
    SessionStorage,
    /// Inside the site's own session, on its server: named for completeness, nothing on the device.
    Server,
}
