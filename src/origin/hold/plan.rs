//! What is withheld, as data.

use super::{super::seen::add, address::Address, hosts::Hosts, marks::Marks, met::Met};
use crate::{
    decision::Decision,
    page::{Placeholder, View},
    site::{NECESSARY, Service, Site, UnknownHosts, hosts::is_below},
};
use std::{ops::Deref, sync::Arc};

/// Everything that the sink has to know of site, decision, language and page. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Plan(pub(super) Arc<Rules>);

/// What is the same for all pages, and what isn't.
#[derive(Debug)]
pub(super) struct Rules {
    fixed: Arc<Fixed>,
    /// The address of the page.
    pub(super) page: Address,
    /// Whether the page's own host is one that a service loads from.
    pub(super) page_is_declared: bool,
    /// Where a choice leads back to.
    pub(super) return_to: String,
}

impl Deref for Rules {
    type Target = Fixed;

    fn deref(&self) -> &Fixed {
        &self.fixed
    }
}

/// Made once for each site, decision and language.
#[derive(Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own"
)]
pub(super) struct Fixed {
    pub(super) services: Vec<Known>,
    pub(super) categories: Vec<Known>,
    hosts: Hosts,
    /// Marks of withheld services in inline scripts.
    pub(super) markers: Marks,
    /// Marks of granted services whose tags a page may carry itself.
    pub(super) watched: Marks,
    /// The services that are told what was granted before their tags run.
    pub(super) announced: Vec<usize>,
    /// Whether there is anything to look for: what could be withheld, or made live, or would be in earnest.
    pub(super) withholds: bool,
    /// Whether nothing is withheld or made live, but reported.
    pub(super) reports: bool,
    /// Whether hosts that nobody declared are noted.
    notes: bool,
    own_hosts: Vec<String>,
    /// Whether scripts and frames from undeclared hosts are held.
    unknown: bool,
    /// Whether other tools' markup counts.
    pub(super) markup: bool,
    pub(super) placeholder: Placeholder,
}

/// A service or category.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) company: String,
    pub(super) granted: bool,
}

/// On whose account something is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Service(usize),
    Category(usize),
    /// A host that isn't declared.
    Unknown,
}

/// Several, each once, and the hosts that were met on the way.
#[derive(Debug, Clone, Default)]
pub(super) struct Parties(pub(super) Vec<Party>, pub(super) Met);

