//! Where a text stands in another. Ours are short, and the library's search for long ones weighs some kilobytes in the worker:
//! texts are sought by these alone, and the build holds it (`scripts/build.mjs`).

/// The first place at which `text` stands.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let stands = |at: &usize| bytes.get(*at..).is_some_and(|rest| rest.starts_with(text));
    match text.first() {
        Some(first) => memchr::memchr_iter(*first, bytes).find(stands),
        None => Some(0),
    }
}

/// Whether `text` stands in another one.
pub(crate) fn has(whole: &str, text: &str) -> bool {
    find(whole.as_bytes(), text.as_bytes()).is_some()
}

/// What stands before the first place of `text`, and behind it.
pub(crate) fn cut<'a>(whole: &'a str, text: &str) -> Option<(&'a str, &'a str)> {
    let (before, rest) = whole.split_at_checked(find(whole.as_bytes(), text.as_bytes())?)?;
    Some((before, rest.strip_prefix(text)?))
}

/// What stands between the places of `text`, which isn't empty.
pub(crate) fn parts<'a>(whole: &'a str, text: &str) -> impl Iterator<Item = &'a str> {
    let mut rest = Some(whole);
    std::iter::from_fn(move || {
        let left = rest.take()?;
        let Some((part, behind)) = cut(left, text) else {
            return Some(left);
        };
        rest = Some(behind);
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::{cut, find, has, parts};

    /// The library's search says the same.
    #[test]
    fn texts_are_cut_where_the_library_cuts_them() {
        let words = [
            "", "a", "b", "ab", "aa", "aab", "é", "éa", "bé", "aéb", "abab", "ababa", "aaaa", "éé",
        ];
        for whole in words
            .iter()
            .flat_map(|one| words.map(|other| format!("{one}{other}")))
        {
            for text in words.iter().filter(|text| !text.is_empty()) {
                assert_eq!(has(&whole, text), whole.contains(text));
                assert_eq!(cut(&whole, text), whole.split_once(text));
                assert!(parts(&whole, text).eq(whole.split(text)), "{whole} {text}");
            }
        }
    }

    #[test]
    fn a_text_is_found_where_it_stands_first() {
        for (bytes, text, at) in [
            ("aab", "ab", Some(1)),
            ("aaab", "aab", Some(1)),
            ("ab", "ab", Some(0)),
            ("ababac", "abac", Some(2)),
            ("a", "ab", None),
            ("", "a", None),
            ("", "", Some(0)),
            ("b", "", Some(0)),
        ] {
            assert_eq!(
                find(bytes.as_bytes(), text.as_bytes()),
                at,
                "{bytes} {text}"
            );
        }
    }
}
