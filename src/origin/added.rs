//! What is done about tags that scripts add: a guard in the page, or a Content-Security-Policy of its own (docs/adr/0012).

use super::csp::sources;
use crate::{
    decision::Decision,
    digest::csp_source,
    page::guard,
    site::{AddedTags, Site, UnknownHosts, hosts::is_below},
};

/// For the pages of one visitor.
#[derive(Debug, Clone, Default)]
pub(super) struct Added {
    /// A script that stands before all others.
    pub(super) guard: Option<Guard>,
    /// A policy that holds besides the page's own.
    pub(super) policy: Option<String>,
}

/// The script in a page, and its source for the page's own policy.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    pub(super) text: String,
    pub(super) source: String,
}

impl Added {
    /// What a decision asks for. While a visitor is asked there is no policy: a yes couldn't take it back without a reload.
    pub(super) fn new(site: &Site, decision: &Decision) -> Self {
        let means = site.consent.added_tags;
        if means == AddedTags::Leave || site.rehearses() || !withholds(site, decision) {
            return Self::default();
        }
        Self::against(site, decision, means)
    }

    #[inline(never)] // apart: scripts/build.mjs
    fn against(site: &Site, decision: &Decision, means: AddedTags) -> Self {
        let policy =
            (means == AddedTags::Policy && !decision.asks()).then(|| policy(site, decision));
        let guarded = policy.is_none() || covers(site, decision);
        let text = guarded.then(|| guard(site, decision)).flatten();
        Self {
            guard: text.map(|text| Guard {
                source: csp_source(&text),
                text,
            }),
            policy,
        }
    }
}

/// Whether a page of this visitor's has to load again to bring in what a later yes grants.
pub(super) fn needs_reload(site: &Site, before: &Decision, after: &Decision) -> bool {
    let policed =
        site.consent.added_tags == AddedTags::Policy && !before.asks() && !site.rehearses();
    let mut verdicts = before.services.iter().zip(&after.services);
    policed && verdicts.any(|(before, after)| !before && *after)
}

fn withholds(site: &Site, decision: &Decision) -> bool {
    let mut all = site.services.iter().zip(&decision.services);
    site.consent.unknown_hosts == UnknownHosts::Hold
        || all.any(|(service, granted)| !granted && !service.hosts.is_empty())
}

/// The hosts of granted services, as declared.
fn granted<'a>(site: &'a Site, decision: &'a Decision) -> impl Iterator<Item = &'a str> {
    let all = site.services.iter().zip(&decision.services);
    all.filter(|(_, granted)| **granted)
        .flat_map(|(service, _)| service.hosts.iter().map(String::as_str))
}

/// What runs or stands in a frame comes from the site and from what is granted; with `unknown_hosts = "hold"` everything
/// does. Scripts in the page's own text, and what they make of text, are for the page's own policy to judge: this one
/// stands beside it, and a browser goes by both (CSP 3, section 8.1).
fn policy(site: &Site, decision: &Decision) -> String {
    let own = site.hosts.iter().map(String::as_str);
    let mut hosts = String::new();
    for source in own
        .chain(granted(site, decision))
        .flat_map(|host| sources("", host))
    {
        hosts.extend([" ", &source]);
    }
    let here = "'self' blob: data:";
    let code = "'unsafe-inline' 'unsafe-eval'";
    if site.consent.unknown_hosts == UnknownHosts::Hold {
        let mut sockets = String::new();
        for source in granted(site, decision).flat_map(|host| sources("wss://", host)) {
            sockets.extend([" ", &source]);
        }
        return format!("default-src {here} {code}{hosts}; connect-src {here}{hosts}{sockets}");
    }
    format!("script-src {here} {code}{hosts}; frame-src {here}{hosts}; object-src {here}{hosts}")
}

/// Whether a policy that lets something granted in can't but let something withheld in, too: it knows hosts and folders,
/// no beginnings of names and no parameters.
fn covers(site: &Site, decision: &Decision) -> bool {
    let withheld = || {
        let all = site.services.iter().zip(&decision.services);
        all.filter(|(_, granted)| !**granted)
            .flat_map(|(service, _)| &service.hosts)
    };
    granted(site, decision).any(|granted| {
        let (host, path) = granted.split_once('/').unwrap_or((granted, ""));
        let folder = path
            .rfind('/')
            .and_then(|at| path.get(..=at))
            .unwrap_or_default();
        withheld().any(|withheld| {
            let (other, rest) = withheld.split_once('/').unwrap_or((withheld, ""));
            is_below(other, host)
                && (rest.starts_with(folder) || (folder != path && folder.starts_with(rest)))
        })
    })
}
