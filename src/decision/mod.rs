//! What one request may do: site + choice + signals + now → [`Decision`]. Total: there is no error here, and whatever
//! isn't known to be granted is denied.
//!
//! Not here: reading the request (`visit`), acting on the decision (`origin`, `page`).

mod forget;
mod state;
mod submission;

pub use forget::Forget;
pub use state::State;
pub use submission::{Asked, Submission, Surface, Unknown, settle};

use crate::{
    calendar::day_of,
    site::{Change, NECESSARY, Service, Site, Stance},
    visit::{Choice, Made, Signal, Signals},
};
use serde::Serialize;

/// Seconds that a choice may lie in the future before it is taken for forged or broken: clocks of edge machines differ.
const CLOCK_SKEW: u64 = 300;
const DAY: u64 = 86_400;

/// Where a decision comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The visitor chose.
    Choice,
    /// Global Privacy Control denied.
    Gpc,
    /// Do Not Track denied.
    Dnt,
    /// Nobody said anything: everything optional is denied.
    Default,
}

/// Why a category is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The visitor chose.
    Choice,
    /// Global Privacy Control denies.
    Gpc,
    /// Do Not Track denies.
    Dnt,
    /// No choice was made.
    Default,
    /// A choice was made, but the category has changed since.
    StalePolicy,
}

/// What may be done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// One verdict for each optional category, in the site's order.
    pub categories: Vec<Verdict>,
    /// Whether each service is granted, in the site's order; services of `necessary` always are.
    pub services: Vec<bool>,
    /// Where it comes from.
    pub source: Source,
    /// Whether every optional category has been answered as it is declared now.
    pub decided: bool,
    /// Whether the visitor's cookie could not be read.
    pub unreadable: bool,
    /// The answer it rests on, if there is one that has not expired.
    pub made: Option<Made>,
    /// When that answer expires, in seconds since 1970.
    pub expires: Option<u64>,
    /// The signals of the request.
    pub signals: Signals,
    /// Changes of the policy that matter, and that came after the answer it rests on; the newest first, as positions
    /// among the site's.
    pub news: Vec<usize>,
}

/// The verdict on one optional category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Granted or denied.
    pub granted: bool,
    /// Why.
    pub reason: Reason,
    /// Whether the visitor still has to be asked.
    pub ask: bool,
}

/// Decides.
#[must_use]
pub fn decide(site: &Site, choice: &Choice, signals: Signals, now: u64) -> Decision {
    let lasts = u64::from(site.consent.days) * DAY;
    let (made, unreadable) = match choice {
        Choice::Unasked => (None, false),
        Choice::Unreadable => (None, true),
        Choice::Made(made) if made.at > now.saturating_add(CLOCK_SKEW) => (None, true),
        Choice::Made(made) if now >= made.at.saturating_add(lasts) => (None, false),
        Choice::Made(made) => (Some(made), false),
    };
    let denied_by = denied_by(site, made, signals);
    let categories: Vec<Verdict> = site
        .optional()
        .map(|category| {
            let answer = made.and_then(|made| made.answer(&category.digest));
            let ask = answer.is_none();
            match (denied_by, answer) {
                (Some(reason), _) => Verdict {
                    granted: false,
                    reason,
                    ask,
                },
                (None, Some(answer)) => Verdict {
                    granted: answer.granted,
                    reason: Reason::Choice,
                    ask,
                },
                (None, None) if made.is_some() => Verdict {
                    granted: false,
                    reason: Reason::StalePolicy,
                    ask,
                },
                (None, None) => Verdict {
                    granted: false,
                    reason: Reason::Default,
                    ask,
                },
            }
        })
        .collect();
    let decided = made.is_some() && categories.iter().all(|verdict| !verdict.ask);
    Decision {
        services: site
            .services
            .iter()
            .map(|service| grants_service(site, service, made, denied_by))
            .collect(),
        source: match denied_by {
            Some(Reason::Gpc) => Source::Gpc,
            Some(_) => Source::Dnt,
            None if decided => Source::Choice,
            None => Source::Default,
        },
        categories,
        decided,
        unreadable,
        expires: made.map(|made| made.at + lasts),
        news: made.map_or_else(Vec::new, |made| news(site, made, now)),
        made: made.cloned(),
        signals,
    }
}

fn news(site: &Site, made: &Made, now: u64) -> Vec<usize> {
    if !site.has_news() {
        return Vec::new();
    }
    let (answered, today) = (day_of(made.at), day_of(now));
    let came_since = |date: &String| *date > answered && *date <= today;
    site.changes
        .iter()
        .enumerate()
        .filter(|(_, change)| change.matters && came_since(&change.date))
        .map(|(index, _)| index)
        .collect()
}

/// The signal that denies, if one does: it is on, the site honours it, and the visitor's answer was not given with the
/// same signal on. An answer given in its face is the later and more specific word and stands (11 CCR §7025(c)(3)).
fn denied_by(site: &Site, made: Option<&Made>, signals: Signals) -> Option<Reason> {
    let denies = |signal: Signal, stance: Stance, answered: bool| {
        signal.is_on() && stance == Stance::Honour && !answered
    };
    if denies(
        signals.gpc,
        site.signals.gpc,
        made.is_some_and(|made| made.gpc),
    ) {
        Some(Reason::Gpc)
    } else if denies(
        signals.dnt,
        site.signals.dnt,
        made.is_some_and(|made| made.dnt),
    ) {
        Some(Reason::Dnt)
    } else {
        None
    }
}

