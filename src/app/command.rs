//! What an origin orders with an answer: `X-Consent-Command: erase`, when an account is deleted.

use super::{Moment, action::leads_on};
use crate::{
    decision::{Decision, Surface, decide},
    find::has,
    origin::{Answer, COMMAND, Errand, Head, RECEIPT, all_expiries, forget},
    record::{Chain, Circumstances, Deed, Due, Proof, keys_with, prove},
    site::{Site, Storage},
    visit::{Choice, Incoming, Made, PENDING, Visit, expire},
};

/// More consents given with forms are not erased at once: each takes three operations of KV, of which a request has a
/// thousand, and a visitor's chain may take nine hundred of them.
const MOST_FORMS: usize = 20;

/// An order of the origin: that this browser be left without anything declared.
#[derive(Debug)]
pub struct Command<'a> {
    site: &'a Site,
    before: &'a Decision,
    erase: bool,
    records: bool,
    /// Keys of consents given with forms.
    forms: Vec<String>,
    unknown: Vec<String>,
}

impl<'a> Command<'a> {
    /// Reads the order in an answer's head, if there is one. Words that nobody knows are left aside, so that a later
    /// version's do no harm here. A cache doesn't order anything: what it repeats was meant for somebody else.
    #[must_use]
    pub fn read(errand: &'a Errand<'_>, head: &Head<'_>) -> Option<Self> {
        let value = head.headers.get(COMMAND)?;
        let mut command = Self {
            site: errand.site,
            before: &errand.decision,
            erase: false,
            records: false,
            forms: Vec::new(),
            unknown: Vec::new(),
        };
        for word in value.split(',').map(str::trim) {
            match word.to_ascii_lowercase().as_str() {
                "erase" => command.erase = true,
                "records" => command.records = true,
                _ => command.unknown.push(loggable(word)),
            }
        }
        let status = head.headers.get("cf-cache-status");
        if status.is_some_and(|status| status.eq_ignore_ascii_case("hit")) {
            command.erase = false;
            command.unknown.push("from-a-cache".to_owned());
        }
        if command.records && !command.erase {
            command.records = false;
            command.unknown.push("records-without-erase".to_owned());
        }
        command.name_forms(head);
        Some(command)
    }

    /// Takes the ids of consents that the origin wants erased: alone, or with their field as it got them.
    fn name_forms(&mut self, head: &Head<'_>) {
        let ids = head.headers.get(RECEIPT).unwrap_or_default();
        let ids: Vec<&str> = ids
            .split(',')
            .filter_map(|id| id.rsplit('=').next())
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .collect();
        if self.records {
            let keys = ids.iter().filter_map(|id| keys_with(&self.site.id, id));
            self.forms = keys.map(|[_, form]| form).take(MOST_FORMS).collect();
        }
        let left = ids.len() - self.forms.len();
        if left > 0 {
            self.unknown.push(format!("{left} of the receipts"));
        }
    }

    /// What was not obeyed, for the log.
    #[must_use]
    pub fn ignored(&self) -> Option<String> {
        (!self.unknown.is_empty()).then(|| self.unknown.join(", "))
    }

    /// The records to delete before [`Command::obey`], if that is what was ordered.
    #[must_use]
    pub fn erases(&self, due: &Due) -> Option<Chain> {
        let receipt = self
            .before
            .made
            .as_ref()
            .and_then(|made| made.receipt.as_deref());
        self.records
            .then(|| Chain::new(&self.site.id, receipt).with(due))
    }

    /// The keys of consents given with forms to delete with them.
    #[must_use]
    pub fn forms(&self) -> &[String] {
        &self.forms
    }

    /// The `Set-Cookie` value where there are more records than could be deleted at once: it leads to the rest.
    #[must_use]
    pub fn leads_on(&self, rest: &str) -> Option<String> {
        leads_on(self.site, self.before, rest)
    }

    /// Puts the order into the answer; gives what has to be recorded. Without `erased` the records could not be deleted:
    /// then their number stays with the visitor, so that he can do it himself.
    pub fn obey(
        &self,
        answer: &mut Answer<'_>,
        head: &Head<'_>,
        incoming: &Incoming<'_>,
        erased: bool,
        moment: Moment,
    ) -> Option<Proof> {
        if !self.erase {
            return None;
        }
        let (site, host) = (self.site, incoming.host.as_str());
        let sets = answer
            .set_cookies
            .take()
            .unwrap_or_else(|| (head.set_cookies)());
        let cookies = incoming.header("cookie");
        let mut list = all_expiries(site, cookies.as_deref(), host, &sets);
        if erased && site.has_choice() {
            list.extend(forget(host));
            if self.records && cookies.is_some_and(|cookies| has(&cookies, PENDING)) {
                list.push(expire(PENDING, None, "/"));
            }
        }
        list.extend(sets);
        answer.set_cookies = Some(list);
        answer
            .headers
            .retain(|(name, _)| !matches!(*name, "cache-control" | "clear-site-data"));
        // A copy of this answer would erase again, wherever it is shown.
        answer
            .headers
            .push(("cache-control", Some("no-store".to_owned())));
        answer
            .headers
            .push(("clear-site-data", Some(self.clears(head))));
        let granted = self.before.made.as_ref().filter(|made| made.grants());
        match granted {
            // Who deletes his account takes his yes back; where the records go, nothing is written about them.
            Some(made) if !self.records => self.withdrawal(made, incoming, moment),
            _ => None,
        }
    }

    /// Pages kept from before were made for who had an account. Web storage can only be cleared as a whole from here, so
    /// it is where something in it is declared; what the origin clears itself stays.
    fn clears(&self, head: &Head<'_>) -> String {
        let mut value = head.headers.get("clear-site-data").unwrap_or_default();
        let stored = self.site.cookies.iter().any(|entry| {
            matches!(
                entry.storage,
                Storage::LocalStorage | Storage::SessionStorage
            )
        });
        for (kind, wanted) in [("\"cache\"", true), ("\"storage\"", stored)] {
            if wanted && !has(&value, kind) {
                if !value.is_empty() {
                    value.push_str(", ");
                }
                value.push_str(kind);
            }
        }
        value
    }

    fn withdrawal(&self, made: &Made, incoming: &Incoming<'_>, moment: Moment) -> Option<Proof> {
        let now = moment.now / 1000;
        let visit = Visit::read(self.site, incoming);
        let after = decide(self.site, &Choice::Unasked, visit.signals, now);
        let circumstances = Circumstances {
            previous: made.receipt.as_deref(),
            deed: Deed::Withdraw,
            surface: Surface::Api,
            language: &visit.language,
            country: incoming.country.as_deref(),
            random: moment.random,
        };
        prove(self.site, &after, &circumstances, moment.now)
    }
}

/// A word that may stand in a log: the origin wrote it, and it could be anything.
fn loggable(word: &str) -> String {
    let plain = |character: &char| character.is_ascii_alphabetic() || *character == '-';
    word.chars().filter(plain).take(24).collect()
}
