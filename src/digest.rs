//! SHA-256 in the spellings that we need.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// SHA-256 as 64 lower-case hex digits.
#[must_use]
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing into a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The first `digits` hex digits of SHA-256: enough to tell versions of one thing apart.
#[must_use]
pub(crate) fn short(bytes: &[u8], digits: usize) -> String {
    let mut text = digest(bytes);
    text.truncate(digits);
    text
}

/// A Content-Security-Policy source that allows just this inline style or script (CSP 3, section 2.3.1).
#[must_use]
pub(crate) fn csp_source(text: &str) -> String {
    format!(
        "'sha256-{}'",
        BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}

/// The first 80 bits of SHA-256: as much as an id has room for.
#[must_use]
pub(crate) fn bits80(bytes: &[u8]) -> u128 {
    Sha256::digest(bytes)
        .iter()
        .take(10)
        .fold(0, |number, byte| number << 8 | u128::from(*byte))
}
