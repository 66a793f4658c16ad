use super::Text;
use serde::{Deserialize, Serialize};

/// Who is responsible for the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The person or company that answers for the site.
    pub name: String,
    /// Where to write.
    pub email: String,
    /// The privacy policy: an address, or a path of the site.
    pub privacy_policy: Option<String>,
}

/// How long a choice lasts, where it is valid, and what happens to cookies that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Days until the visitor is asked again: 1 to 400, 180 unless the site says otherwise.
    pub days: u16,
    /// `Domain` of the consent cookie, if the site shares a choice among its subdomains.
    pub domain: Option<String>,
    /// What to do with cookies that are not declared.
    pub undeclared: Undeclared,
    /// Whether the preference centre offers each service and group on its own.
    pub granular: bool,
    /// Whether the pages mark tags the way other consent tools want it, and we are to go by it.
    pub markup: bool,
    /// What to do with scripts and frames from hosts that are not declared.
    pub unknown_hosts: UnknownHosts,
    /// Whether what is not granted is withheld, or only reported.
    pub enforce: Enforce,
    /// What to do about tags that scripts add.
    pub added_tags: AddedTags,
}

/// What follows from a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enforce {
    /// What is not granted is withheld.
    Withhold,
    /// A rehearsal: everything is decided, nothing of the site's is withheld, and a line in the log says for each page what
    /// would have been.
    Report,
}

/// What to do about tags that scripts add to a page while it runs, where a visitor withholds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddedTags {
    /// Nothing: the site's scripts ask `window.consent` or `X-Consent` first.
    Leave,
    /// A script first in the page holds what leads to a withheld service.
    Guard,
    /// The same while the visitor is asked; after his answer, a Content-Security-Policy that allows what is granted.
    Policy,
}

/// What to do with scripts and frames from hosts that are neither the site's nor a service's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum UnknownHosts {
    Allow,
    Hold,
}

/// What to do with cookies that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Undeclared {
    Allow,
    Block,
}

/// What the site does when a browser sends a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Global Privacy Control, `Sec-GPC: 1`.
    pub gpc: Stance,
    /// Do Not Track, `DNT: 1`.
    pub dnt: Stance,
}

/// What a site does about a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// It switches everything optional off, until the visitor says otherwise with the signal on.
    Honour,
    /// It changes nothing.
    Ignore,
}

/// How long consent records are kept, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Months until a record expires by itself: 1 to 120, 36 unless the site says otherwise.
    pub months: u16,
    /// Whether a refusal is counted by a record that is tied to nobody.
    pub refusals: bool,
    /// In one of how many isolates the names of cookies and hosts that nobody declared are noted for the owner; 0: in none.
    pub gaps: u8,
}

/// Labels, place and colours of the banner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    /// Heading; the language's own where absent.
    pub title: Option<Text>,
    /// What is asked; the language's own where absent.
    pub text: Option<Text>,
    /// Label of the button that grants everything.
    pub accept: Option<Text>,
    /// Label of the button that refuses everything optional.
    pub refuse: Option<Text>,
    /// Label of the way to the preference centre.
    pub customise: Option<Text>,
    /// Whether that way stands beside the two buttons, as a third one, or as a link in the text.
    pub customise_button: bool,
    /// Where on the screen.
    pub corner: Corner,
    /// Where in the document.
    pub place: Place,
    /// Colours of banner and pages.
    pub colours: Colours,
}

/// Where on the screen the banner stands; on a phone it is always along the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Corner {
    BottomLeft,
    BottomRight,
    Bottom,
    TopLeft,
    TopRight,
    Top,
}

/// Where in the document the banner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// First in `<body>`.
    First,
    /// After everything.
    Last,
    /// First, unless the head shows a framework that hydrates the whole document.
    Auto,
}

/// Colours for light and dark screens; the build checks their contrast (WCAG 2.2, 1.4.3 and 1.4.11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Colours {
    pub light: Palette,
    pub dark: Palette,
}

/// Colours as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Palette {
    /// Ground of the banner and pages.
    pub background: String,
    /// Text on it.
    pub text: String,
    /// Ground of the buttons, links, switches that are on.
    pub accent: String,
    /// Text on the accent.
    pub on_accent: String,
}
