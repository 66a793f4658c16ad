//! What kind of answer is this, and may a browser show it as a page?

use super::errand::Head;
use crate::{html::Charset, visit::Incoming};

/// What the origin's answer is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// No page: it passes.
    Not,
    /// One that can be edited.
    Editable,
    /// One that can't be read: in pieces, in an encoding we don't know, with the rules of XML, or of no type at all.
    Unreadable,
}

impl Page {
    /// `shown` says whether a browser shows the answer by itself, if it said so.
    pub(super) fn of(head: &Head<'_>, shown: Option<bool>) -> Self {
        let header = |name| {
            head.headers
                .get(name)
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let body = head.status >= 200 && !matches!(head.status, 204 | 205 | 304);
        // Nobody sees what comes with a redirect (Fetch, "HTTP-redirect fetch").
        let redirects = matches!(head.status, 301 | 302 | 303 | 307 | 308)
            && !header("location").trim().is_empty();
        if !body || redirects || header("content-disposition").starts_with("attachment") {
            return Self::Not;
        }
        let kind = header("content-type");
        let html = match Kind::of(&kind) {
            Kind::Html => true,
            Kind::Xhtml => false,
            Kind::Xml if shown == Some(true) => false,
            Kind::Sniffed
                if shown != Some(false) && header("x-content-type-options") != "nosniff" =>
            {
                false
            }
            _ => return Self::Not,
        };
        let coding = header("content-encoding");
        let readable =
            coding.is_empty() || coding == "identity" || coding == "gzip" || coding == "br";
        let clear = Charset::of(&kind) != Charset::Unclear;
        if html && clear && readable && head.status != 206 {
            Self::Editable
        } else {
            Self::Unreadable
        }
    }
}

/// What a `Content-Type` may be to a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Xhtml,
    /// Elements of HTML load and run in any XML that is shown.
    Xml,
    /// What has no type is searched for markup: <https://mimesniff.spec.whatwg.org/#sniffing-a-mime-type>
    Sniffed,
    Other,
}

impl Kind {
    /// Reads a type in lower case.
    fn of(kind: &str) -> Self {
        let essence = kind.split([';', ',']).next().unwrap_or_default().trim();
        match essence {
            "text/html" => Self::Html,
            "application/xhtml+xml" => Self::Xhtml,
            "text/xml" | "application/xml" => Self::Xml,
            "unknown/unknown" | "application/unknown" | "*/*" => Self::Sniffed,
            kind if !kind.contains('/') => Self::Sniffed,
            kind if kind.ends_with("+xml") => Self::Xml,
            _ => Self::Other,
        }
    }
}

/// Whether an answer of this `Content-Type` is no page, whatever else is said of it: then its headers and body pass, unless
/// it sets cookies, orders something or says that nothing has changed (304).
#[must_use]
pub fn is_never_a_page(kind: &str) -> bool {
    Kind::of(&kind.to_ascii_lowercase()) == Kind::Other
}

/// Whether a browser shows what it gets by itself; `None` if it doesn't say.
pub(super) fn is_shown(incoming: &Incoming<'_>) -> Option<bool> {
    const SHOWN: &[&str] = &[
        "document",
        "embed",
        "fencedframe",
        "frame",
        "iframe",
        "object",
    ];
    let dest = incoming.header("sec-fetch-dest")?;
    Some(SHOWN.contains(&dest.as_str()))
}