impl Parties {
    pub(super) fn add(&mut self, party: Party) {
        if !self.0.contains(&party) {
            self.0.push(party);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Plan {
    /// The plan for a page; `None` if nothing in it could be withheld, or made live. `host` and `path` are the page's.
    #[must_use]
    pub fn new(view: &View<'_>, host: &str, path: &str) -> Option<Self> {
        looks(view.site, view.decision).then(|| Self::full(view, host, path))
    }

    /// The plan for a page into which something is put, too: also if nothing could be withheld.
    #[must_use]
    pub fn full(view: &View<'_>, host: &str, path: &str) -> Self {
        let make = || Fixed::new(view);
        let fixed = if view.decision.is_common() {
            let name = ["plan ", view.language, " ", &view.decision.key()].concat();
            view.site.kept.get(&name, make)
        } else {
            Arc::new(make())
        };
        let own = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let page_is_declared = fixed.hosts.has(own);
        Self(Arc::new(Rules {
            page_is_declared,
            page: Address {
                host: own.to_ascii_lowercase(),
                path: path.to_owned(),
                query: String::new(),
            },
            return_to: view.return_to.to_owned(),
            fixed,
        }))
    }

    /// Whether anything could be withheld, or made live.
    #[must_use]
    pub fn withholds(&self) -> bool {
        self.0.withholds && !self.0.reports
    }
}

impl Fixed {
    fn new(view: &View<'_>) -> Self {
        let View { site, decision, .. } = *view;
        let services: Vec<Known> = site
            .services
            .iter()
            .zip(&decision.services)
            .map(|(service, granted)| Known {
                id: service.id.clone(),
                name: service.name.clone(),
                company: service.company.clone(),
                granted: *granted,
            })
            .collect();
        let categories = site
            .categories
            .iter()
            .map(|category| Known {
                id: category.id.clone(),
                name: category.name.get(view.language).to_owned(),
                company: category.name.get(view.language).to_owned(),
                granted: category.id == NECESSARY || decision.grants(site, &category.id),
            })
            .collect();
        let verdicts = || (0..).zip(site.services.iter().zip(&decision.services));
        let marks = |wanted: &dyn Fn(&Service, bool) -> bool| {
            let services = verdicts().filter(|(_, (service, granted))| wanted(service, **granted));
            Marks::new(services.flat_map(|(at, (service, _))| {
                let markers = service.markers.iter();
                markers.map(move |marker| (marker.as_str(), at))
            }))
        };
        let markers = marks(&|_, granted| !granted);
        let watched =
            marks(&|service, granted| granted && (service.announced || service.tag.is_some()));
        let announced = verdicts()
            .filter(|(_, (service, granted))| **granted && service.announced)
            .map(|(at, _)| at)
            .collect();
        Self {
            services,
            categories,
            hosts: Hosts::new(site),
            markers,
            watched,
            announced,
            withholds: looks(site, decision),
            reports: site.rehearses(),
            notes: site.records.gaps > 0,
            own_hosts: site.hosts.clone(),
            unknown: site.consent.unknown_hosts == UnknownHosts::Hold,
            markup: site.consent.markup,
            placeholder: Placeholder::new(view),
        }
    }
}

/// Whether there is anything to look for in a page. A rehearsal looks at all of them: they are read for what isn't
/// declared as well.
fn looks(site: &Site, decision: &Decision) -> bool {
    site.rehearses()
        || site.consent.markup
        || site.consent.unknown_hosts == UnknownHosts::Hold
        || site
            .services
            .iter()
            .zip(&decision.services)
            .any(|(service, granted)| {
                let nothing = service.hosts.is_empty() && service.markers.is_empty();
                !granted && !nothing
            })
}

impl Rules {
    /// Adds those on whose account an address is withheld. The most specific declared host decides; if it is declared
    /// twice, both have to be granted.
    pub(super) fn at(&self, addresses: &[Address], runs: bool, held: &mut Parties) {
        for address in addresses {
            let path = address.asked();
            let fits: Vec<_> = self.hosts.fits(&address.host, &path).collect();
            let most = fits.iter().map(|(specific, _)| *specific).max();
            for (_, at) in fits.iter().filter(|(specific, _)| Some(*specific) == most) {
                if self
                    .services
                    .get(*at)
                    .is_none_or(|service| !service.granted)
                {
                    held.add(Party::Service(*at));
                    if self.reports {
                        add(&mut held.1.withheld, address.host.clone());
                    }
                }
            }
            if most.is_some() || self.is_own(&address.host) {
                continue;
            }
            if self.notes && !held.1.undeclared.contains(&address.host) {
                add(&mut held.1.undeclared, address.host.clone());
            }
            if runs && self.unknown {
                held.add(Party::Unknown);
                if self.reports {
                    add(&mut held.1.withheld, address.host.clone());
                }
            }
        }
    }

    /// The granted services whose address one of these is.
    pub(super) fn granted_at(&self, addresses: &[Address]) -> Vec<usize> {
        let fit = |address: &Address| {
            let path = address.asked();
            let fits = self.hosts.fits(&address.host, &path);
            fits.max().map(|(_, at)| at)
        };
        addresses.iter().filter_map(fit).collect()
    }

    fn is_own(&self, host: &str) -> bool {
        self.page.host == host || self.own_hosts.iter().any(|own| is_below(host, own))
    }

    /// The withheld services that have marks: any of them may own a script that can't be read.
    pub(super) fn any_marked(&self, held: &mut Parties) {
        for (_, at) in self.markers.all() {
            held.add(Party::Service(at));
        }
    }

    /// All that is withheld by host or mark: any of it may be behind a document that can be read in several ways.
    pub(super) fn any_withheld(&self, held: &mut Parties) {
        self.any_marked(held);
        for (_, at) in self.hosts.all() {
            if self
                .services
                .get(at)
                .is_some_and(|service| !service.granted)
            {
                held.add(Party::Service(at));
            }
        }
    }

    pub(super) fn id(&self, party: Party) -> &str {
        let known = match party {
            Party::Service(at) => self.services.get(at),
            Party::Category(at) => self.categories.get(at),
            Party::Unknown => None,
        };
        known.map_or("unknown", |known| known.id.as_str())
    }
}
