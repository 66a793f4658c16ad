//! A choice, as forms and programs send it.

use super::Rejection;
use crate::decision::{Asked, Submission, Surface};
use serde::Deserialize;
use std::collections::BTreeMap;

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
        Kind::Json => serde_json::from_slice::<Sent>(body).ok()?.return_to,
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
        categories: BTreeMap::new(),
        services: BTreeMap::new(),
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
                let entry = submission.services.entry(id.to_owned()).or_insert(granted);
                *entry = *entry && granted;
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
    categories: BTreeMap<String, bool>,
    #[serde(default)]
    services: BTreeMap<String, bool>,
    return_to: Option<String>,
}

fn json(body: &[u8]) -> Result<Submission, Rejection> {
    let sent: Sent = serde_json::from_slice(body).map_err(|_| {
        Rejection::Malformed(
            "The body must be a JSON object with `decision` and, for `save`, `categories` and `services` as maps from id to true or false.",
        )
    })?;
    let decision = sent.decision.ok_or(Rejection::Malformed(
        "`decision` is missing: send `accept`, `reject` or `save`.",
    ))?;
    Ok(Submission {
        asked: asked(&decision)?,
        categories: sent.categories,
        services: sent.services,
        return_to: sent.return_to,
        surface: Surface::Api,
    })
}
