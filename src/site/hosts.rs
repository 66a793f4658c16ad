//! Which service an address or an inline script belongs to.
//!
//! Of an inline script a marker shows it, however blanks, quotes and slashes are written ([`squeeze`]).
//!
//! A pattern is a host with everything below it (`clarity.ms`), optionally with the beginning of a path
//! (`www.googletagmanager.com/gtag/`) and of one parameter (`…/gtag/js?id=AW-`). Of several that fit, the most specific
//! wins: the longest host, then the longest path, then the longest parameter. The checker lets no two services of a site
//! have the same pattern, so that this is never a toss-up.
//!
//! Not here: how an address is found and resolved (`html`, `origin`). Host and path come as a browser would ask for them,
//! without scheme, port and user.

use super::Service;

/// Whether an address is meant by a pattern. `path` may carry a query.
#[must_use]
pub fn matches(pattern: &str, host: &str, path: &str) -> bool {
    specificity(pattern, host, path).is_some()
}

/// The service that an address belongs to: the one with the most specific pattern.
pub fn best<'a>(
    services: impl IntoIterator<Item = &'a Service>,
    host: &str,
    path: &str,
) -> Option<&'a Service> {
    let fit = |service: &'a Service| {
        let patterns = service.hosts.iter();
        let best = patterns.filter_map(|pattern| specificity(pattern, host, path));
        best.max().map(|best| (best, service))
    };
    let fits = services.into_iter().filter_map(fit);
    // Of equals the first; `max_by_key` would take the last.
    fits.reduce(|one, other| if other.0 > one.0 { other } else { one })
        .map(|(_, service)| service)
}

/// The services that an inline script loads or calls.
pub fn inline<'a>(
    services: impl IntoIterator<Item = &'a Service>,
    text: &str,
) -> impl Iterator<Item = &'a Service> {
    let text = squeeze(text.as_bytes());
    let has = move |marker: &String| {
        let marker = squeeze(marker.as_bytes());
        text.windows(marker.len().max(1)).any(|part| part == marker)
    };
    services
        .into_iter()
        .filter(move |service| service.markers.iter().any(&has))
}

/// Text without what may be written in more than one way: blanks, kinds of quotes, the escapes of slashes.
#[must_use]
pub fn squeeze(text: &[u8]) -> Vec<u8> {
    let written = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
    let plain = written.map(|byte| match byte {
        b'"' | b'`' => b'\'',
        other => *other,
    });
    plain.collect()
}

/// How narrow a pattern is that fits, to be compared with others: the lengths of its host, path and parameter.
#[must_use]
pub fn specificity(pattern: &str, host: &str, path: &str) -> Option<(usize, usize, usize)> {
    let (name, rest) = pattern.split_once('/').unwrap_or((pattern, ""));
    let (beginning, parameter) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = path.strip_prefix('/').unwrap_or(path);
    let has = |parameter| {
        query
            .split('&')
            .any(|given: &str| given.starts_with(parameter))
    };
    let fits = is_below(host, name)
        && path.starts_with(beginning)
        && (parameter.is_empty() || has(parameter));
    fits.then_some((name.len(), beginning.len(), parameter.len()))
}

/// Whether a host is `name` or lies below it. One dot at the end is the same host to a resolver.
#[must_use]
pub fn is_below(host: &str, name: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).as_bytes();
    let Some((before, end)) = host
        .len()
        .checked_sub(name.len())
        .and_then(|at| host.split_at_checked(at))
    else {
        return false;
    };
    end.eq_ignore_ascii_case(name.as_bytes()) && (before.is_empty() || before.ends_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_host_means_itself_and_everything_below() {
        for (pattern, host, path, expected) in [
            ("clarity.ms", "clarity.ms", "/", true),
            ("clarity.ms", "www.clarity.ms", "/tag/x", true),
            ("clarity.ms", "WWW.Clarity.MS", "", true),
            ("clarity.ms", "www.clarity.ms.", "/", true),
            ("clarity.ms", "notclarity.ms", "/", false),
            ("clarity.ms", "clarity.ms.evil.example", "/", false),
            ("clarity.ms", "ms", "/", false),
            ("clarity.ms", "", "/", false),
            ("www.clarity.ms", "clarity.ms", "/", false),
            ("clarity.ms", "xn--clrity-dva.ms", "/", false),
            ("clarity.ms", "éclarity.ms", "/", false),
        ] {
            assert_eq!(matches(pattern, host, path), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn a_path_is_a_beginning_and_a_parameter_too() {
        for (pattern, path, expected) in [
            ("x.example/tag/", "/tag/1.js", true),
            ("x.example/tag/", "/Tag/1.js", false),
            ("x.example/tag/", "/tag", false),
            ("x.example/", "", true),
            ("x.example/js?id=AW-", "/js?id=AW-1", true),
            ("x.example/js?id=AW-", "/js?l=layer&id=AW-1", true),
            ("x.example/js?id=AW-", "/js?id=G-1&id=AW-1#x", true),
            ("x.example/js?id=AW-", "/js?id=G-1", false),
            ("x.example/js?id=AW-", "/js?id=G-1#&id=AW-1", false),
            ("x.example/js?id=AW-", "/js?xid=AW-1", false),
            ("x.example/js?id=AW-", "/js", false),
            ("x.example/tag/", "/?to=x.example/tag/", false),
        ] {
            assert_eq!(
                matches(pattern, "x.example", path),
                expected,
                "{pattern} {path}"
            );
        }
    }
}
