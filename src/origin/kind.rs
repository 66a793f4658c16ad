//! What kind of answer is this, and may a browser show it as a page?

use super::errand::Head;
use crate::{html::Charset, visit::Incoming};

/// Whether a path ends in a name that no page has: a download is resumed by ranges, and data is asked for again by date.
/// Should a page come after all, it is edited like any other.
pub(super) fn names_a_file(path: &str) -> bool {
    const FILES: &[&str] = &[
        "avif", "css", "csv", "gif", "gz", "ico", "jpeg", "jpg", "js", "json", "m4a", "map", "mjs",
        "mp3", "mp4", "ogg", "pdf", "png", "svg", "txt", "wasm", "wav", "webm", "webp", "woff2",
        "xml", "zip",
    ];
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| FILES.contains(&extension))
}

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
        let essence = kind.split([';', ',']).next().unwrap_or_default().trim();
        // What has no type is searched for markup: <https://mimesniff.spec.whatwg.org/#sniffing-a-mime-type>
        let sniffed = |kind: &str| {
            !kind.contains('/') || matches!(kind, "unknown/unknown" | "application/unknown" | "*/*")
        };
        let html = match essence {
            "text/html" => true,
            "application/xhtml+xml" => false,
            // Elements of HTML load and run in any XML that is shown.
            "text/xml" | "application/xml" if shown == Some(true) => false,
            kind if kind.ends_with("+xml") && shown == Some(true) => false,
            kind if sniffed(kind)
                && shown != Some(false)
                && header("x-content-type-options") != "nosniff" =>
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
