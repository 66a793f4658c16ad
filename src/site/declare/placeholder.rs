//! `{{cookies analytics}}` and its like: what stands in their lines.

use super::super::Part;
use super::wording::{nearest, quoted};

const NAMES: [&str; 8] = [
    "cookies", "services", "choice", "signals", "browsers", "contact", "records", "changes",
];

/// What stands between the braces of a line that is nothing but a placeholder.
pub(super) fn shape(line: &str) -> Option<&str> {
    let inside = line.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    (!inside.contains(['{', '}'])).then(|| inside.trim())
}

/// Reads a line that is nothing but a placeholder.
pub(super) fn read(line: &str) -> Result<Part, String> {
    let inside = shape(line).unwrap_or_default();
    let mut words = inside.split_whitespace();
    let part = match (words.next().unwrap_or_default(), words.next(), words.next()) {
        ("cookies", Some(category), None) => Part::Cookies(category.to_owned()),
        ("cookies", None, None) => {
            return Err(
                "{{cookies}} does not say of which category. Write `{{cookies necessary}}`."
                    .to_owned(),
            );
        }
        ("services", category, None) => Part::Services(category.map(str::to_owned)),
        ("choice", None, None) => Part::Choice,
        ("signals", None, None) => Part::Signals,
        ("browsers", None, None) => Part::Browsers,
        ("contact", None, None) => Part::Contact,
        ("records", None, None) => Part::Records,
        ("changes", None, None) => Part::Changes,
        (name, _, _) if NAMES.contains(&name) => {
            let takes = if matches!(name, "cookies" | "services") {
                "one category"
            } else {
                "nothing"
            };
            return Err(format!(
                "{{{{{inside}}}}} says too much: `{name}` takes {takes}. Leave the rest out."
            ));
        }
        (name, _, _) => {
            let wrong = quoted(name);
            return Err(format!(
                "placeholder {wrong} is not known. {}",
                nearest(name, &NAMES, "There are")
            ));
        }
    };
    Ok(part)
}

/// The names of the placeholders that a text seems to mean.
pub(super) fn meant(text: &str) -> Vec<&'static str> {
    let words = text.split("{{").skip(1).filter_map(|rest| {
        let inside = rest.split("}}").next()?;
        inside.split_whitespace().next()
    });
    words
        .filter_map(|word| {
            let near = |name: &&&str| strsim::damerau_levenshtein(word, name) <= 2;
            NAMES.iter().find(near).copied()
        })
        .collect()
}

/// A placeholder as an owner writes it.
pub(super) fn written(part: &Part) -> String {
    let inside = match part {
        Part::Html(_) => String::new(),
        Part::Cookies(id) => format!("cookies {id}"),
        Part::Services(None) => "services".to_owned(),
        Part::Services(Some(id)) => format!("services {id}"),
        Part::Choice => "choice".to_owned(),
        Part::Signals => "signals".to_owned(),
        Part::Browsers => "browsers".to_owned(),
        Part::Contact => "contact".to_owned(),
        Part::Records => "records".to_owned(),
        Part::Changes => "changes".to_owned(),
    };
    format!("{{{{{inside}}}}}")
}

/// The name of a placeholder.
pub(super) fn name(part: &Part) -> &'static str {
    match part {
        Part::Html(_) => "",
        Part::Cookies(_) => "cookies",
        Part::Services(_) => "services",
        Part::Choice => "choice",
        Part::Signals => "signals",
        Part::Browsers => "browsers",
        Part::Contact => "contact",
        Part::Records => "records",
        Part::Changes => "changes",
    }
}
