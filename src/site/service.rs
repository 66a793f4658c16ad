use super::{Map, Text, filled, gathered};
use serde::{Deserialize, Serialize};

/// A third party whose code or cookies the site uses, or (`own`) a group of the site's own cookies that a visitor can
/// choose alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id: the catalogue's, or the site's own.
    pub id: String,
    /// What people know it by.
    pub name: String,
    /// The company behind it; the site itself if `own`.
    pub company: String,
    /// True for a group of first-party cookies.
    pub own: bool,
    /// The id of the category it answers to.
    pub category: String,
    /// The sentence that explains it.
    pub purpose: Text,
    /// What it learns, where the site says so.
    pub data: Option<Text>,
    /// Its privacy policy.
    pub privacy: Option<String>,
    /// Its own way to opt out.
    pub opt_out: Option<String>,
    /// Hosts it loads from, as patterns of [`super::hosts`]. None for what lies on the site's own host.
    pub hosts: Vec<String>,
    /// Texts that show its inline loader.
    pub markers: Vec<String>,
    /// Whether its usual use counts as a sale or sharing of personal information (Cal. Civ. Code §1798.140(ad), (ah)).
    pub sale_or_share: SaleOrShare,
    /// The site's own ids with the service (`{"project": "…"}`), for its tag.
    pub settings: Map<String>,
    /// The markup it needs, where the site gave its ids: without them the site's own pages carry the tag.
    pub tag: Option<Tag>,
    /// How it wants to be told what was granted.
    pub signal: Option<Signal>,
    /// The catalogue's category of a service that is told: what its words speak of, if the site has put it elsewhere.
    pub listed: String,
    /// Whether it is told so in every page before its tag runs: where the tag is ours, or the site asks for it. Pages that
    /// carry the tag themselves have to be searched for it.
    pub announced: bool,
}

/// The markup a service needs, with `{setting}` where the site's own ids go: first the inline script, if there is one,
/// then the script from its address, `async` and with the attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The ids it has to be given.
    pub settings: Vec<String>,
    /// Address of a script to load.
    pub script: Option<String>,
    /// `data-…` attributes and `id` of the script that is loaded. To be escaped where they are written.
    pub attributes: Map<String>,
    /// Text of a script to run. It can't end its element.
    pub inline: Option<String>,
}

impl Tag {
    /// The tag with the site's ids in their places. The checker has seen to it that they can't break out of a script.
    #[must_use]
    pub fn filled(&self, settings: &Map<String>) -> Self {
        let setting = |key: &str| settings.get(key).map(String::as_str);
        let fill = |text: &String| filled(text, &setting);
        let attribute = |(name, value): (&String, &String)| (name.clone(), fill(value));
        Self {
            settings: self.settings.clone(),
            script: self.script.as_ref().map(fill),
            attributes: gathered(self.attributes.iter().map(attribute)),
            inline: self.inline.as_ref().map(fill),
        }
    }
}

/// A vendor's own way to be told what was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signal {
    /// `clarity('consentv2', …)`.
    Clarity,
    /// `gtag('consent', …)`.
    Google,
    /// `uetq.push('consent', …)`.
    Uet,
}

/// Whether a service's usual use is a sale or sharing of personal information in the sense of US state laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SaleOrShare {
    Yes,
    Possible,
    No,
}
