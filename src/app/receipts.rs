use super::{Rejection, reply::Reply};
use crate::{
    decision::Decision,
    json::Value,
    page::{self, View, records::Kept},
    record::{Chain, Due, notice_key},
    site::Site,
    visit::{Incoming, Visit},
};

/// A visitor's wish to see his records, waiting for them to be read.
#[derive(Debug)]
pub struct Receipts<'a> {
    /// What to read.
    pub chain: Chain,
    site: &'a Site,
    decision: Decision,
    language: String,
    form: Form,
    json: bool,
    shown: Option<String>,
}

/// How he wants to see them.
#[derive(Debug)]
enum Form {
    Json {
        download: bool,
    },
    Page {
        notice: Option<String>,
        erased: bool,
    },
}

impl<'a> Receipts<'a> {
    pub(super) fn new(
        site: &'a Site,
        visit: &Visit,
        decision: Decision,
        incoming: &Incoming<'_>,
        page: bool,
        due: &Due,
    ) -> Self {
        let receipt = decision
            .made
            .as_ref()
            .and_then(|made| made.receipt.as_deref());
        let form = if page {
            Form::Page {
                notice: incoming.query("notice"),
                erased: incoming.query("erased").is_some(),
            }
        } else {
            Form::Json {
                download: incoming.query("download").is_some(),
            }
        };
        Self {
            chain: Chain::new(&site.id, receipt).with(due),
            json: !page && !incoming.takes_pages(),
            site,
            decision,
            language: visit.language.clone(),
            form,
            shown: None,
        }
    }

    /// The notice to read once the chain is: only one that is cited there.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let Form::Page { notice, .. } = &self.form else {
            return None;
        };
        let digest = notice.as_deref()?;
        let records = self.chain.records();
        let mut cited = records.iter().filter_map(|own| own.get("notice")?.text());
        cited
            .any(|own| own == digest)
            .then(|| notice_key(&self.site.id, digest))
    }

    /// Takes what KV holds under [`Receipts::notice`].
    pub fn show(&mut self, notice: Option<&str>) {
        self.shown = notice.map(str::to_owned);
    }

    /// The answer when they could not be read: nothing is lost, and nobody is told that there are none.
    #[must_use]
    pub fn failed(&self) -> Reply {
        Rejection::NotRead.reply(self.site, &self.language, self.json)
    }

    /// The records, newest first.
    #[must_use]
    pub fn finish(&self) -> Reply {
        match &self.form {
            Form::Json { download } => {
                let reply = Reply::json(200, self.chain.json()).private();
                if *download {
                    let name = format!(
                        "attachment; filename=\"{}-consent-records.json\"",
                        self.site.id
                    );
                    return reply.with("content-disposition", name);
                }
                reply
            }
            Form::Page { notice, erased } => {
                let view = View {
                    site: self.site,
                    decision: &self.decision,
                    language: &self.language,
                    return_to: "/",
                };
                let records = self.chain.records();
                let shown = self.shown.as_deref().and_then(Value::read);
                let kept = Kept {
                    records: &records,
                    more: self.chain.rest().is_some(),
                    notice: notice.as_deref().zip(shown.as_ref()),
                    erased: *erased && records.is_empty(),
                };
                let page = page::records::records(&view, &kept);
                Reply::html(200, page::page_csp(self.site), page).private()
            }
        }
    }
}
