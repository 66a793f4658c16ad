use super::page;
use crate::{
    json::Value,
    record::Listed,
    site::{Map, Site, sorted},
};
use maud::{Markup, html};

/// For each name how often it was noted, and the last day.
type Names<'a> = Map<(u64, &'a str)>;

/// What traffic has shown and nobody declared; `list` are the keys under which it was noted, with their metadata.
#[must_use]
pub fn gaps(site: &Site, list: &[&Listed]) -> String {
    let (mut cookies, mut hosts) = (Names::new(), Names::new());
    for Listed {
        name: key,
        metadata,
    } in list
    {
        let day = key.split(':').nth(2).unwrap_or_default();
        let noted = metadata.as_deref().and_then(Value::read);
        let Some(noted) = noted else { continue };
        for (field, names) in [("c", &mut cookies), ("h", &mut hosts)] {
            let found = noted.get(field).map(Value::list_or_nothing);
            for name in found.into_iter().flatten().filter_map(Value::text) {
                // Declared since.
                let declared = field == "c" && declares(site, name);
                if !declared {
                    let entry = names.entry(name);
                    *entry = (entry.0 + 1, entry.1.max(day));
                }
            }
        }
    }
    let content = html! {
        h1 { "Not declared" }
        p.lead { "What passed by in the last 30 days and stands in no declaration." }
        @if site.records.gaps == 0 {
            p.note { "Nothing is noted: " code { "gaps = false" } " in " code { "sites/" (site.id) "/site.toml" } "." }
        } @else if cookies.is_empty() && hosts.is_empty() {
            p.note { "Nothing was seen that isn't declared." }
        }
        @if !cookies.is_empty() { (table("Cookies", &cookies)) }
        @if !hosts.is_empty() { (table("Hosts that pages load from", &hosts)) }
        p.note {
            "Only names are noted, never what a cookie holds. " code { "*" } " stands for what may be an id. Whoever sends a request can send any name: "
            "look before you declare. Declare a name in " code { "sites/" (site.id) "/site.toml" } ", or find its service in " code { "docs/services.md" } "."
        }
    };
    page(site, Some("/gaps"), "Not declared", &content)
}

fn declares(site: &Site, name: &str) -> bool {
    let patterns = site.cookies.iter().flat_map(|cookie| &cookie.patterns);
    patterns.into_iter().any(|pattern| pattern.matches(name))
}

fn table(caption: &str, names: &Names<'_>) -> Markup {
    let rows = sorted(names.iter(), |(_, one), (_, other)| one > other);
    html! {
        table.numbers role="table" {
            caption { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for head in ["Name", "Noted", "Last seen"] { th scope="col" role="columnheader" { (head) } }
                }
            }
            tbody role="rowgroup" {
                @for (name, (times, day)) in rows {
                    tr role="row" {
                        th scope="row" role="rowheader" { code { (name) } }
                        td role="cell" data-label="Noted" { (times) @if *times == 1 { " time" } @else { " times" } }
                        td role="cell" data-label="Last seen" { (day) }
                    }
                }
            }
        }
    }
}
