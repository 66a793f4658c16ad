use super::number;
use crate::record::Day;
use maud::{Markup, html};

/// Bars for days, drawn here: from below, who accepted all, some, refused, withdrew. `from` and `to` are days.
pub(super) fn chart(days: &[(String, Option<&Day>)]) -> Markup {
    let most = days
        .iter()
        .filter_map(|(_, day)| Some((*day)?.total()))
        .max();
    let top = ceiling(most.unwrap_or_default());
    let height = |count: u64| count * 1000 / top;
    let (first, last) = (days.first(), days.last());
    let day = |day: Option<&(String, Option<&Day>)>| day.map_or("", |(day, _)| day).to_owned();
    let middle = days.get(days.len() / 2);
    html! {
        figure.chart {
            div.plot {
                svg viewBox={ "0 0 " (days.len() * 10) " 1000" } preserveAspectRatio="none" role="img" aria-labelledby="chart-title chart-text" {
                    title #chart-title { "Answers per day" }
                    desc #chart-text {
                        "A bar for each day from " (day(first)) " to " (day(last)) ", at most " (number(most.unwrap_or_default()))
                        " answers a day. The table below has all numbers."
                    }
                    @for line in [0, 500, 1000] {
                        line.grid x1="0" x2=(days.len() * 10) y1=(line) y2=(line) {}
                    }
                    @for (at, day) in days.iter().enumerate().filter_map(|(at, (_, day))| Some((at, (*day)?))) {
                        @let [accept, save, reject, withdraw] = day.answers();
                        @let heights = [accept, accept + save, accept + save + reject, accept + save + reject + withdraw].map(height);
                        @let [a, s, r, w] = heights;
                        g {
                            @for (class, below, above) in [("accept", 0, a), ("save", a, s), ("reject", s, r), ("withdraw", r, w)] {
                                @if above > below {
                                    rect class=(class) x=(at * 10 + 1) width="8" y=(1000 - above) height=(above - below) {}
                                }
                            }
                        }
                    }
                }
                div.scale aria-hidden="true" { span { (number(top)) } span { (number(top / 2)) } span { "0" } }
            }
            div.days aria-hidden="true" { span { (day(first)) } span { (day(middle)) } span { (day(last)) } }
            figcaption {
                ul.legend {
                    @for (class, name) in [("accept", "Accepted all"), ("save", "Chose some"), ("reject", "Refused"), ("withdraw", "Withdrew")] {
                        li { span class=(class) {} (name) }
                    }
                }
            }
        }
    }
}

/// The next round number, of one digit and noughts; even, so that half of it is a number, too.
fn ceiling(most: u64) -> u64 {
    let mut unit = 1;
    while unit * 10 <= most {
        unit *= 10;
    }
    let unit = unit.max(2);
    most.max(1).div_ceil(unit) * unit
}
