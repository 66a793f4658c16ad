use super::Write;
use serde::Deserialize;

/// KV did not do what it was asked: its own words, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

/// KV as the scheduled job and the exports need it. Keys come in order; what was just written may not be there yet.
pub trait Store {
    /// A value.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<String>, Fault>>;
    /// Up to a thousand keys that begin with `prefix`.
    fn list(&self, prefix: &str, cursor: Option<&str>)
    -> impl Future<Output = Result<Page, Fault>>;
    /// Puts a value.
    fn put(&self, write: &Write) -> impl Future<Output = Result<(), Fault>>;
    /// Takes a key away; one that isn't there is no fault.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), Fault>>;
}

/// What KV answers to a list. A page may be empty and yet not the last.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Page {
    /// The keys.
    pub keys: Vec<Listed>,
    /// Where to go on; `None` at the end.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// One key of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct Listed {
    /// The key.
    pub name: String,
    /// Its metadata, if it has any.
    #[serde(default)]
    pub metadata: Option<serde_json::Value>,
}
