//! The operator's own key: a token, as a header of programs, or typed at an address that only its owner can know.

use crate::digest::{hmac, same};

/// The cookie of an operator who has signed in. It never leaves `{base}/admin`.
pub(super) const SESSION: &str = "consent_admin";

/// Seconds that it lasts.
const LASTS: u64 = 8 * 3600;

/// Whoever finds the door of a short token could try all of them without asking us.
const SHORTEST: usize = 32;

/// Whether a token was sent in `Authorization` (RFC 6750, section 2.1). Its length is all that the time it takes can tell.
pub(super) fn opens(token: &str, authorization: &str) -> bool {
    let given = authorization.split_once(' ');
    given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("bearer") && same(token, given.trim())
    })
}

/// What stands behind `{base}/admin/` where a person signs in: 128 bits that follow from the token, and not the token
/// from them. No door for a token that could be guessed.
#[must_use]
pub fn door(token: &str) -> Option<String> {
    if token.len() < SHORTEST {
        return None;
    }
    let mut address = hmac(token, "edge-consent door");
    address.truncate(32);
    Some(address)
}

/// The value of [`SESSION`] for a site from now on: its end, and what only the holder of the token can have made of it.
pub(super) fn session(token: &str, site: &str, now: u64) -> String {
    sealed(token, site, now + LASTS)
}

/// The whole cookie, or one that takes it away.
pub(super) fn cookie(base: &str, value: &str) -> String {
    let age = if value.is_empty() { 0 } else { LASTS };
    format!(
        "{SESSION}={value}; Path={base}/admin; Max-Age={age}; Secure; HttpOnly; SameSite=Strict"
    )
}

/// Whether a `Cookie` header holds a session that has not ended.
pub(super) fn is_signed_in(token: &str, site: &str, cookies: &str, now: u64) -> bool {
    let pairs = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(name, _)| *name == SESSION)
        .any(|(_, value)| {
            let ends = value.split('.').next().and_then(|ends| ends.parse().ok());
            ends.is_some_and(|ends: u64| {
                ends > now && ends <= now + LASTS && same(&sealed(token, site, ends), value)
            })
        })
}

fn sealed(token: &str, site: &str, ends: u64) -> String {
    format!(
        "{ends}.{}",
        hmac(token, &format!("edge-consent session {site} {ends}"))
    )
}
