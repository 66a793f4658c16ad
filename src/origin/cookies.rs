//! Which cookies pass. Both ways obey one rule, [`withholds`]; what passes, passes by the byte.

use super::{
    report::Report,
    seen::{Seen, cookie_shape},
};
use crate::{
    decision::Decision,
    site::{Cookie, Map, NECESSARY, Party, Site, Storage, Undeclared, distinct},
    visit::{COOKIE, PENDING, expire},
};

/// Whether a cookie of this name is withheld from origin and browser. A name that is declared twice over obeys what
/// is declared of the site's own domain, since that is where it lies; then the longest pattern, an exact one before all
/// others.
#[must_use]
pub fn withholds(site: &Site, decision: &Decision, name: &str) -> bool {
    // What waits to be written is between the browser and us alone: it tells the record of a refusal.
    name == PENDING || (name != COOKIE && refused(site, decision, declared(site, name)))
}

fn refused(site: &Site, decision: &Decision, declared: Option<&Cookie>) -> bool {
    match declared {
        None => site.consent.undeclared == Undeclared::Block,
        Some(cookie) if cookie.category == NECESSARY => false,
        Some(cookie) => match &cookie.service {
            Some(service) => !decision.grants_service(site, service),
            None => !decision.grants(site, &cookie.category),
        },
    }
}

/// Looks at the name of a cookie that passes by: whether it is withheld, or would be. What nobody declared is noted, and
/// what would be withheld, in a rehearsal.
pub(super) fn look(
    site: &Site,
    decision: &Decision,
    name: &str,
    seen: &mut Seen,
    report: Option<&mut Report>,
) -> bool {
    if matches!(name, COOKIE | PENDING | "") {
        return false;
    }
    let declared = declared(site, name);
    if declared.is_none() && site.records.gaps > 0 {
        seen.cookie(name);
    }
    let refused = refused(site, decision, declared);
    if let Some(report) = report.filter(|_| refused) {
        match declared.map(|cookie| (cookie, &cookie.service)) {
            Some((_, Some(service))) => report.add_service(service),
            Some((cookie, None)) => report.add_category(&cookie.category),
            None => {}
        }
        let name = declared.map_or_else(|| cookie_shape(name), |cookie| Some(cookie.name.clone()));
        report.add_cookie(name.unwrap_or_else(|| "*".to_owned()));
    }
    refused
}

fn declared<'a>(site: &'a Site, name: &str) -> Option<&'a Cookie> {
    site.cookies
        .iter()
        .filter(|cookie| cookie.storage == Storage::Cookie)
        .flat_map(|cookie| cookie.patterns.iter().map(move |pattern| (cookie, pattern)))
        .filter(|(_, pattern)| pattern.matches(name))
        .max_by_key(|(cookie, pattern)| {
            let exact = !pattern.0.ends_with('*');
            (cookie.party == Party::First, exact, pattern.0.len())
        })
        .map(|(cookie, _)| cookie)
}

/// A `Cookie` header without what is withheld; `None` if it passes as it is.
#[must_use]
pub fn kept(site: &Site, decision: &Decision, header: &str) -> Option<String> {
    let withheld = |pair: &&str| {
        let name = name_of(pair);
        // A rehearsal withholds nothing but what is ours.
        withholds(site, decision, name) && (name == PENDING || !site.rehearses())
    };
    if !header.split(';').any(|pair| withheld(&pair)) {
        return None;
    }
    let kept: Vec<&str> = header.split(';').filter(|pair| !withheld(pair)).collect();
    Some(kept.join(";").trim_start().to_owned())
}

/// The name in a `name=value` pair, or in a `Set-Cookie` value.
pub(super) fn name_of(pair: &str) -> &str {
    let pair = pair.split_once(';').map_or(pair, |(pair, _)| pair);
    pair.split_once('=').map_or(pair, |(name, _)| name).trim()
}

/// `Set-Cookie` values that remove every withheld cookie which the request carries: a browser forgets a cookie only by
/// the domain and path it was set with, and by its partition, so each that is possible is named. What is declared on a path
/// of its own isn't sent to our addresses, and is removed from there unseen.
#[must_use]
pub fn expiries(site: &Site, decision: &Decision, header: Option<&str>, host: &str) -> Vec<String> {
    let sent = header.into_iter().flat_map(|header| header.split(';'));
    let plain = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    let names = distinct(sent.map(name_of).filter(plain));
    let unseen = site
        .cookies
        .iter()
        .filter(|cookie| cookie.storage == Storage::Cookie && !cookie.paths.is_empty())
        .flat_map(|cookie| &cookie.patterns)
        .map(|pattern| pattern.0.as_str())
        .filter(|name| !name.ends_with('*') && !names.contains(name));
    let carried = names.iter().map(|name| (*name, Some("/")));
    carried
        .chain(unseen.map(|name| (name, None)))
        .filter(|(name, _)| withholds(site, decision, name))
        .filter(|(name, _)| declared(site, name).is_some() || !is_the_edges(name))
        .flat_map(|(name, root)| everywhere(site, name, root, host))
        .collect()
}

