//! What single values look like. Each function says in its `Err` what is wrong and what to write instead.

use super::super::{Lifetime, Unit};
use super::wording::quoted;
use std::fmt;

/// An id: it becomes part of addresses, form fields and keys.
pub(super) fn id(text: &str) -> Result<String, String> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let good = text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split('-').all(word);
    if good {
        return Ok(text.to_owned());
    }
    let wrong = quoted(text);
    Err(format!(
        "{wrong} is no id. Write lower-case letters, digits and single hyphens, a letter first, at most 40."
    ))
}

/// A host name, as a browser sends it.
pub(super) fn host(text: &str) -> Result<String, String> {
    let wrong = quoted(text);
    let instead = "Write the bare host name in lower case, such as \"www.example.com\"";
    if text.contains("://") {
        return Err(format!("host {wrong} has a scheme. {instead}."));
    }
    if text.contains('/') {
        return Err(format!("host {wrong} has a path. {instead}."));
    }
    if text.contains(':') {
        return Err(format!("host {wrong} has a port. {instead}."));
    }
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(format!(
            "host {wrong} has capitals. Write {}.",
            quoted(&text.to_lowercase())
        ));
    }
    if text.ends_with(".localhost") {
        return Err(format!("host {wrong} is kept for local runs. {instead}."));
    }
    if text.contains('.') && text.len() <= 253 && text.split('.').all(label) {
        return Ok(text.to_owned());
    }
    Err(format!("host {wrong} is no host name. {instead}."))
}

fn label(label: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(letter)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A host of a service, optionally with the beginning of a path, and of one parameter.
pub(super) fn host_and_path(text: &str) -> Result<String, String> {
    if text.contains("://") {
        return host(text);
    }
    let (name, rest) = text.split_once('/').unwrap_or((text, ""));
    if name.contains('*') {
        return Err(format!(
            "host {} has a star. Write the host alone, it means everything below it too.",
            quoted(text)
        ));
    }
    host(name).map_err(|wrong| format!("{wrong} A path may follow: \"www.example.com/tag/\"."))?;
    let path = rest.split('?').next().unwrap_or_default();
    let plain = rest
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"#*&".contains(&b));
    let parameter = rest == path || rest.split('?').count() == 2 && rest.contains('=');
    if plain && parameter && !path.contains('=') {
        return Ok(text.to_owned());
    }
    Err(format!(
        "the path in {} is none. Write letters without spaces; one parameter may follow: \"/tag.js?id=A-\".",
        quoted(text)
    ))
}

/// A path of the site.
pub(super) fn path(text: &str) -> Result<String, String> {
    let segment = |s: &str| {
        !s.is_empty()
            && s != "."
            && s != ".."
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    let good = text
        .strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(segment));
    if !good {
        return Err(format!(
            "path {} is no path. Write it with a slash before and none behind, in letters, digits and `-._~`, such as \
             \"/cookie-policy\".",
            quoted(text)
        ));
    }
    if text == "/cdn-cgi" || text.starts_with("/cdn-cgi/") {
        return Err(format!(
            "path {} belongs to Cloudflare. Choose another one.",
            quoted(text)
        ));
    }
    if text == "/.well-known" || text.starts_with("/.well-known/") {
        return Err(format!(
            "path {} is kept by RFC 8615. Choose another one.",
            quoted(text)
        ));
    }
    Ok(text.to_owned())
}

/// A link to another page: an https address, or a path of the site.
pub(super) fn link(text: &str) -> Result<String, String> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    let path = text.starts_with('/') && !text.starts_with("//");
    let secure = text.strip_prefix("https://").is_some_and(|rest| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        rest.split_at_checked(end)
            .is_some_and(|(name, _)| host(name).is_ok())
    });
    if plain && (path || secure) {
        return Ok(text.to_owned());
    }
    let wrong = quoted(text);
    Err(format!(
        "link {wrong} can't be used. Write \"https://…\", or a path of the site: \"/…\"."
    ))
}

/// An e-mail address.
pub(super) fn email(text: &str) -> Result<String, String> {
    let good = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&'*+-/=?^_.~".contains(&b))
            && host(&domain.to_lowercase()).is_ok()
    });
    if good {
        return Ok(text.to_owned());
    }
    Err(format!(
        "{} is no e-mail address. Write one such as \"privacy@example.com\".",
        quoted(text)
    ))
}

