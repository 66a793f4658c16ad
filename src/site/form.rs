use super::Text;
use serde::{Deserialize, Serialize};

/// A form that only people may send: its posts are checked with Cloudflare Turnstile before the origin sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Where it is sent to. `*` stands for one part of a path, at the end for everything that follows.
    pub paths: Vec<String>,
    /// The pages that show it, as patterns like those.
    pub pages: Vec<String>,
    /// The widget's public key.
    pub site_key: String,
    /// What the token has to be for; Cloudflare vouches for it.
    pub action: Option<String>,
    /// The methods that are guarded.
    pub methods: Vec<String>,
    /// Where in the form the widget goes.
    pub place: WidgetPlace,
    /// The widget's colours.
    pub theme: Theme,
    /// What to do when siteverify can't be reached.
    pub unreachable: Unreachable,
    /// Whether Cloudflare is told the visitor's address.
    pub remote_ip: bool,
    /// Whether the origin gets the token's field, too.
    pub keep_token: bool,
    /// What a visitor consents to by a field of the form.
    pub consents: Vec<FormConsent>,
}

impl Form {
    /// Whether requests by this method are checked.
    #[must_use]
    pub fn guards(&self, method: &str) -> bool {
        self.methods.iter().any(|own| own == method)
    }
}

/// Where in a form its widget goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WidgetPlace {
    /// Before the first button that sends the form; first in a form that takes files, since a body is read in order.
    Submit,
    /// First in the form.
    First,
    /// First in the element that this names.
    Inside(Selector),
}

/// A name for elements: what a CSS selector can say of one element alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    /// Its tag, lower case.
    pub tag: Option<String>,
    /// What its attributes have to hold.
    pub attributes: Vec<Attribute>,
}

/// What an attribute has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name, lower case.
    pub name: String,
    /// Its value; any, if nothing is said.
    pub value: Option<String>,
    /// Whether the value is one word among others, as in `class`.
    pub word: bool,
}

/// The widget's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the visitor's screen.
    Auto,
    /// For pages that are always light.
    Light,
    /// For pages that are always dark.
    Dark,
}

impl Theme {
    /// As the widget calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What to do with a form when nobody can say whether a person sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unreachable {
    /// Refuse it for now.
    Closed,
    /// Let it through, without our word for it.
    Open,
}

/// A consent that a form asks for by one of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormConsent {
    /// The field's name.
    pub field: String,
    /// What stands beside it.
    pub text: Text,
}