fn grants_service(
    site: &Site,
    service: &Service,
    made: Option<&Made>,
    denied_by: Option<Reason>,
) -> bool {
    if service.category == NECESSARY {
        return true;
    }
    let answer = site
        .category(&service.category)
        .and_then(|category| made.and_then(|made| made.answer(&category.digest)))
        .filter(|_| denied_by.is_none());
    let Some(answer) = answer else { return false };
    // Most answers have no exceptions, and nothing has to be counted for them.
    let excepted = !answer.exceptions.is_empty()
        && position(site, service).is_some_and(|position| answer.exceptions.contains(&position));
    answer.granted != excepted
}

/// A service's place among its category's services sorted by id: what the cookie calls it.
pub(crate) fn position(site: &Site, service: &Service) -> Option<u16> {
    let before = site
        .services_in(&service.category)
        .filter(|other| other.id < service.id)
        .count();
    u16::try_from(before).ok()
}

impl Decision {
    /// Whether a category is granted; `necessary` always is, an unknown one never.
    #[must_use]
    pub fn grants(&self, site: &Site, category: &str) -> bool {
        category == NECESSARY
            || site
                .optional()
                .zip(&self.categories)
                .any(|(own, verdict)| own.id == category && verdict.granted)
    }

    /// Whether a service is granted; an unknown one never is.
    #[must_use]
    pub fn grants_service(&self, site: &Site, id: &str) -> bool {
        site.services
            .iter()
            .zip(&self.services)
            .any(|(service, granted)| service.id == id && *granted)
    }

    /// Whether a category's every part, its services too, is granted.
    #[must_use]
    pub fn grants_all_of(&self, site: &Site, category: &str) -> bool {
        self.grants(site, category)
            && site
                .services
                .iter()
                .zip(&self.services)
                .all(|(service, granted)| service.category != category || *granted)
    }

    /// Whether anything optional is granted.
    #[must_use]
    pub fn grants_anything(&self, site: &Site) -> bool {
        self.categories.iter().any(|verdict| verdict.granted)
            || site
                .services
                .iter()
                .zip(&self.services)
                .any(|(service, granted)| *granted && service.category != NECESSARY)
    }

    /// Whether the visitor has to be asked something.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.categories.iter().any(|verdict| verdict.ask)
    }

    /// The changes to tell this visitor about, `seen` being the day of the last one that he was told of. Who has to be
    /// asked isn't told as well: the banner says what has changed.
    pub fn untold<'a>(&'a self, site: &'a Site, seen: Option<&'a str>) -> Vec<&'a Change> {
        let asks = self.asks();
        self.news
            .iter()
            .filter_map(|index| site.changes.get(*index))
            .filter(|change| !asks && seen.is_none_or(|seen| change.date.as_str() > seen))
            .collect()
    }

    /// Whether some categories are asked again while answers to others stand. Under a signal that denies none stands:
    /// then everything is asked, lest an answer about one category brings back another against the signal.
    #[must_use]
    pub fn asks_some(&self) -> bool {
        let overruled = matches!(self.source, Source::Gpc | Source::Dnt);
        self.asks() && !overruled && self.categories.iter().any(|verdict| !verdict.ask)
    }

    /// Whether many visitors have it. The page of one who is asked again shows when he answered.
    #[must_use]
    pub fn is_common(&self) -> bool {
        self.made.is_none() || !self.asks()
    }

    /// All of it that pages are made from: what is granted, what is asked and what was signalled.
    #[must_use]
    pub fn key(&self) -> String {
        let digit = |yes: bool| if yes { '1' } else { '0' };
        let mut key = String::with_capacity(self.services.len() + 16);
        key.push(match self.source {
            Source::Choice => 'c',
            Source::Gpc => 'g',
            Source::Dnt => 'd',
            Source::Default => 'n',
        });
        key.extend([self.signals.gpc.is_on(), self.unreadable].map(digit));
        for verdict in &self.categories {
            key.extend([digit(verdict.granted), digit(verdict.ask)]);
        }
        key.push(' ');
        key.extend(self.services.iter().copied().map(digit));
        if let Some(made) = self.made.as_ref().filter(|_| !self.is_common()) {
            let receipt = made.receipt.as_deref().unwrap_or_default();
            key.extend([" ", &made.at.to_string(), " ", receipt]);
        }
        key
    }

    /// What the origin is told in `X-Consent`: the optional categories in the site's order.
    #[must_use]
    pub fn header(&self, site: &Site) -> String {
        let mut list = String::new();
        for (category, verdict) in site.optional().zip(&self.categories) {
            let comma = if list.is_empty() { "" } else { ", " };
            let verdict = if verdict.granted { "=1" } else { "=0" };
            list.extend([comma, &category.id, verdict]);
        }
        list
    }
}
