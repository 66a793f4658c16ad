use super::{number, page};
use crate::{json::Value, site::Site};
use maud::{Markup, html};

/// One record, looked up by its id; all of some days, to take away; what is yet to be done.
#[must_use]
pub fn records(
    site: &Site,
    id: Option<&str>,
    record: Option<&str>,
    pending: usize,
    job: Option<&str>,
    today: &str,
) -> String {
    let content = html! {
        h1 { "Records" }
        h2 #look-up { "Look one up" }
        form.row {
            label for="id" { "Receipt number" }
            input #id name="id" value=[id] required spellcheck="false" autocomplete="off" aria-describedby="id-note";
            button { "Look up" }
            p.note #id-note { "26 letters and digits, as visitors see it in the preference centre." }
        }
        @match (id, record) {
            (Some(id), None) => p.answer role="status" { "There is no record " code { (id) } ". It may have expired, or its visitor erased it." },
            (_, Some(record)) => (one(site, record)),
            (None, None) => {},
        }
        h2 #take { "Take them away" }
        form.row action={ (site.base) "/admin/export" } {
            label for="from" { "From" }
            input #from name="from" type="date" value=(today) required;
            label for="to" { "to" }
            input #to name="to" type="date" value=(today) required;
            label for="format" { "as" }
            select #format name="format" {
                option value="ndjson" { "NDJSON, to be checked" }
                option value="csv" { "CSV, for a spreadsheet" }
            }
            button { "Download" }
            p.note {
                "Whole days, UTC. A large export may end with " code { "more" } " or break off: go on behind the last key in it with "
                code { "&after=" } ". " code { "npm run verify" } " says whether an export is whole and unchanged."
            }
        }
        h2 { "Yet to be done" }
        p {
            @if pending == 0 { "Nothing waits: every finished day is counted as it stands." }
            @else if pending == 1 { "One change of a finished day waits to be counted: a record that was erased, or came late." }
            @else { (number(pending as u64)) " changes of finished days wait to be counted: records that were erased, or came late." }
        }
        @if let Some(job) = job { p.note { "Where the scheduled job is: " code { (job) } } }
    };
    page(site, Some("/records"), "Records", &content)
}

/// A record, in words and as it is stored.
fn one(site: &Site, record: &str) -> Markup {
    let read = Value::read(record).unwrap_or(Value::Null);
    let text = |field: &str| {
        read.get(field).map(|value| match value {
            Value::Null => "–".to_owned(),
            Value::Bool(on) => if *on { "yes" } else { "no" }.to_owned(),
            _ => value.text().unwrap_or_default().to_owned(),
        })
    };
    let granted = |field: &str| {
        let all = read.get(field).map(Value::object_or_nothing);
        let named = all.into_iter().flatten().map(|(id, granted)| {
            let name = site.category(id).map(|own| own.name.get("en"));
            let name = name.or_else(|| site.service(id).map(|own| own.name.as_str()));
            format!(
                "{}: {}",
                name.unwrap_or(id),
                if granted == &Value::Bool(true) {
                    "yes"
                } else {
                    "no"
                }
            )
        });
        named.collect::<Vec<_>>()
    };
    html! {
        dl.record {
            @for (name, field) in [
                ("Receipt", "id"), ("Answered", "at"), ("Did", "decision"), ("In", "surface"), ("Form", "form"), ("Field", "field"),
                ("Consented to", "text"), ("Language", "language"),
                ("Country", "country"), ("GPC", "gpc"), ("DNT", "dnt"), ("Policy version", "policy"), ("Record before", "previous"),
                ("Kept until", "expires"),
            ] {
                @if let Some(text) = text(field) { div { dt { (name) } dd { (text) } } }
            }
            @for (name, field) in [("Categories", "categories"), ("Services", "services")] {
                @let granted = granted(field);
                @if !granted.is_empty() { div { dt { (name) } dd { ul { @for one in granted { li { (one) } } } } } }
            }
        }
        details { summary { "As it is stored" } pre { code { (record) } } }
    }
}
