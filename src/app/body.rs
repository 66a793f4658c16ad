//! A choice, as forms and programs send it.

use super::Rejection;
use crate::{
    decision::{Asked, Submission, Surface},
    json,
    site::Map,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use std::fmt;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Form,
    Json,
}

impl Kind {
    /// Reads a `Content-Type`.
    pub(super) fn read(value: &str) -> Option<Self> {
        let kind = value.split_once(';').map_or(value, |(kind, _)| kind).trim();
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else if kind.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}

/// Reads a submission.
pub(super) fn submission(kind: Kind, body: &[u8]) -> Result<Submission, Rejection> {
    match kind {
        Kind::Form => form(body),
        Kind::Json => json(body),
    }
}

/// The `return_to` of a reset, which needs nothing else.
pub(super) fn return_to(kind: Kind, body: &[u8]) -> Option<String> {
    match kind {
        Kind::Form => form_urlencoded::parse(body)
            .find(|(key, _)| key == "return_to")
            .map(|(_, value)| value.into()),
        Kind::Json => sent(body)?.return_to,
    }
}

fn asked(decision: &str) -> Result<Asked, Rejection> {
    match decision {
        "accept" => Ok(Asked::Accept),
        "reject" => Ok(Asked::Reject),
        "save" => Ok(Asked::Save),
        _ => Err(Rejection::Malformed(
            "`decision` must be `accept`, `reject` or `save`.",
        )),
    }
}

fn form(body: &[u8]) -> Result<Submission, Rejection> {
    let mut decision = None;
    let mut submission = Submission {
        asked: Asked::Reject,
        categories: Map::new(),
        services: Map::new(),
        keep_others: false,
        return_to: None,
        surface: Surface::Banner,
    };
    for (key, value) in form_urlencoded::parse(body) {
        match &*key {
            "decision" => {
                let asked = asked(&value)?;
                if decision.is_some_and(|before| before != asked) {
                    return Err(Rejection::Malformed(
                        "`decision` was sent twice, with different values.",
                    ));
                }
                decision = Some(asked);
            }
            "category" => {
                submission.categories.insert(value.into_owned(), true);
            }
            "service" => {
                let (id, granted) = value
                    .strip_prefix('-')
                    .map_or((&*value, true), |id| (id, false));
                // Sent both ways: a no wins over a yes.
                let before = submission.services.get(id).copied().unwrap_or(true);
                submission.services.insert(id.to_owned(), before && granted);
            }
            "return_to" => submission.return_to = Some(value.into_owned()),
            "surface" if value == "preferences" => submission.surface = Surface::Preferences,
            _ => {}
        }
    }
    submission.asked = decision.ok_or(Rejection::Malformed(
        "`decision` is missing: send `accept`, `reject` or `save`.",
    ))?;
    Ok(submission)
}

#[derive(Deserialize)]
struct Sent {
    decision: Option<String>,
    #[serde(default)]
    categories: Answers,
    #[serde(default)]
    services: Answers,
    return_to: Option<String>,
    /// `keep`: what isn't listed stays as it is. An addition of ours, for `window.consent.set`.
    others: Option<String>,
}

/// A map from id to yes or no. The same id twice is no answer: nobody knows which one counts.
#[derive(Default)]
struct Answers(Map<bool>);

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Answers {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from id to true or false")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some((id, granted)) = map.next_entry::<String, bool>()? {
            if self.0.get(&id).is_some() {
                return Err(A::Error::custom("an id stands twice"));
            }
            self.0.insert(id, granted);
        }
        Ok(self)
    }
}

fn sent(body: &[u8]) -> Option<Sent> {
    json::read(str::from_utf8(body).ok()?)
}

fn json(body: &[u8]) -> Result<Submission, Rejection> {
    let sent = sent(body).ok_or(
        Rejection::Malformed(
            "The body must be a JSON object with `decision` and, for `save`, `categories` and `services` as maps from id to true or false.",
        ),
    )?;
    let decision = sent.decision.ok_or(Rejection::Malformed(
        "`decision` is missing: send `accept`, `reject` or `save`.",
    ))?;
    Ok(Submission {
        asked: asked(&decision)?,
        categories: sent.categories.0,
        services: sent.services.0,
        keep_others: match sent.others.as_deref() {
            None => false,
            Some("keep") => true,
            Some(_) => {
                return Err(Rejection::Malformed(
                    "`others` must be `keep`, or left out.",
                ));
            }
        },
        return_to: sent.return_to,
        surface: Surface::Api,
    })
}
