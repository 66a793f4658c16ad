use crate::site::{Form, Site};
use percent_encoding::percent_decode_str;

/// Whether a path fits a pattern. Servers differ in what they take for the same path; whatever one of them may take for a
/// guarded one is guarded: letters in any case or encoded, slashes doubled or turned around.
#[must_use]
pub fn matches(pattern: &str, path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let mut parts = path.split(['/', '\\']).filter(|part| !part.is_empty());
    let mut wanted = pattern
        .split('/')
        .filter(|part| !part.is_empty())
        .peekable();
    while let Some(part) = wanted.next() {
        if part == "*" && wanted.peek().is_none() {
            return true;
        }
        // What follows a semicolon is a parameter to some servers.
        let fits = |own: &str| {
            let plain = own.split(';').next().unwrap_or_default();
            part == "*" || part.eq_ignore_ascii_case(own) || part.eq_ignore_ascii_case(plain)
        };
        if !parts.next().is_some_and(fits) {
            return false;
        }
    }
    parts.next().is_none()
}

fn any(patterns: &[String], path: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, path))
}

/// The form that a request sends.
#[must_use]
pub fn guarding<'a>(site: &'a Site, method: &str, path: &str) -> Option<&'a Form> {
    site.forms
        .iter()
        .find(|form| form.guards(method) && any(&form.paths, path))
}

/// The forms that a page may show.
pub fn shown_on<'a>(site: &'a Site, path: &str) -> impl Iterator<Item = &'a Form> {
    site.forms.iter().filter(move |form| any(&form.pages, path))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn whatever_a_server_may_take_for_the_path_is_guarded() {
        for path in [
            "/contact",
            "/contact/",
            "//contact",
            "/Contact",
            "/%63ontact",
            "/contact;jsessionid=1",
            "\\contact",
        ] {
            assert!(matches("/contact", path), "{path}");
        }
        for path in ["/", "/contacts", "/contact/x", "/x/contact", "/%2563ontact"] {
            assert!(!matches("/contact", path), "{path}");
        }
    }

    #[test]
    fn a_star_is_one_part_or_all_that_follows() {
        for (pattern, path, fits) in [
            ("/shops/*/contact", "/shops/7/contact", true),
            ("/shops/*/contact", "/shops/contact", false),
            ("/shops/*/contact", "/shops/7/8/contact", false),
            ("/forms/*", "/forms/a/b", true),
            ("/forms/*", "/forms", true),
            ("/forms/*", "/formsx", false),
            ("/*", "/", true),
            ("/", "/", true),
            ("/", "/a", false),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
    }
}
