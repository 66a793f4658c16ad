//! The document that stands in a frame in place of what is withheld.

use super::{
    address::resolve,
    plan::{Parties, Party},
    sink::Hold,
};
use crate::page::Withheld;

impl Hold {
    /// What stands in a frame in place of what is withheld.
    pub(super) fn document(&self, parties: &Parties, address: Option<&str>) -> String {
        let rules = &*self.plan.0;
        let host = || {
            let found = resolve(address.unwrap_or_default().as_bytes(), &self.bases);
            let first = found.into_iter().next();
            first.map_or_else(String::new, |address| address.host)
        };
        let withheld: Vec<_> = parties
            .0
            .iter()
            .map(|party| match party {
                Party::Service(at) => (rules.services.get(*at), Some("service")),
                Party::Category(at) => (rules.categories.get(*at), Some("category")),
                Party::Unknown => (None, None),
            })
            .map(|(known, field)| {
                if let (Some(known), Some(field)) = (known, field) {
                    Withheld {
                        name: known.name.clone(),
                        company: known.company.clone(),
                        field: Some((field, known.id.clone())),
                    }
                } else {
                    let host = host();
                    Withheld {
                        name: host.clone(),
                        company: host,
                        field: None,
                    }
                }
            })
            .collect();
        let leads_somewhere = |address: &&str| !resolve(address.as_bytes(), &self.bases).is_empty();
        rules
            .placeholder
            .document(&withheld, address.filter(leads_somewhere), &rules.return_to)
    }
}
