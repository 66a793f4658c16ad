//! An address as browsers read it, as far as it takes to know where a request would go.
//!
//! <https://url.spec.whatwg.org/#concept-basic-url-parser>. Where what an address means depends on what isn't known here
//! (the page's own scheme), every meaning is given. Hosts that need Unicode's compatibility tables to become ASCII are
//! known only in their full-width forms.

use std::borrow::Cow;

/// Where a request would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Lower case, without port and without the last dot.
    pub(crate) host: String,
    /// From its slash on, dots resolved, letters decoded; without query.
    pub(crate) path: String,
    /// What stands between `?` and `#`, letters decoded.
    pub(crate) query: String,
}

impl Address {
    /// Path and query, as they are asked for.
    pub(super) fn asked(&self) -> Cow<'_, str> {
        match self.query.as_str() {
            "" => Cow::Borrowed(&self.path),
            query => Cow::Owned(format!("{}?{query}", self.path)),
        }
    }
}

/// Every place that a reference may lead to, seen from the addresses it may be relative to. Nothing for an address that
/// leads to no host (`data:`, `mailto:`).
pub(crate) fn resolve(reference: &[u8], bases: &[Address]) -> Vec<Address> {
    let text = clean(reference);
    let Some((scheme, rest)) = scheme(&text) else {
        return match text.as_bytes() {
            [b'/' | b'\\', b'/' | b'\\', ..] => authority(&text).into_iter().collect(),
            _ => relative(&text, bases),
        };
    };
    if !["http", "https", "ws", "wss", "ftp"]
        .iter()
        .any(|special| scheme.eq_ignore_ascii_case(special))
    {
        return Vec::new();
    }
    let mut found: Vec<Address> = authority(rest).into_iter().collect();
    // `https:host` is relative on a page with the same scheme.
    if !matches!(rest.as_bytes(), [b'/' | b'\\', b'/' | b'\\', ..]) {
        found.extend(relative(rest, bases));
    }
    found
}

/// Without what the parser strips: controls and blanks around it, tabs and line ends anywhere.
fn clean(reference: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(reference);
    let dropped = |c: char| matches!(c, '\t' | '\n' | '\r');
    let edge = |c: char| c <= ' ';
    if text.contains(dropped) {
        return Cow::Owned(text.trim_matches(edge).replace(dropped, ""));
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(edge)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(edge).to_owned()),
    }
}

fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let good = bytes.next()?.is_ascii_alphabetic()
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    good.then_some((scheme, rest))
}

/// Reads `host/path`, any slashes in front of it left out.
fn authority(text: &str) -> Option<Address> {
    let text = text.trim_start_matches(['/', '\\']);
    let end = text.find(['/', '\\', '?', '#']).unwrap_or(text.len());
    let (authority, rest) = text.split_at_checked(end)?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    let host = fold(&decode(host));
    let host = host.strip_suffix('.').unwrap_or(&host);
    (!host.is_empty()).then(|| Address {
        host: host.to_owned(),
        path: normal(rest),
        query: query(rest),
    })
}

fn relative(text: &str, bases: &[Address]) -> Vec<Address> {
    let from = |base: &Address| Address {
        host: base.host.clone(),
        path: match text.as_bytes() {
            [b'/' | b'\\', ..] => normal(text),
            [] | [b'?' | b'#', ..] => base.path.clone(),
            _ => {
                let folder = base.path.rfind('/').and_then(|at| base.path.get(..=at));
                normal(&format!("{}{text}", folder.unwrap_or("/")))
            }
        },
        query: query(text),
    };
    bases.iter().map(from).collect()
}

/// What stands between `?` and `#`. A decoded `&` parts no parameters, but taking it so can only hold more.
fn query(text: &str) -> String {
    let text = text.split('#').next().unwrap_or_default();
    let (_, query) = text.split_once('?').unwrap_or_default();
    decode(query).into_owned()
}

/// A path without query, dots and superfluous escapes.
fn normal(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let text = decode(text.get(..end).unwrap_or_default());
    let mut segments: Vec<&str> = Vec::new();
    let mut folder = true;
    for segment in text.split(['/', '\\']).skip(1) {
        folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut path = String::with_capacity(text.len() + 1);
    for segment in &segments {
        path.push('/');
        path.push_str(segment);
    }
    if folder || path.is_empty() {
        path.push('/');
    }
    path
}

/// Percent-encoded bytes decoded, but for those that would then mean something else.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let value = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        bytes = if let Some(byte) = value.filter(|byte| !b"/\\?#%".contains(byte)) {
            out.push(byte);
            rest.get(2..).unwrap_or_default()
        } else {
            out.push(first);
            rest
        };
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// A host's letters as ASCII in lower case, as far as that goes without tables.
fn fold(host: &str) -> String {
    if host.is_ascii() {
        return host.to_ascii_lowercase();
    }
    host.chars()
        .filter(|c| {
            !matches!(
                c,
                '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
            )
        })
        .map(|c| match c {
            '\u{3002}' | '\u{ff61}' => '.',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{17f}' => 's',
            '\u{212a}' => 'k',
            _ => c,
        })
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
