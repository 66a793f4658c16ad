//! Character references in attribute values, decoded as far as it matters to us.
//!
//! We compare attribute values with hosts and markers, all ASCII. So every numeric reference
//! is decoded, and those named ones that spell ASCII; the two thousand others can't hide a
//! host and stay as they were written. <https://html.spec.whatwg.org/#character-reference-state>

use std::borrow::Cow;

/// Names that stand for ASCII, with the `;` they need.
#[rustfmt::skip]
const NAMED: &[(&str, &str)] = &[
    ("AMP", "&"), ("DiacriticalGrave", "`"), ("GT", ">"), ("Hat", "^"), ("LT", "<"),
    ("NewLine", "\n"), ("QUOT", "\""), ("Tab", "\t"), ("UnderBar", "_"), ("VerticalLine", "|"),
    ("amp", "&"), ("apos", "'"), ("ast", "*"), ("bsol", "\\"), ("colon", ":"), ("comma", ","),
    ("commat", "@"), ("dollar", "$"), ("equals", "="), ("excl", "!"), ("fjlig", "fj"),
    ("grave", "`"), ("gt", ">"), ("lbrace", "{"), ("lbrack", "["), ("lcub", "{"), ("lowbar", "_"),
    ("lpar", "("), ("lsqb", "["), ("lt", "<"), ("midast", "*"), ("num", "#"), ("percnt", "%"),
    ("period", "."), ("plus", "+"), ("quest", "?"), ("quot", "\""), ("rbrace", "}"),
    ("rbrack", "]"), ("rcub", "}"), ("rpar", ")"), ("rsqb", "]"), ("semi", ";"), ("sol", "/"),
    ("verbar", "|"), ("vert", "|"),
];

/// Those that old pages may write without `;`.
#[rustfmt::skip]
const BARE: &[(&str, &str)] = &[
    ("AMP", "&"), ("GT", ">"), ("LT", "<"), ("QUOT", "\""), ("amp", "&"), ("gt", ">"), ("lt", "<"),
    ("quot", "\""),
];

/// What the numbers 128 to 159 mean: windows-1252, as old pages intended.
const C1: &str = "\u{20ac}\u{81}\u{201a}\u{192}\u{201e}\u{2026}\u{2020}\u{2021}\u{2c6}\u{2030}\
    \u{160}\u{2039}\u{152}\u{8d}\u{17d}\u{8f}\u{90}\u{2018}\u{2019}\u{201c}\u{201d}\u{2022}\
    \u{2013}\u{2014}\u{2dc}\u{2122}\u{161}\u{203a}\u{153}\u{9d}\u{17e}\u{178}";

/// An attribute's value as the parser would hand it on: references decoded (to UTF-8, whatever
/// the page's encoding), line ends made `\n`, NUL made U+FFFD.
pub(crate) fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = special(raw) else {
        return Cow::Borrowed(raw);
    };
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    let mut next = Some(first);
    while let Some((plain, tail)) = next.and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(plain);
        let used = match tail {
            [b'&', after @ ..] => 1 + reference(after, &mut out),
            [b'\r', b'\n', ..] => 1, // the line feed itself comes by next
            [b'\r', ..] => {
                out.push(b'\n');
                1
            }
            _ => {
                out.extend_from_slice("\u{fffd}".as_bytes());
                1
            }
        };
        rest = tail.get(used..).unwrap_or_default();
        next = special(rest);
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

fn special(raw: &[u8]) -> Option<usize> {
    memchr::memchr3(b'&', b'\r', b'\0', raw)
}

/// Writes what the text behind `&` stands for; returns how much of it was used.
fn reference(after: &[u8], out: &mut Vec<u8>) -> usize {
    let found = match after {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16).map(|(c, used)| (c, used + 2)),
        [b'#', digits @ ..] => number(digits, 10).map(|(c, used)| (c, used + 1)),
        _ => None,
    };
    if let Some((character, used)) = found {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        return used;
    }
    if let Some((text, used)) = named(after) {
        out.extend_from_slice(text.as_bytes());
        return used;
    }
    out.push(b'&');
    0
}

fn number(text: &[u8], base: u32) -> Option<(char, usize)> {
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let count = text.iter().take_while(|byte| digit(byte).is_some()).count();
    if count == 0 {
        return None;
    }
    let value = text.iter().map_while(digit).fold(0u32, |value, digit| {
        value.saturating_mul(base).saturating_add(digit)
    });
    let character = match value {
        0 => None,
        0x80..=0x9f => C1.chars().nth(value as usize - 0x80),
        _ => char::from_u32(value),
    };
    let semicolon = usize::from(text.get(count) == Some(&b';'));
    Some((character.unwrap_or('\u{fffd}'), count + semicolon))
}

fn named(after: &[u8]) -> Option<(&'static str, usize)> {
    let count = after
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let (name, tail) = after.split_at_checked(count)?;
    let find = |table: &'static [(&'static str, &'static str)]| {
        table
            .iter()
            .find(|(key, _)| key.as_bytes() == name)
            .map(|(_, text)| *text)
    };
    match tail.first() {
        Some(b';') => find(NAMED).map(|text| (text, count + 1)),
        // `?a&lt=1` is an address, not a reference.
        Some(b'=') => None,
        _ => find(BARE).map(|text| (text, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_can_spell_a_host() {
        for (raw, expected) in [
            ("a&amp;b", "a&b"),
            ("https&colon;&sol;&#x2F;x&period;test", "https://x.test"),
            ("&#104;&#x74;&#X74;&#112", "http"),
            ("?a=1&lt=2&ltx&lt", "?a=1&lt=2&ltx<"),
            (
                "&#0;&#xD800;&#x110000;&#99999999999;",
                "\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("&#128;", "\u{20ac}"),
            ("&#;&#x;&;&", "&#;&#x;&;&"),
            ("a\r\nb\rc\0", "a\nb\nc\u{fffd}"),
            ("&eacute;", "&eacute;"),
            ("", ""),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&decode(raw.as_bytes())),
                expected,
                "{raw}"
            );
        }
    }
}
