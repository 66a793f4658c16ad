//! What the markup of other consent tools says, so that a site which changes over keeps its pages.
//!
//! `CookieConsent` and c15t (`data-category`, `data-service`), Klaro (`data-name`), Cookiebot (`data-cookieconsent`),
//! `OneTrust` (`class="optanon-category-…"`), Usercentrics (`data-usercentrics`), `CookieYes` (`data-cookieyes`).

use super::plan::{Known, Parties, Party, Rules};
use crate::html::StartTag;

/// What an element's markup comes to.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// It is none of our business.
    Nothing,
    /// It is to be left alone.
    Ignore,
    /// Everything it names is granted.
    Granted,
    /// These aren't, or nobody knows what it names.
    Denied(Parties),
}

/// What other tools call the usual categories.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "necessary",
        &[
            "essential",
            "strictly-necessary",
            "c0001",
            "security_storage",
        ],
    ),
    (
        "functional",
        &[
            "preferences",
            "functionality",
            "c0003",
            "functionality_storage",
            "personalization_storage",
        ],
    ),
    (
        "analytics",
        &[
            "statistics",
            "measurement",
            "performance",
            "c0002",
            "analytics_storage",
        ],
    ),
    (
        "marketing",
        &[
            "advertisement",
            "advertising",
            "ads",
            "targeting",
            "c0004",
            "ad_storage",
            "ad_user_data",
            "ad_personalization",
        ],
    ),
];

impl Rules {
    /// Reads an element's markup.
    pub(super) fn said(&self, tag: &StartTag<'_>) -> Said {
        if !self.markup {
            return Said::Nothing;
        }
        let mut sum = Sum::default();
        for attribute in tag.attributes() {
            let value = || String::from_utf8_lossy(&attribute.value()).to_ascii_lowercase();
            if attribute.is("data-cookieconsent") {
                let value = value();
                if value.trim() == "ignore" {
                    return Said::Ignore;
                }
                for word in value.split(',') {
                    sum.add(self.find(word).map_or(Some(Party::Unknown), |found| found));
                }
            } else if attribute.is("data-usercentrics") || attribute.is("data-cookieyes") {
                let value = value();
                let value = value.trim();
                let value = value.strip_prefix("cookieyes-").unwrap_or(value);
                sum.add(self.find(value).map_or(Some(Party::Unknown), |found| found));
            } else if attribute.is("class") {
                for word in value().split_ascii_whitespace() {
                    for group in word
                        .strip_prefix("optanon-category-")
                        .into_iter()
                        .flat_map(|list| list.split('-'))
                    {
                        sum.add(self.find(group).map_or(Some(Party::Unknown), |found| found));
                    }
                }
            } else if attribute.is("data-category") {
                let value = value();
                if let Some(refused) = value.trim().strip_prefix('!') {
                    // Runs only as long as the category is refused.
                    match self.find(refused) {
                        Some(Some(_)) => sum.add(None),
                        _ => return Said::Nothing,
                    }
                } else if let Some(found) = self.find(&value) {
                    sum.add(found);
                }
            } else if (attribute.is("data-name") || attribute.is("data-service"))
                // Names that anyone may use for anything: only known ones say something.
                && let Some(found) = self.find(&value())
            {
                sum.add(found);
            }
        }
        sum.said()
    }

    /// What a word names: nobody known, or someone who is granted (`Some(None)`) or isn't.
    #[allow(
        clippy::option_option,
        reason = "unknown, granted, or withheld on whose account"
    )]
    fn find(&self, word: &str) -> Option<Option<Party>> {
        let word = word.trim();
        let named = |known: &Known| known.id == word || known.name.eq_ignore_ascii_case(word);
        let verdict = |list: &[Known], at: usize, party: fn(usize) -> Party| {
            list.get(at)
                .map(|known| (!known.granted).then(|| party(at)))
        };
        let category = |id: &str| {
            let at = self.categories.iter().position(|known| known.id == id)?;
            verdict(&self.categories, at, Party::Category)
        };
        category(word)
            .or_else(|| {
                let at = self.services.iter().position(named)?;
                verdict(&self.services, at, Party::Service)
            })
            .or_else(|| {
                let (id, _) = SYNONYMS.iter().find(|(_, words)| words.contains(&word))?;
                category(id)
            })
    }
}

/// What was said by now.
#[derive(Debug, Default)]
struct Sum {
    any: bool,
    denied: Parties,
}

impl Sum {
    fn add(&mut self, found: Option<Party>) {
        self.any = true;
        if let Some(party) = found {
            self.denied.add(party);
        }
    }

    fn said(self) -> Said {
        match (self.any, self.denied.is_empty()) {
            (false, _) => Said::Nothing,
            (true, true) => Said::Granted,
            (true, false) => Said::Denied(self.denied),
        }
    }
}
