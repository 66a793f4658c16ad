//! SHA-256 in the spellings that we need.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// SHA-256 as 64 lower-case hex digits.
#[must_use]
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing into a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// HMAC-SHA-256 (RFC 2104) as 64 hex digits.
#[must_use]
pub(crate) fn hmac(key: &str, message: &str) -> String {
    const BLOCK: usize = 64;
    let mut padded = [0_u8; BLOCK];
    let digested = Sha256::digest(key);
    let key = if key.len() > BLOCK {
        &digested[..]
    } else {
        key.as_bytes()
    };
    for (to, from) in padded.iter_mut().zip(key) {
        *to = *from;
    }
    let round = |with: u8, text: &[u8]| {
        let key = padded.map(|byte| byte ^ with);
        Sha256::new()
            .chain_update(key)
            .chain_update(text)
            .finalize()
    };
    hex(&round(0x5c, &round(0x36, message.as_bytes())))
}

/// Whether two secrets are the same, in a time that doesn't tell where they differ: their digests are compared, to the end.
#[must_use]
pub(crate) fn same(one: &str, other: &str) -> bool {
    let pairs = Sha256::digest(one).into_iter().zip(Sha256::digest(other));
    std::hint::black_box(pairs.fold(0, |all, (one, other)| all | (one ^ other))) == 0
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
        Base64::encode_string(&Sha256::digest(text.as_bytes()))
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

#[cfg(test)]
mod tests {
    use super::{hmac, same};

    /// RFC 4231, cases 2 and 6.
    #[test]
    fn macs_are_those_of_the_standard() {
        assert_eq!(
            hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = "k".repeat(65);
        assert_ne!(hmac(&long, "x"), hmac(&"k".repeat(64), "x"));
    }

    #[test]
    fn secrets_are_the_same_or_not() {
        assert!(same("abc", "abc") && same("", ""));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("abc", ""));
    }
}
