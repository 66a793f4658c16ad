//! The declared hosts of a site, found by an address without looking at all of them.

use crate::site::{Site, hosts::specificity};

/// Patterns with their services, sorted by the host that each begins with.
#[derive(Debug)]
pub(super) struct Hosts(Vec<Declared>);

#[derive(Debug)]
struct Declared {
    host: String,
    pattern: String,
    service: usize,
}

impl Hosts {
    pub(super) fn new(site: &Site) -> Self {
        let services = (0..).zip(&site.services);
        let declared = services.flat_map(|(at, service)| {
            service.hosts.iter().map(move |pattern| Declared {
                host: host_of(pattern).to_ascii_lowercase(),
                pattern: pattern.clone(),
                service: at,
            })
        });
        let mut all: Vec<Declared> = Vec::new();
        for own in declared {
            // Behind its equals: patterns of one host stay in the order of their services.
            let at = all.partition_point(|other| other.host <= own.host);
            all.insert(at, own);
        }
        Self(all)
    }

    /// Every pattern with its service.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|own| (own.pattern.as_str(), own.service))
    }

    /// The patterns that an address fits, how narrow each is, and its service.
    pub(super) fn fits(
        &self,
        host: &str,
        path: &str,
    ) -> impl Iterator<Item = ((usize, usize, usize), usize)> {
        self.above(host).filter_map(move |own| {
            specificity(&own.pattern, host, path).map(|specific| (specific, own.service))
        })
    }

    /// Whether anything is declared of a host, or of one that it lies below.
    pub(super) fn has(&self, host: &str) -> bool {
        self.above(host).next().is_some()
    }

    fn above(&self, host: &str) -> impl Iterator<Item = &Declared> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let mut names = Some(host);
        let parents = std::iter::from_fn(move || {
            let name = names.take()?;
            names = name.split_once('.').map(|(_, parent)| parent.to_owned());
            Some(name)
        });
        parents.flat_map(|name| {
            let start = self.0.partition_point(|own| own.host < name);
            let rest = self.0.get(start..).unwrap_or_default();
            rest.iter().take_while(move |own| own.host == name)
        })
    }
}

fn host_of(pattern: &str) -> &str {
    pattern.split(['/', '?']).next().unwrap_or_default()
}
