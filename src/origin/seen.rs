//! What traffic shows that nobody declared: names of cookies and hosts, never what they hold.
//!
//! A name can carry what it shouldn't: an id (`_ga_K3X9…`), a hash, an address, a number of a customer. So only what reads
//! like a word stays of it, `*` stands for the rest, and a name that can't be read so is left out. What stays is an
//! ordinary word; that it isn't the name of a person, nobody can tell from a word.

/// Names of each kind that one request and one page may show.
const MOST: usize = 32;
/// Bytes of a name.
const LONGEST: usize = 64;

/// Names that nobody declared, as they may be kept: each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Of cookies.
    pub cookies: Vec<String>,
    /// Of hosts that a page loads from.
    pub hosts: Vec<String>,
}

impl Seen {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty() && self.hosts.is_empty()
    }

    pub(super) fn cookie(&mut self, name: &str) {
        if self.cookies.len() < MOST
            && let Some(shape) = cookie_shape(name)
        {
            add(&mut self.cookies, shape);
        }
    }
}

/// Adds a name that isn't there yet, as long as there are few.
pub(super) fn add(names: &mut Vec<String>, name: String) {
    if names.len() < MOST && !names.contains(&name) {
        names.push(name);
    }
}

/// What may be kept of a cookie's name.
#[must_use]
pub fn cookie_shape(name: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:$[]".contains(&byte);
    // Whatever else a name holds may be an e-mail address, or one that was encoded.
    if name.len() > 2 * LONGEST || !name.bytes().all(plain) {
        return None;
    }
    let (shape, telling) = shape(name);
    (telling && shape.len() <= LONGEST).then_some(shape)
}

/// What may be kept of a host's name: its last two labels, and words before them.
#[must_use]
pub fn host_shape(host: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let end = host.rsplit('.').next().unwrap_or_default();
    // No addresses in digits, no names that only mean something here.
    if !host.bytes().all(plain)
        || end.len() < 2
        || !end.bytes().any(|byte| byte.is_ascii_alphabetic())
    {
        return None;
    }
    let (before, domain) = match host.rmatch_indices('.').nth(1) {
        Some((dot, _)) => host.split_at_checked(dot + 1)?,
        None => ("", host),
    };
    let name = domain.strip_suffix(end)?.strip_suffix('.')?;
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if name.is_empty() || name.len() > 32 || digits > 4 {
        return None;
    }
    let (before, _) = shape(before);
    Some(before + domain).filter(|shape| shape.len() <= LONGEST)
}

/// A name with `*` in place of every part that doesn't read like a word, and whether a word is left.
fn shape(name: &str) -> (String, bool) {
    let separator = |c: char| !c.is_ascii_alphanumeric();
    let mut out = String::with_capacity(name.len());
    let mut telling = false;
    for part in name.split_inclusive(separator) {
        let word = part.trim_end_matches(separator);
        if word.is_empty() || is_word(word) {
            telling |= word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
            out.push_str(word);
        } else {
            // Several in a row are one.
            let last = out.rfind('*').map(|at| at + 1);
            let behind = last.and_then(|at| out.get(at..));
            match last.filter(|_| behind.is_some_and(|rest| rest.chars().all(separator))) {
                Some(end) => out.truncate(end),
                None => out.push('*'),
            }
        }
        out.push_str(part.get(word.len()..).unwrap_or_default());
    }
    (out, telling)
}

