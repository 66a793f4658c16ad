//! The consent cookie: `1~<time>~<signals>~<answers>~<receipt>`.
//!
//! - `1`: the version of this grammar.
//! - time: seconds since 1970, base 36, lower case.
//! - signals: `g` if GPC was on when the answer was given, then `d` if DNT was.
//! - answers, separated by dots: `y` or `n`, the category's digest (eight hex digits), and, where services differ from
//!   their category, `x` and a bit for each service as hex digits, the first service's bit lowest in the first digit.
//! - receipt: a ULID, or nothing.
//!
//! There is one way to write a choice: what isn't written that way is unreadable, and an unreadable cookie denies.

use super::{Answer, Choice, Made};
use crate::site::Site;
use cookie::{Cookie, SameSite};
use std::fmt::Write as _;

/// The cookie's name.
pub const COOKIE: &str = "cookie_consent";

/// The cookie that notes the last change of the policy that the visitor was told about: its day, and nothing else.
pub const SEEN: &str = "consent_seen";
/// The cookie that holds records which KV has not taken yet (docs/adr/0014). Only `record` reads what is in it.
pub const PENDING: &str = "consent_pending";

const VERSION: &str = "1";

/// More services in a category than this are not written as exceptions of a cookie; far above what fits in one.
const MOST_SERVICES: usize = 1024;

/// Reads the choice from a `Cookie` header. Two cookies of our name that say different things are unreadable: one of
/// them is stale, and nobody knows which.
#[must_use]
pub fn read(header: Option<&str>) -> Choice {
    let mut values = header
        .into_iter()
        .flat_map(|header| values_in(header, COOKIE));
    let Some(first) = values.next() else {
        return Choice::Unasked;
    };
    if values.any(|other| other != first) {
        return Choice::Unreadable;
    }
    decode(first).map_or(Choice::Unreadable, Choice::Made)
}

/// The values of a cookie in a `Cookie` header.
pub(crate) fn values_in<'a>(header: &'a str, cookie: &'a str) -> impl Iterator<Item = &'a str> {
    header.split(';').filter_map(move |pair| {
        let (name, value) = pair.split_once('=')?;
        (name.trim() == cookie).then(|| value.trim())
    })
}

/// The `Set-Cookie` value that notes what the visitor was told about.
#[must_use]
pub fn write_seen(site: &Site, day: &str) -> String {
    let mut text = format!(
        "{SEEN}={day}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        u64::from(site.consent.days) * 86_400
    );
    if let Some(domain) = &site.consent.domain {
        text.push_str("; Domain=");
        text.push_str(domain);
    }
    text
}

/// The `Set-Cookie` value that makes a browser keep a choice.
#[must_use]
pub fn write(site: &Site, made: &Made) -> String {
    let mut cookie = Cookie::new(COOKIE, encode(made));
    cookie.set_path("/");
    cookie.set_secure(true);
    cookie.set_same_site(SameSite::Lax);
    let age = format!("; Max-Age={}", u64::from(site.consent.days) * 86_400);
    if let Some(domain) = &site.consent.domain {
        cookie.set_domain(domain.clone());
    }
    cookie.to_string() + &age
}

/// The `Set-Cookie` value that makes a browser forget a cookie of this name, domain and path.
#[must_use]
pub fn expire(name: &str, domain: Option<&str>, path: &str) -> String {
    let mut text = format!("{name}=; Path={path}; Secure; SameSite=Lax; Max-Age=0");
    if let Some(domain) = domain {
        text.push_str("; Domain=");
        text.push_str(domain);
    }
    text
}

/// Writes a choice down.
#[must_use]
pub fn encode(made: &Made) -> String {
    let mut text = format!("{VERSION}~{}~", base36(made.at));
    if made.gpc {
        text.push('g');
    }
    if made.dnt {
        text.push('d');
    }
    for (index, answer) in made.answers.iter().enumerate() {
        text.push(if index == 0 { '~' } else { '.' });
        text.push(if answer.granted { 'y' } else { 'n' });
        text.push_str(&answer.digest);
        push_exceptions(&mut text, &answer.exceptions);
    }
    if made.answers.is_empty() {
        text.push('~');
    }
    text.push('~');
    text.push_str(made.receipt.as_deref().unwrap_or_default());
    text
}

/// Reads a choice back; `None` for everything that [`encode`] doesn't write.
#[must_use]
pub fn decode(value: &str) -> Option<Made> {
    let mut parts = value.split('~');
    if parts.next()? != VERSION {
        return None;
    }
    let at = u64::from_str_radix(parts.next()?, 36).ok()?;
    let (gpc, dnt) = match parts.next()? {
        "" => (false, false),
        "g" => (true, false),
        "d" => (false, true),
        "gd" => (true, true),
        _ => return None,
    };
    let answers = match parts.next()? {
        "" => Vec::new(),
        list => list.split('.').map(decode_answer).collect::<Option<_>>()?,
    };
    let receipt = match parts.next()? {
        "" => None,
        id if is_ulid(id) => Some(id.to_owned()),
        _ => return None,
    };
    let made = Made {
        at,
        gpc,
        dnt,
        answers,
        receipt,
    };
    // One way to write it: leading zeros, upper case, repeats and the like don't come back the same.
    (parts.next().is_none() && encode(&made) == value && distinct(&made.answers)).then_some(made)
}

