use serde::{Deserialize, Serialize};

/// The policy page in one language: the owner's prose, with places where generated parts go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prose {
    /// The page's title, from its `#` heading.
    pub title: String,
    /// The page's content in order.
    pub parts: Vec<Part>,
}

/// A piece of the policy page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The owner's prose, as HTML made from Markdown at build time.
    Html(String),
    /// `{{cookies <category>}}`: the table of one category's cookies.
    Cookies(String),
    /// `{{services}}`, `{{services <category>}}`: the third parties, all or one category's.
    Services(Option<String>),
    /// `{{choice}}`: the visitor's present choice, changeable in place.
    Choice,
    /// `{{signals}}`: how GPC and DNT are treated.
    Signals,
    /// `{{browsers}}`: where each browser keeps its cookie settings.
    Browsers,
    /// `{{contact}}`: who to write to.
    Contact,
    /// `{{changes}}`: what has changed so far, and earlier versions of the page.
    Changes,
    /// `{{records}}`: what is recorded about a choice, and for how long.
    Records,
}