/// Whether letters and digits read like a word: `cart`, `userID`, `v2`, and not like an id, a hash or a number.
fn is_word(text: &str) -> bool {
    let letters = text
        .strip_suffix(|c: char| c.is_ascii_digit())
        .unwrap_or(text);
    if letters.is_empty() || letters.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let capitals = letters.bytes().filter(u8::is_ascii_uppercase).count();
    let humps = letters
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .count();
    let hexadecimal = letters.len() >= 6 && letters.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shouted = capitals == letters.len() && letters.len() > 12;
    letters.len() <= 28 && humps * 4 <= letters.len() && !hexadecimal && !shouted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cookies_keep_their_words_and_lose_what_tells_people_apart() {
        for (name, expected) in [
            ("_ga", Some("_ga")),
            ("_ga_K3X9ABC123", Some("_ga_*")),
            ("_gat_gtag_UA_12345678_1", Some("_gat_gtag_UA_*")),
            ("PHPSESSID", Some("PHPSESSID")),
            ("JSESSIONID", Some("JSESSIONID")),
            ("_hjSessionUser_1234567", Some("_hjSessionUser_*")),
            (
                "_hjAbsoluteSessionInProgress",
                Some("_hjAbsoluteSessionInProgress"),
            ),
            ("ASP.NET_SessionId", Some("ASP.NET_SessionId")),
            (
                ".AspNetCore.Antiforgery.w5W7x28NAIs",
                Some(".AspNetCore.Antiforgery.*"),
            ),
            (
                "__Host-next-auth.csrf-token",
                Some("__Host-next-auth.csrf-token"),
            ),
            (
                "wordpress_logged_in_0123456789abcdef0123456789abcdef",
                Some("wordpress_logged_in_*"),
            ),
            ("mp_0123456789abcdef_mixpanel", Some("mp_*_mixpanel")),
            (
                "ajs_user_550e8400-e29b-41d4-a716-446655440000",
                Some("ajs_user_*"),
            ),
            ("cart[42]", Some("cart[*]")),
            ("cart_4242", Some("cart_*")),
            ("seen_20261122", Some("seen_*")),
            ("tel_49_30_12_34_56", Some("tel_*")),
            ("user42", None),
            ("cart_v2", Some("cart_v2")),
            ("v2", None),
            ("a", None),
            ("42", None),
            ("deadbeef", None),
            ("01M81B5H8028T5CY4TQKFF04HM", None),
            ("550e8400-e29b-41d4-a716-446655440000", None),
            ("dGhpc0lzQmFzZTY0RW5jb2RlZA", None),
            ("aBcDeFgH", None),
            ("jane.doe@example.com", None),
            ("user_jane%40example.com", None),
            ("192.168.0.1", None),
            ("böse", None),
            ("<script>", None),
            ("a b", None),
            ("", None),
        ] {
            assert_eq!(cookie_shape(name).as_deref(), expected, "{name}");
        }
        assert_eq!(cookie_shape(&"word_".repeat(14)), None, "too long");
    }

    #[test]
    fn names_of_hosts_keep_whose_they_are() {
        for (host, expected) in [
            ("cdn.example.com", Some("cdn.example.com")),
            ("example.com", Some("example.com")),
            ("cdn77.com", Some("cdn77.com")),
            ("33across.com", Some("33across.com")),
            ("d111111abcdef8.cloudfront.net", Some("*.cloudfront.net")),
            (
                "customer-123456.video.example",
                Some("customer-*.video.example"),
            ),
            (
                "a1b2c3d4.e5f6a7b8.ingest.sentry.io",
                Some("*.ingest.sentry.io"),
            ),
            ("user1234567.com", None),
            ("192.168.0.1", None),
            ("1.2.3.4.5", None),
            ("localhost", None),
            ("[::1]", None),
            ("jane@example.com", None),
            ("i.pics.example", Some("i.pics.example")),
            (".example.com", Some(".example.com")),
            ("..", None),
            ("xn--bse-sna.example", Some("xn--bse-sna.example")),
            ("", None),
        ] {
            assert_eq!(host_shape(host).as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn there_is_an_end_to_them() {
        let mut seen = Seen::default();
        let word = |at: usize| {
            ["xo", "ty", "um", "gh", "ij", "kl", "mn", "op"]
                .get(at % 8)
                .copied()
                .unwrap_or_default()
        };
        for at in 0..512 {
            seen.cookie(&format!("{}{}{}", word(at), word(at / 8), word(at / 64)));
            seen.cookie("twice");
        }
        assert_eq!(seen.cookies.len(), MOST);
    }
}
