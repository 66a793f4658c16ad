//! Hosts as a site declares them (`example.com`, `www.example.com/tag/`) beside an address.

/// Whether a declared host stands for this host and path: itself and everything below it, on the borders of labels; and
/// with a path, what begins with it. Host and pattern are in lower case.
pub(super) fn matches(pattern: &str, host: &str, path: &str) -> bool {
    let (name, folder) = match pattern.find('/') {
        Some(at) => pattern.split_at_checked(at).unwrap_or((pattern, "")),
        None => (pattern, ""),
    };
    is_below(name, host) && path.starts_with(folder)
}

/// Whether a host is another one or below it.
pub(super) fn is_below(name: &str, host: &str) -> bool {
    host.strip_suffix(name)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
