//! Which secret is a site's, and which are for tests alone.

/// The names that a site's secret may have, the one that wins first.
#[must_use]
pub fn secret_names(site: &str) -> [String; 2] {
    let own = site.replace('-', "_").to_ascii_uppercase();
    [
        format!("TURNSTILE_SECRET_{own}"),
        "TURNSTILE_SECRET".to_owned(),
    ]
}

/// Whether a secret is one of Cloudflare's for tests: they take a token that everybody knows.
#[must_use]
pub fn is_test_secret(secret: &str) -> bool {
    for_tests(secret, 31)
}

/// Whether a site key is one of Cloudflare's for tests.
#[must_use]
pub fn is_test_key(key: &str) -> bool {
    for_tests(key, 20)
}

fn for_tests(text: &str, zeros: usize) -> bool {
    let rest = ["1x", "2x", "3x"]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    rest.is_some_and(|rest| rest.bytes().take_while(|&byte| byte == b'0').count() >= zeros)
}

/// Whether a host, with or without a port, is this machine.
#[must_use]
pub fn is_local(host: &str) -> bool {
    let name = name_of(host);
    name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || name == "[::1]"
}

/// A host without its port.
pub(super) fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