fn distinct(answers: &[Answer]) -> bool {
    answers.iter().enumerate().all(|(index, one)| {
        answers
            .iter()
            .skip(index + 1)
            .all(|other| one.digest != other.digest)
    })
}

fn decode_answer(text: &str) -> Option<Answer> {
    let granted = match text.as_bytes().first()? {
        b'y' => true,
        b'n' => false,
        _ => return None,
    };
    let (digest, bits) = match text.get(1..)?.split_once('x') {
        Some((digest, bits)) if !bits.is_empty() => (digest, bits),
        Some(_) => return None,
        None => (text.get(1..)?, ""),
    };
    let hex = digest.len() == 8
        && digest
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    hex.then_some(())?;
    Some(Answer {
        digest: digest.to_owned(),
        granted,
        exceptions: decode_exceptions(bits)?,
    })
}

fn push_exceptions(text: &mut String, exceptions: &[u16]) {
    let Some(last) = exceptions.last() else {
        return;
    };
    text.push('x');
    for digit in 0..=(last / 4) {
        let bits = exceptions
            .iter()
            .filter(|index| **index / 4 == digit)
            .fold(0u8, |bits, index| bits | 1 << (index % 4));
        // Writing into a String can't fail.
        let _ = write!(text, "{bits:x}");
    }
}

fn decode_exceptions(bits: &str) -> Option<Vec<u16>> {
    if bits.len() > MOST_SERVICES / 4 {
        return None;
    }
    let mut exceptions = Vec::new();
    for (position, digit) in bits.chars().enumerate() {
        let value = digit.to_digit(16)?;
        let first = u16::try_from(position).ok()? * 4;
        exceptions.extend(
            (0..4u16)
                .filter(|bit| value & (1 << bit) != 0)
                .map(|bit| first + bit),
        );
    }
    Some(exceptions)
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(
            char::from_digit(u32::try_from(number % 36).unwrap_or_default(), 36).unwrap_or('0'),
        );
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

/// Whether a text is a ULID as we write them: 26 characters of Crockford's alphabet, no more than 128 bits.
#[must_use]
pub fn is_ulid(text: &str) -> bool {
    text.len() == 26 && ulid::Ulid::from_string(text).is_ok_and(|id| id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made() -> impl Strategy<Value = Made> {
        let answer = (
            "[0-9a-f]{8}",
            any::<bool>(),
            prop::collection::btree_set(0u16..40, 0..4),
        )
            .prop_map(|(digest, granted, exceptions)| Answer {
                digest,
                granted,
                exceptions: exceptions.into_iter().collect(),
            });
        (
            any::<u32>(),
            any::<bool>(),
            any::<bool>(),
            prop::collection::vec(answer, 0..5),
            prop::option::of(any::<u128>()),
        )
            .prop_map(|(at, gpc, dnt, answers, receipt)| Made {
                at: u64::from(at),
                gpc,
                dnt,
                answers,
                receipt: receipt.map(|id| ulid::Ulid(id).to_string()),
            })
            .prop_filter("digests are distinct within a site", |made| {
                distinct(&made.answers)
            })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(made in made()) {
            prop_assert_eq!(decode(&encode(&made)), Some(made.clone()));
            prop_assert_eq!(read(Some(&format!("a=1; {COOKIE}={}; b=2", encode(&made)))), Choice::Made(made));
        }

        #[test]
        fn anything_else_is_unreadable(value in "[ -~]{0,60}") {
            if let Some(made) = decode(&value) {
                prop_assert_eq!(encode(&made), value);
            }
        }

        #[test]
        fn a_changed_character_never_reads_as_the_same_choice(made in made(), at in any::<prop::sample::Index>(), by in "[ -~]") {
            let value = encode(&made);
            let mut bytes = value.clone().into_bytes();
            let index = at.index(bytes.len());
            bytes[index] = by.as_bytes()[0];
            if bytes != value.as_bytes() {
                prop_assert_ne!(decode(&String::from_utf8(bytes).expect("ASCII")), Some(made));
            }
        }
    }

    #[test]
    fn two_cookies_that_differ_are_unreadable_and_two_that_agree_are_one() {
        let value = "1~t5k2ab~~y0123abcd~01JDABCDEFGHJKMNPQRSTVWXYZ";
        assert!(matches!(
            read(Some(&format!("{COOKIE}={value}; {COOKIE}={value}"))),
            Choice::Made(_)
        ));
        assert_eq!(
            read(Some(&format!("{COOKIE}={value}; {COOKIE}=x"))),
            Choice::Unreadable
        );
        assert_eq!(read(Some(&format!("{COOKIE}="))), Choice::Unreadable);
        assert_eq!(read(Some("x=1")), Choice::Unasked);
        assert_eq!(read(None), Choice::Unasked);
    }
}
