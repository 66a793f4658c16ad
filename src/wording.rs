//! Sentences put together from words, names and numbers.

use crate::{
    calendar::date,
    decision::Decision,
    site::{Category, Lifetime, Site, Text, Unit, Units, Words, filled},
};

/// The words of a language; of the site's default one, should the language be unknown.
#[must_use]
pub fn words<'a>(site: &'a Site, language: &str) -> Option<&'a Words> {
    site.words
        .get(language)
        .or_else(|| site.words.get(site.language()))
}

/// Fills `{name}` places.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    filled(template, &|name| {
        let (_, value) = values.iter().find(|(own, _)| *own == name)?;
        Some(*value)
    })
}

/// `a, b and c`.
#[must_use]
pub fn list<'a>(words: &Words, items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{}{}{last}", first.join(&words.list_comma), words.list_and),
    }
}

/// A day as people write it; seconds since 1970, UTC.
#[must_use]
pub fn day(words: &Words, at: u64) -> String {
    let (year, month, day) = date(at);
    day_from(words, year, month, day)
}

/// A declared day (`YYYY-MM-DD`) as people write it.
#[must_use]
pub fn declared_day(words: &Words, iso: &str) -> String {
    let mut parts = iso.splitn(3, '-').map(|part| part.parse::<i32>().ok());
    match (
        parts.next().flatten(),
        parts.next().flatten(),
        parts.next().flatten(),
    ) {
        (Some(year), Some(month), Some(day)) => day_from(
            words,
            year,
            u8::try_from(month).unwrap_or_default(),
            u8::try_from(day).unwrap_or_default(),
        ),
        _ => iso.to_owned(),
    }
}

fn day_from(words: &Words, year: i32, month: u8, day: u8) -> String {
    let name = words
        .months
        .get(usize::from(month).saturating_sub(1))
        .map_or("", |name| name);
    fill(
        &words.date,
        &[
            ("month", name),
            ("day", &day.to_string()),
            ("year", &year.to_string()),
        ],
    )
}

/// How long an entry stays, in words.
#[must_use]
pub fn lifetime(site: &Site, language: &str, lifetime: Lifetime) -> String {
    let Some(words) = words(site, language) else {
        return String::new();
    };
    match lifetime {
        Lifetime::Session => words.for_session.into(),
        Lifetime::For(count, unit) => span(&words.units, count, unit),
        Lifetime::SessionOr(count, unit) => fill(
            &words.for_session_or,
            &[("time", &span(&words.units, count, unit))],
        ),
        Lifetime::UntilCleared => words.until_cleared.into(),
        Lifetime::Varies => words.varies.into(),
    }
}

/// A number of units: `30 days`.
#[must_use]
pub fn span(units: &Units, count: u32, unit: Unit) -> String {
    let [one, more] = match unit {
        Unit::Minutes => &units.minutes,
        Unit::Hours => &units.hours,
        Unit::Days => &units.days,
        Unit::Weeks => &units.weeks,
        Unit::Months => &units.months,
        Unit::Years => &units.years,
    };
    fill(
        if count == 1 { one } else { more },
        &[("n", &count.to_string())],
    )
}

/// What the banner says, word for word; the notice of a record cites the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner<'a> {
    /// Its heading.
    pub title: String,
    /// What is asked.
    pub text: String,
    /// Who would learn something.
    pub third_parties: Option<String>,
    /// Label of the button that grants.
    pub accept: &'a str,
    /// Label of the button that refuses.
    pub refuse: &'a str,
    /// Label of the way to the preference centre.
    pub customise: &'a str,
}

impl<'a> Banner<'a> {
    /// The banner for a visitor who was never asked, or (`decision`) for one who is asked about what has changed.
    #[must_use]
    pub fn new(site: &'a Site, language: &str, decision: Option<&Decision>) -> Self {
        let Some(words) = words(site, language) else {
            return Self {
                title: String::new(),
                text: String::new(),
                third_parties: None,
                accept: "",
                refuse: "",
                customise: "",
            };
        };
        let again = decision.filter(|decision| decision.asks_some());
        let asked: Vec<&Category> = site
            .optional()
            .enumerate()
            .filter(|(index, _)| {
                again.is_none_or(|decision| {
                    decision
                        .categories
                        .get(*index)
                        .is_some_and(|verdict| verdict.ask)
                })
            })
            .map(|(_, category)| category)
            .collect();
        let own = |text: &'a Option<Text>| text.as_ref().map(|text| text.get(language));
        let name = site.name.as_str();
        let services: Vec<&str> = asked
            .iter()
            .flat_map(|category| site.services_in(&category.id))
            .filter(|service| !service.own)
            .map(|service| service.name.as_str())
            .collect();
        let text = if again.is_some() {
            let names = list(
                words,
                asked.iter().map(|category| category.name.get(language)),
            );
            fill(
                &words.banner_changed,
                &[("categories", &names), ("site", name)],
            )
        } else {
            let purposes = list(
                words,
                asked.iter().map(|category| category.short.get(language)),
            );
            fill(
                own(&site.banner.text).unwrap_or(&words.banner_text),
                &[("site", name), ("purposes", &purposes)],
            )
        };
        Self {
            title: fill(
                own(&site.banner.title).unwrap_or(&words.banner_title),
                &[("site", name)],
            ),
            text,
            third_parties: (!services.is_empty()).then(|| {
                fill(
                    &words.banner_third_parties,
                    &[("services", &list(words, services))],
                )
            }),
            accept: if again.is_some() {
                &words.accept
            } else {
                own(&site.banner.accept).unwrap_or(&words.accept_all)
            },
            refuse: if again.is_some() {
                &words.refuse
            } else {
                own(&site.banner.refuse).unwrap_or(&words.reject_all)
            },
            customise: own(&site.banner.customise).unwrap_or(&words.customise),
        }
    }
}
