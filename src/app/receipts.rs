use super::reply::Reply;
use crate::{decision::Decision, record::Chain, site::Site, visit::Incoming};

/// A visitor's wish to see his records, waiting for them to be read.
#[derive(Debug)]
pub struct Receipts {
    /// What to read.
    pub chain: Chain,
    site: String,
    download: bool,
}

impl Receipts {
    pub(super) fn new(site: &Site, decision: &Decision, incoming: &Incoming<'_>) -> Self {
        let receipt = decision
            .made
            .as_ref()
            .and_then(|made| made.receipt.as_deref());
        Self {
            chain: Chain::new(&site.id, receipt),
            site: site.id.clone(),
            download: incoming.query("download").is_some(),
        }
    }

    /// The records, newest first.
    #[must_use]
    pub fn finish(&self) -> Reply {
        let reply = Reply::json(200, self.chain.json()).private();
        if self.download {
            let name = format!(
                "attachment; filename=\"{}-consent-records.json\"",
                self.site
            );
            return reply.with("content-disposition", name);
        }
        reply
    }
}