/// How long an entry stays.
pub(super) fn duration(text: &str) -> Result<Lifetime, String> {
    let parsed = match text {
        "session" => Some(Lifetime::Session),
        "until cleared" => Some(Lifetime::UntilCleared),
        "varies" => Some(Lifetime::Varies),
        _ => match text.strip_prefix("session or ") {
            Some(time) => span(time).map(|(n, unit)| Lifetime::SessionOr(n, unit)),
            None => span(text).map(|(n, unit)| Lifetime::For(n, unit)),
        },
    };
    parsed.ok_or_else(|| {
        let wrong = quoted(text);
        format!(
            "duration {wrong} can't be read. Write \"session\", \"30 days\" (minutes, hours, days, weeks, months, \
             years), \"session or 30 days\", \"until cleared\" or \"varies\"."
        )
    })
}

fn span(text: &str) -> Option<(u32, Unit)> {
    let (number, unit) = text.split_once(' ')?;
    let number = number.parse().ok().filter(|n| (1..=9999).contains(n))?;
    let unit = match unit.strip_suffix('s').unwrap_or(unit) {
        "minute" => Unit::Minutes,
        "hour" => Unit::Hours,
        "day" => Unit::Days,
        "week" => Unit::Weeks,
        "month" => Unit::Months,
        "year" => Unit::Years,
        _ => return None,
    };
    Some((number, unit))
}

/// A name on the wire, or the beginning of one where it ends in `*`.
pub(super) fn pattern(text: &str, cookie: bool) -> Result<String, String> {
    let wrong = quoted(text);
    let name = text.strip_suffix('*').unwrap_or(text);
    if name.is_empty() || name.contains('*') {
        return Err(format!(
            "{wrong} matches too much. Write a name, or its beginning with one `*` at the end, such as \"_ga_*\"."
        ));
    }
    // RFC 6265, section 4.1.1: a cookie's name is a token.
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&b);
    if cookie && !name.bytes().all(token) {
        return Err(format!(
            "{wrong} can't be the name of a cookie. Give the names that browsers know: `match = [\"…\"]`."
        ));
    }
    Ok(text.to_owned())
}

/// What a site's own id with a service looks like: `"*"` for letters, digits, `-`, `_` and `.`, `"#"` for digits, with
/// what it begins with: `"G-*"`. It ends up in a tag, so it must not be able to end that tag.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    beginning: String,
    digits: bool,
}

impl Shape {
    /// The most characters behind the beginning.
    const LONGEST: usize = 80;

    pub(super) fn holds(&self, text: &str) -> Result<String, String> {
        let allowed = |b: u8| b.is_ascii_digit() || !self.digits && plain(b);
        let good = text.strip_prefix(&self.beginning).is_some_and(|rest| {
            (1..=Self::LONGEST).contains(&rest.len()) && rest.bytes().all(allowed)
        });
        if good {
            return Ok(text.to_owned());
        }
        let first = match self.beginning.as_str() {
            "" => String::new(),
            beginning => format!("{} and then ", quoted(beginning)),
        };
        let rest = if self.digits {
            "digits"
        } else {
            "letters, digits, `-`, `_` and `.`"
        };
        Err(format!(
            "setting {} can't be used. Write {first}{rest}, at most {}.",
            quoted(text),
            Self::LONGEST
        ))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = if self.digits { '#' } else { '*' };
        write!(f, "{}{rest}", self.beginning)
    }
}

fn plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-_.".contains(&b)
}

/// What a setting looks like.
pub(super) fn shape(text: &str) -> Result<Shape, String> {
    let stripped = text
        .strip_suffix('#')
        .map(|beginning| (beginning, true))
        .or_else(|| text.strip_suffix('*').map(|beginning| (beginning, false)));
    match stripped {
        Some((beginning, digits)) if beginning.bytes().all(plain) => Ok(Shape {
            beginning: beginning.to_owned(),
            digits,
        }),
        _ => Err(format!(
            "{} does not say what a setting looks like. Write \"*\", or \"#\" for digits, with what it begins with: \
             \"G-*\".",
            quoted(text)
        )),
    }
}

/// The name of an attribute of a script that we load. None that does something by itself.
pub(super) fn attribute(name: &str) -> Result<(), String> {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let data = name
        .strip_prefix("data-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(word));
    if name == "id" || data {
        return Ok(());
    }
    Err(format!(
        "attribute {} can't be set. Write `id`, or one that begins with `data-`.",
        quoted(name)
    ))
}

/// The text of an inline script.
pub(super) fn script(text: &str) -> Result<String, String> {
    let low = text.to_ascii_lowercase();
    // HTML, section 13.2.5.15 and on: these change where the element ends.
    if low.contains("</script") || low.contains("<script") || low.contains("<!--") {
        return Err(
            "`inline` ends or opens an element of its own. Write the script without tags."
                .to_owned(),
        );
    }
    if !text.is_ascii() {
        return Err(
            "`inline` stands in pages of any encoding. Write other characters as escapes: `\\u00e9`."
                .to_owned(),
        );
    }
    Ok(text.trim().to_owned())
}
