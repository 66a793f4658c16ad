use super::{
    body::{Field, Value},
    refusal::Refusal,
};
use std::ops::Range;

/// The field's name, and the header's.
pub const FIELD: &str = "cf-turnstile-response";

/// The longest token that there is, in bytes.
pub const LONGEST: usize = 2048;

/// The token in a header.
///
/// # Errors
///
/// Nothing that siteverify had to be asked about.
pub fn in_header(value: &str) -> Result<String, Refusal> {
    // Two headers of one name arrive as one, with a comma between; no token has one.
    if value.contains(',') {
        return Err(Refusal::Repeated);
    }
    checked(value.trim())
}

/// The token among a body's fields, and where it stands.
///
/// # Errors
///
/// Nothing that siteverify had to be asked about.
pub fn in_fields(fields: &[Field]) -> Result<(String, Range<usize>), Refusal> {
    let mut own = fields.iter().filter(|field| field.name == FIELD);
    let field = own.next().ok_or(Refusal::Missing)?;
    if own.next().is_some() {
        return Err(Refusal::Repeated);
    }
    match &field.value {
        Value::Text(text) => Ok((checked(text)?, field.span.clone())),
        Value::File | Value::Unreadable => Err(Refusal::Rejected),
    }
}

fn checked(token: &str) -> Result<String, Refusal> {
    if token.is_empty() {
        Err(Refusal::Missing)
    } else if token.len() > LONGEST {
        Err(Refusal::Oversized)
    } else {
        Ok(token.to_owned())
    }
}
