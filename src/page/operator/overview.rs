use super::{SPANS, chart::chart, number, page, percent};
use crate::{
    calendar::day_of,
    record::Day,
    site::{Map, Site, sorted},
};
use maud::{Markup, html};

type Counts = Map<u64>;

impl Day {
    /// How many answers there were.
    pub(super) fn total(&self) -> u64 {
        self.decision.values().sum()
    }

    /// Accepted all, chose some, refused, withdrew.
    pub(super) fn answers(&self) -> [u64; 4] {
        ["accept", "save", "reject", "withdraw"]
            .map(|name| self.decision.get(name).copied().unwrap_or_default())
    }
}

/// The numbers of the last `span` days; `days` are those that were counted, in order.
#[must_use]
pub fn overview(site: &Site, days: &[Day], span: u64, now: u64) -> String {
    let all = |counts: fn(&Day) -> &Counts| {
        let mut sum = Counts::new();
        for (name, count) in days.iter().flat_map(|day| counts(day).iter()) {
            *sum.entry(name) += count;
        }
        sum
    };
    let decision = all(|day| &day.decision);
    let total: u64 = decision.values().sum();
    let of = |name: &str| decision.get(name).copied().unwrap_or_default();
    let sum = |count: fn(&Day) -> u64| days.iter().map(count).sum::<u64>();
    let every: Vec<(String, Option<&Day>)> = (1..=span)
        .rev()
        .map(|ago| {
            let day = day_of(now.saturating_sub(ago * 86_400));
            let counted = days.binary_search_by(|own| own.day.cmp(&day)).ok();
            (day, counted.and_then(|at| days.get(at)))
        })
        .collect();
    let content = html! {
        h1 { "Answers" }
        nav.spans aria-label="Days" {
            @for own in SPANS {
                a href={ "?days=" (own) } aria-current=[(own == span).then_some("true")] { (own) " days" }
            }
        }
        @if total == 0 {
            p.lead { "No day with answers has been counted yet. A day is counted in the hour after it ends (UTC), by the worker's scheduled job." }
        } @else {
            dl.figures {
                (figure("Answers", &number(total), None))
                (figure("Accepted all", &percent(of("accept"), total), Some(of("accept"))))
                (figure("Chose some", &percent(of("save"), total), Some(of("save"))))
                (figure("Refused", &percent(of("reject"), total), Some(of("reject"))))
                (figure("Withdrew", &percent(of("withdraw"), total), Some(of("withdraw"))))
            }
            (chart(&every))
            details {
                summary { "The numbers of each day" }
                (by_day(days))
            }
            div.tables {
                (table("Granted, by category", &all(|day| &day.categories), total, &|id| site.category(id).map(|own| own.name.get("en").to_owned())))
                (table("Language", &all(|day| &day.language), total, &|_| None))
                (table("Country", &all(|day| &day.country), total, &country))
                (table("Policy version", &all(|day| &day.policy), total, &|id| (id == site.version).then(|| format!("{id} (now)"))))
                (table("Answered in", &all(|day| &day.surface), total, &|_| None))
                (table("Signals sent", &Counts::from([("GPC".to_owned(), sum(|day| day.gpc)), ("DNT".to_owned(), sum(|day| day.dnt))]), total, &|_| None))
            }
            p.note {
                "Refusals are counted, and tied to nobody. "
                (number(sum(|day| day.erased))) " records of these days were erased by their visitors, "
                (number(sum(|day| day.late))) " came late because KV was not to be had."
                @let uncounted = every.iter().skip_while(|(_, day)| day.is_none()).filter(|(_, day)| day.is_none()).count();
                @if uncounted > 0 { " Days that are not counted yet: " (uncounted) "." }
                @let forms = sum(|day| day.forms);
                @if forms > 0 { " With forms, " (number(forms)) " consents were given." }
            }
        }
    };
    page(site, Some(""), "Answers", &content)
}

fn figure(name: &str, value: &str, count: Option<u64>) -> Markup {
    html! {
        div { dt { (name) } dd { (value) @if let Some(count) = count { small { (number(count)) } } } }
    }
}

fn by_day(days: &[Day]) -> Markup {
    let heads = ["Accepted all", "Chose some", "Refused", "Withdrew", "GPC"];
    html! {
        table.numbers role="table" {
            caption { "Answers per day" }
            thead role="rowgroup" {
                tr role="row" { th scope="col" role="columnheader" { "Day" } @for head in heads { th scope="col" role="columnheader" { (head) } } }
            }
            tbody role="rowgroup" {
                @for day in days.iter().rev() {
                    @let [accept, save, reject, withdraw] = day.answers();
                    tr role="row" {
                        th scope="row" role="rowheader" { (day.day) }
                        @for (head, count) in heads.iter().zip([accept, save, reject, withdraw, day.gpc]) {
                            td role="cell" data-label=(head) { (number(count)) }
                        }
                    }
                }
            }
        }
    }
}

/// Names with their counts and shares, the greatest first.
fn table(
    caption: &str,
    counts: &Counts,
    total: u64,
    name: &dyn Fn(&str) -> Option<String>,
) -> Markup {
    let rows = sorted(counts.iter(), |one, other| one.1 > other.1);
    html! {
        table.shares {
            caption { (caption) }
            thead { tr { th scope="col" { "Name" } th scope="col" { "Answers" } th scope="col" { "Share" } } }
            tbody {
                @for (id, count) in rows.into_iter().take(12) {
                    tr {
                        th scope="row" {
                            (name(id).unwrap_or_else(|| id.clone()))
                            svg.bar viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true" {
                                rect width=((count * 1000).checked_div(total).unwrap_or_default()) height="1" {}
                            }
                        }
                        td { (number(*count)) }
                        td { (percent(*count, total)) }
                    }
                }
            }
        }
    }
}

fn country(code: &str) -> Option<String> {
    match code {
        "XX" => Some("unknown".to_owned()),
        "+" => Some("others".to_owned()),
        "T1" => Some("Tor".to_owned()),
        _ => None,
    }
}
