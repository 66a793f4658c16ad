//! `ETag`s of pages that we edit: `"<state>.<the origin's own>"`, so that a browser's copy of one state never answers for
//! another (the trap that cached a visitor's page across his choice). And their `Vary`: going back, a browser shows what it
//! has kept without asking, `no-cache` or not (RFC 9111, section 6), unless it depends on a header that is another one now.

use crate::{digest::short, site::Site, visit::READ};

/// Marks an `ETag` as ours.
const MARK: &str = "ec1-";

/// What this worker was built from (`build.rs`): pages that one build has edited are another's no more.
const EDITION: &str = env!("EDGE_CONSENT_EDITION");

/// A digest of all that a page was made from: the site, what else the name says, and this worker's own code.
pub(super) fn state(site: &Site, name: &str) -> String {
    state_of(EDITION, &site.id, name)
}

fn state_of(edition: &str, site: &str, name: &str) -> String {
    short([edition, " ", site, " ", name].concat().as_bytes(), 12)
}

/// The `ETag` of an edited page.
pub(super) fn derive(origin: &str, state: &str) -> Option<String> {
    let opaque = origin
        .strip_prefix("W/")
        .unwrap_or(origin)
        .strip_prefix('"')?
        .strip_suffix('"')?;
    // Weak: the bytes are ours, the meaning is the origin's.
    Some(format!("W/\"{MARK}{state}.{opaque}\""))
}

/// What to ask the origin in place of a browser's `If-None-Match`: its own tags for what the browser holds in this very
/// state, if the page is edited; only tags that aren't ours, if it isn't.
pub(super) fn ask(header: &str, state: Option<&str>) -> Option<String> {
    let tags: Vec<String> = header
        .split(',')
        .map(str::trim)
        .filter_map(|tag| match (state, own(tag)) {
            (None, None) => Some(tag.to_owned()),
            (Some(state), Some((theirs, opaque))) if theirs == state => {
                Some(format!("W/\"{opaque}\""))
            }
            _ => None,
        })
        .collect();
    (!tags.is_empty()).then(|| tags.join(", "))
}

/// The `Vary` of an edited page.
pub(super) fn vary(origin: Option<&str>) -> String {
    match origin.map(str::trim) {
        None | Some("") => READ.to_owned(),
        Some(own) if own.contains('*') => own.to_owned(),
        Some(own) => format!("{own}, {READ}"),
    }
}

/// State and origin's tag of an `ETag` that is ours.
fn own(tag: &str) -> Option<(&str, &str)> {
    tag.strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')?
        .strip_suffix('"')?
        .strip_prefix(MARK)?
        .split_once('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that was kept from one build mustn't pass for another's: what is withheld may be something else now.
    #[test]
    fn another_build_has_other_tags() {
        assert_eq!(EDITION.len(), 12);
        assert_ne!(state_of(EDITION, "a", "page"), state_of("b", "a", "page"));
        assert_ne!(
            state_of(EDITION, "a", "page"),
            state_of(EDITION, "b", "page")
        );
    }

    #[test]
    fn a_tag_answers_only_for_its_own_state() {
        assert_eq!(derive("\"abc\"", "s1").as_deref(), Some("W/\"ec1-s1.abc\""));
        assert_eq!(
            derive("W/\"a.b\"", "s1").as_deref(),
            Some("W/\"ec1-s1.a.b\"")
        );
        assert_eq!(derive("abc", "s1"), None);
        assert_eq!(
            ask("W/\"ec1-s1.a.b\"", Some("s1")).as_deref(),
            Some("W/\"a.b\"")
        );
        assert_eq!(ask("W/\"ec1-s1.abc\"", Some("s2")), None);
        assert_eq!(ask("W/\"ec1-s1.abc\"", None), None);
        assert_eq!(ask("\"abc\"", Some("s1")), None);
        assert_eq!(ask("\"abc\"", None).as_deref(), Some("\"abc\""));
        assert_eq!(ask("*", Some("s1")), None);
    }

    #[test]
    fn an_edited_page_depends_on_what_a_visit_is_read_from() {
        assert_eq!(vary(None), READ);
        assert_eq!(vary(Some(" ")), READ);
        assert_eq!(vary(Some("*")), "*");
        assert_eq!(vary(Some("Accept")), format!("Accept, {READ}"));
    }
}
