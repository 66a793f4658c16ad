//! From what a form or a program sends to the choice that is kept.

use super::{Decision, Source, position};
use crate::{
    site::{Category, Map, NECESSARY, Site, distinct},
    visit::{Answer, Made},
};

/// What was sent to `{base}/choice`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The button, so to speak.
    pub asked: Asked,
    /// With `save`: the categories granted; what isn't listed is denied.
    pub categories: Map<bool>,
    /// With `save`: services that differ from their category.
    pub services: Map<bool>,
    /// With `save`: categories that aren't listed stay as they are instead of being denied.
    pub keep_others: bool,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// Where it was asked.
    pub surface: Surface,
}

/// What a visitor asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Asked {
    Accept,
    Reject,
    Save,
}

/// Where a choice was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Surface {
    Banner,
    Preferences,
    Api,
}

/// Names in a submission that the site doesn't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The names sent.
    pub names: Vec<String>,
    /// The names there are.
    pub known: Vec<String>,
    /// `category` or `service`.
    pub kind: &'static str,
}

/// Makes a choice out of a submission: every optional category gets an answer as it is declared now. `before` is what
/// held until now: an answer that stays must not bring back what a signal has overruled.
///
/// # Errors
/// When it names a category or service that the site doesn't have.
pub fn settle(
    site: &Site,
    submission: &Submission,
    before: &Decision,
    now: u64,
) -> Result<Made, Unknown> {
    check(site, submission)?;
    let grants = |id: &str| match submission.asked {
        Asked::Accept => true,
        Asked::Reject => false,
        Asked::Save => submission
            .categories
            .get(id)
            .is_some_and(|granted| *granted),
    };
    let answers = site
        .optional()
        .map(|category| {
            if submission.keeps(category)
                && let Some(answer) = before.standing(category)
            {
                return answer.clone();
            }
            let mut granted = grants(&category.id);
            let mut exceptions = match submission.asked {
                Asked::Save => exceptions(site, &category.id, granted, &submission.services),
                Asked::Accept | Asked::Reject => Vec::new(),
            };
            // A granular form has a switch for each group and none for the category: all switches on mean the category.
            if submission.surface == Surface::Preferences
                && !granted
                && all_of(site, &category.id, &exceptions)
            {
                granted = true;
                exceptions.clear();
            }
            Answer {
                digest: category.digest.clone(),
                granted,
                exceptions,
            }
        })
        .collect();
    Ok(Made {
        at: now,
        gpc: before.signals.gpc.is_on(),
        dnt: before.signals.dnt.is_on(),
        answers,
        receipt: None,
    })
}

impl Submission {
    fn keeps(&self, category: &Category) -> bool {
        self.keep_others && self.asked == Asked::Save && self.categories.get(&category.id).is_none()
    }
}

/// Whether the exceptions are all there is in a category: each of its services, and no cookie outside of them.
fn all_of(site: &Site, category: &str, exceptions: &[u16]) -> bool {
    !exceptions.is_empty()
        && site.services_in(category).count() == exceptions.len()
        && site
            .cookies_in(category)
            .all(|cookie| cookie.service.is_some())
}

fn exceptions(site: &Site, category: &str, granted: bool, services: &Map<bool>) -> Vec<u16> {
    // The cookie has them in order.
    distinct(
        site.services_in(category)
            .filter(|service| {
                services
                    .get(&service.id)
                    .is_some_and(|answer| *answer != granted)
            })
            .filter_map(|service| position(site, service)),
    )
}

fn check(site: &Site, submission: &Submission) -> Result<(), Unknown> {
    let names = |keys: &Map<bool>, known: &dyn Fn(&str) -> bool| -> Vec<String> {
        keys.keys().filter(|id| !known(id)).cloned().collect()
    };
    let unknown = names(&submission.categories, &|id| {
        id == NECESSARY || site.category(id).is_some()
    });
    if !unknown.is_empty() {
        let known = site
            .categories
            .iter()
            .map(|category| category.id.clone())
            .collect();
        return Err(Unknown {
            names: unknown,
            known,
            kind: "category",
        });
    }
    let unknown = names(&submission.services, &|id| site.service(id).is_some());
    if !unknown.is_empty() {
        let known = site
            .services
            .iter()
            .map(|service| service.id.clone())
            .collect();
        return Err(Unknown {
            names: unknown,
            known,
            kind: "service",
        });
    }
    Ok(())
}

impl Decision {
    /// The answer to a category that holds for this request: none while a signal overrules it.
    fn standing(&self, category: &Category) -> Option<&Answer> {
        let overruled = matches!(self.source, Source::Gpc | Source::Dnt);
        let made = self.made.as_ref().filter(|_| !overruled)?;
        made.answer(&category.digest)
    }

    /// The services whose answer differs from their category's, with that answer.
    pub fn differing<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = (&'a str, bool)> {
        site.services
            .iter()
            .zip(&self.services)
            .filter(|(service, granted)| {
                service.category != NECESSARY && self.grants(site, &service.category) != **granted
            })
            .map(|(service, granted)| (service.id.as_str(), *granted))
    }
}
