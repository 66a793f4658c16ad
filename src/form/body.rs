//! The fields of a body, and where each stands in it.

use super::{json, multipart};
use std::ops::Range;

/// How a body is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `application/x-www-form-urlencoded`.
    Urlencoded,
    /// `multipart/form-data`, with its boundary.
    Multipart(String),
    /// `application/json`, or a type made from it.
    Json,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub value: Value,
    /// Where it stands in the body: without these bytes, the body is the same without this field.
    pub span: Range<usize>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A file.
    File,
    /// A text that isn't UTF-8.
    Unreadable,
}

impl Kind {
    /// Reads a `Content-Type`.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        let kind = value.split(';').next().unwrap_or_default().trim();
        let kind = kind.to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Urlencoded),
            "multipart/form-data" => multipart::parameter(value, "boundary")
                .filter(|boundary| !boundary.is_empty())
                .map(Self::Multipart),
            "application/json" => Some(Self::Json),
            other => (other.starts_with("application/") && other.ends_with("+json"))
                .then_some(Self::Json),
        }
    }

    /// The fields of a body, or of its beginning.
    #[must_use]
    pub fn fields(&self, body: &[u8]) -> Vec<Field> {
        match self {
            Self::Urlencoded => urlencoded(body),
            Self::Multipart(boundary) => multipart::fields(boundary, body),
            Self::Json => json::fields(body),
        }
    }
}

/// <https://url.spec.whatwg.org/#urlencoded-parsing>
fn urlencoded(body: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut at = 0;
    for pair in body.split(|&byte| byte == b'&') {
        let (start, end) = (at, at + pair.len());
        at = end + 1;
        if let Some((name, value)) = form_urlencoded::parse(pair).next() {
            // With the `&` behind it, or before it if it is the last one.
            let span = if at <= body.len() {
                start..at
            } else {
                start.saturating_sub(1)..end
            };
            fields.push(Field {
                name: name.into_owned(),
                value: text(&value),
                span,
            });
        }
    }
    fields
}

/// A text that was decoded; what could not be has become U+FFFD.
fn text(value: &str) -> Value {
    if value.contains('\u{fffd}') {
        Value::Unreadable
    } else {
        Value::Text(value.to_owned())
    }
}
