//! Where a text stands among bytes. Ours are short, and the library's search for long ones weighs four kilobytes in the worker.

/// The first place at which `text` stands.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let stands = |at: &usize| bytes.get(*at..).is_some_and(|rest| rest.starts_with(text));
    match text.first() {
        Some(first) => memchr::memchr_iter(*first, bytes).find(stands),
        None => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::find;

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
