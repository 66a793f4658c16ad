use super::{Decision, Source};
use crate::{
    calendar::rfc3339,
    site::{NECESSARY, Site},
};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// The decision as JSON: what `{base}/state` answers and the page's script holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State<'a> {
    site: &'a str,
    policy: &'a str,
    decided: bool,
    source: Source,
    categories: Map<'a>,
    services: Map<'a>,
    gpc: bool,
    receipt: Option<&'a str>,
    decided_at: Option<String>,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<&'a str>,
    #[serde(skip)]
    act: Option<String>,
}

/// A map in the site's order.
#[derive(Debug)]
struct Map<'a>(Vec<(&'a str, bool)>);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'a> State<'a> {
    /// Puts a decision into words that programs read.
    #[must_use]
    pub fn new(site: &'a Site, decision: &'a Decision) -> Self {
        let categories = site
            .categories
            .iter()
            .map(|category| (category.id.as_str(), decision.grants(site, &category.id)))
            .collect();
        // What can't be refused is no part of a choice.
        let services = site
            .services
            .iter()
            .zip(&decision.services)
            .filter(|(service, _)| service.category != NECESSARY)
            .map(|(service, granted)| (service.id.as_str(), *granted))
            .collect();
        let made = decision.made.as_ref();
        Self {
            site: &site.id,
            policy: &site.version,
            decided: decision.decided,
            source: decision.source,
            categories: Map(categories),
            services: Map(services),
            gpc: decision.signals.gpc.is_on(),
            receipt: made.and_then(|made| made.receipt.as_deref()),
            decided_at: made.map(|made| rfc3339(made.at)),
            expires_at: decision.expires.map(rfc3339),
            message: None,
            release: None,
            act: None,
        }
    }

    /// With a sentence for the visitor, which the page's script announces.
    #[must_use]
    pub fn with_message(self, message: &'a str) -> Self {
        Self {
            message: Some(message),
            ..self
        }
    }

    /// With the script that carries out at once what follows from the answer, and what it needs to know.
    #[must_use]
    pub fn with_release(self, script: &'a str, act: impl Serialize) -> Self {
        Self {
            release: Some(script),
            act: Some(crate::json::write(&act)),
            ..self
        }
    }

    /// As JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = crate::json::write(self);
        if let Some(act) = &self.act {
            text.pop();
            text.extend([",\"act\":", act, "}"]);
        }
        text
    }
}
