//! What a page has shown once it has gone by: whose tags are in it, and which hosts.

use super::{
    plan::{Parties, Party},
    sink::Hold,
};
use crate::origin::{
    report::Report,
    seen::{Seen, add, host_shape},
};

/// Hosts that a page loads from.
#[derive(Debug, Clone, Default)]
pub(super) struct Met {
    /// Of what would be withheld, in a rehearsal.
    pub(super) withheld: Vec<String>,
    /// That nobody declared.
    pub(super) undeclared: Vec<String>,
}

impl Parties {
    pub(super) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|party| self.add(party));
        for host in other.1.withheld {
            add(&mut self.1.withheld, host);
        }
        for host in other.1.undeclared {
            add(&mut self.1.undeclared, host);
        }
    }
}

impl Hold {
    pub(super) fn note(&mut self, parties: Parties) {
        self.held.merge(parties);
    }

    /// What the page has shown by now: hosts that nobody declared.
    pub fn seen(&self, seen: &mut Seen) {
        for host in &self.held.1.undeclared {
            if let Some(shape) = host_shape(host) {
                add(&mut seen.hosts, shape);
            }
        }
    }

    /// What would have been withheld by now, had this not been a rehearsal.
    pub fn report(&self, report: &mut Report) {
        for party in &self.held.0 {
            match party {
                Party::Service(_) => report.add_service(self.plan.0.id(*party)),
                Party::Category(_) => report.add_category(self.plan.0.id(*party)),
                Party::Unknown => {}
            }
        }
        for host in &self.held.1.withheld {
            report.add_host(host_shape(host).unwrap_or_else(|| "*".to_owned()));
        }
    }
}
