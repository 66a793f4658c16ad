use super::Text;
use serde::{Deserialize, Serialize};

/// The id of the category that can't be refused.
pub const NECESSARY: &str = "necessary";

/// A kind of cookies and services that a visitor answers for as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// `necessary`, `functional`, `analytics`, `marketing`, or the site's own.
    pub id: String,
    /// What people see as its name.
    pub name: Text,
    /// How the banner's sentence names it: "we use cookies for …".
    pub short: Text,
    /// Why the site wants it, in one or two sentences.
    pub purpose: Text,
    /// What to say where nothing is in use yet; set only for a category without cookies and services.
    pub empty: Option<Text>,
    /// Digest of what matters to consent in this category: eight lower-case hex digits. Empty for `necessary`.
    pub digest: String,
}
