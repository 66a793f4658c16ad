//! What a request is for, as far as its head says.

use crate::{
    find::cut,
    visit::{Incoming, Method},
};

/// Whether a browser could take the answer for a page or a piece of one: not if it says that it wants an image, a script
/// or the like (Fetch, "destination"). A word that we don't know may mean a page.
pub(super) fn may_be_read_as_page(incoming: &Incoming<'_>) -> bool {
    const OTHERS: &[&str] = &[
        "audio",
        "audioworklet",
        "font",
        "image",
        "json",
        "manifest",
        "paintworklet",
        "report",
        "script",
        "serviceworker",
        "sharedworker",
        "style",
        "track",
        "video",
        "worker",
        "xslt",
    ];
    incoming
        .header("sec-fetch-dest")
        .is_none_or(|dest| !OTHERS.contains(&dest.as_str()))
}

/// Whether a request is for a page that a person will look at. Where the browser says what it wants it for, only a whole
/// document counts: a fragment that a script fetches must stay what it is.
pub(super) fn is_document(incoming: &Incoming<'_>) -> bool {
    matches!(incoming.method, Method::Get | Method::Head | Method::Post)
        && incoming
            .header("sec-fetch-dest")
            .is_none_or(|dest| dest == "document")
        && incoming.header("x-requested-with").is_none()
}

/// Whether scripts in the answer would run in a page of their own: not if it is fetched, to become a part of another one
/// that has its own guard or policy.
pub(super) fn is_page(incoming: &Incoming<'_>) -> bool {
    let dest = incoming.header("sec-fetch-dest");
    let dest = dest.as_deref().unwrap_or("document");
    dest != "empty" && incoming.header("x-requested-with").is_none()
}

/// The page that what is asked for becomes a part of, as far as the browser says: there a visitor goes back to.
pub(super) fn embedder(incoming: &Incoming<'_>) -> String {
    let referrer = incoming.header("referer").unwrap_or_default();
    let own = cut(&referrer, "://")
        .and_then(|(_, rest)| rest.strip_prefix(incoming.host.as_str()))
        .filter(|path| path.starts_with('/'));
    own.unwrap_or("/").to_owned()
}

/// Whether what is asked for is likely to be a page that a person will look at.
pub(crate) fn may_be_a_page(incoming: &Incoming<'_>) -> bool {
    is_document(incoming) && !names_a_file(&incoming.path)
}

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