/// What a page's script removes after an answer, which [`expiries`] can't see: cookies that were granted before, by name or
/// beginning, each with the paths of its own. A vendor on the open page may write one while the answer is on its way. A
/// beginning is left out if a name that isn't withheld may have it.
pub(super) fn removals<'a>(
    site: &'a Site,
    before: &Decision,
    after: &Decision,
) -> Map<&'a [String]> {
    let lying = || {
        let all = site
            .cookies
            .iter()
            .filter(|cookie| cookie.storage == Storage::Cookie);
        all.flat_map(|cookie| {
            cookie
                .patterns
                .iter()
                .map(move |pattern| (cookie, pattern.0.as_str()))
        })
    };
    let kept = |beginning: &str| {
        let mut declared = lying().filter(|(cookie, _)| !refused(site, after, Some(cookie)));
        COOKIE.starts_with(beginning) || declared.any(|(_, name)| name.starts_with(beginning))
    };
    let goes = |cookie: &Cookie, name: &str| match name.strip_suffix('*') {
        None => withholds(site, after, name) && !withholds(site, before, name),
        Some(beginning) => {
            refused(site, after, Some(cookie))
                && !refused(site, before, Some(cookie))
                && !kept(beginning)
        }
    };
    lying()
        .filter(|(cookie, name)| {
            !site.rehearses() && cookie.party == Party::First && goes(cookie, name)
        })
        .map(|(cookie, name)| (name.to_owned(), cookie.paths.as_slice()))
        .collect()
}

/// Whether a cookie may be Cloudflare's own, which owners rarely declare: without it visitors would be challenged again.
fn is_the_edges(name: &str) -> bool {
    ["__cf", "_cf", "cf_"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// `Set-Cookie` values that remove everything declared, necessary or not, from a browser: what the request carries, and
/// every name that is known to the letter, since a cookie of another path isn't sent. Our own is left out, and so is what
/// the origin sets itself (`sets`, its `Set-Cookie` values).
#[must_use]
pub fn all_expiries(site: &Site, header: Option<&str>, host: &str, sets: &[String]) -> Vec<String> {
    let sent = header.into_iter().flat_map(|header| header.split(';'));
    let sent = sent
        .map(name_of)
        .filter(|name| declared(site, name).is_some());
    let own = site
        .cookies
        .iter()
        .filter(|cookie| cookie.storage == Storage::Cookie && cookie.party == Party::First);
    let known = own
        .flat_map(|cookie| &cookie.patterns)
        .map(|pattern| pattern.0.as_str())
        .filter(|name| !name.ends_with('*'));
    let names = distinct(sent.chain(known));
    names
        .into_iter()
        .filter(|name| *name != COOKIE && sets.iter().all(|set| name_of(set) != *name))
        .flat_map(|name| everywhere(site, name, Some("/"), host))
        .collect()
}

/// What removes the consent cookie.
#[must_use]
pub fn forget(host: &str) -> Vec<String> {
    let domains = domains(host).into_iter().map(Some);
    let all = std::iter::once(None).chain(domains);
    all.map(|domain| expire(COOKIE, domain, "/")).collect()
}

/// What removes one cookie, whichever domain and path it was set with, and whether it lies in a partition; unless it is known
/// to be somewhere on its own paths only, `root` is `/`.
fn everywhere(site: &Site, name: &str, root: Option<&str>, host: &str) -> Vec<String> {
    let own = declared(site, name).map_or(&[][..], |cookie| &cookie.paths);
    let paths = root.into_iter().chain(own.iter().map(String::as_str));
    paths
        .flat_map(|path| {
            let domains = domains(host).into_iter().map(Some);
            let places = std::iter::once(None).chain(domains);
            places.flat_map(move |domain| {
                let plain = expire(name, domain, path);
                let partitioned = format!("{plain}; Partitioned");
                [plain, partitioned]
            })
        })
        .collect()
}

/// The host and every parent of it that still has a dot: a browser ignores the ones that are public suffixes.
pub(crate) fn domains(host: &str) -> Vec<&str> {
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    if host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[') {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut rest = host;
    while rest.contains('.') {
        found.push(rest);
        rest = rest.split_once('.').map_or("", |(_, parent)| parent);
    }
    found
}
