//! `[[changes]]`, and `archive/`: earlier policy pages, which `npm run archive-policy` writes.

use super::super::{Archived, Change};
use super::folder;
use super::mistake::Log;
use super::reader::{Spot, Table};
use super::text::Languages;
use super::wording::quoted;
use std::borrow::Cow;
use std::fs;
use std::path::Path;

/// A change with its place in the file.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) change: Change,
    spot: Spot<'a>,
    /// Whether the page before it has to be in the archive.
    archived: bool,
}

/// The changes, the newest first.
pub(super) fn read<'a>(
    site: &Table<'a>,
    languages: &Languages,
    updated: Option<&str>,
    has_choice: bool,
) -> Vec<Placed<'a>> {
    let mut changes = Vec::new();
    for table in site.tables("changes") {
        let date = table.need("date", "date = 2026-05-21");
        let day = date.as_ref().and_then(super::value::Value::date);
        let summary = table.need("summary", "summary = \"We now use …\"");
        let summary = summary.and_then(|value| languages.text(&value));
        let matters = table.need("matters", "matters = true");
        let told = matters.as_ref().and_then(super::value::Value::bool);
        let archived = table.get("archived").and_then(|value| value.bool());
        table.finish();
        if let (Some(value), Some(day), Some(updated)) = (&date, &day, updated)
            && day.as_str() > updated
        {
            value.mistake(format!(
                "the change of {day} is later than the policy itself. Write `updated = {day}` at the top."
            ));
        }
        if let (Some(value), Some(true), false) = (&matters, told, has_choice) {
            value.mistake(
                "nobody can be told about this change: where there is nothing to choose, no cookie says who was here \
                 before. Write `matters = false`.",
            );
        }
        if let (Some(date), Some(summary)) = (day, summary) {
            changes.push(Placed {
                change: Change {
                    date,
                    summary,
                    matters: told.unwrap_or_default(),
                },
                spot: table.spot(),
                archived: archived.unwrap_or(true),
            });
        }
    }
    changes.sort_by(|one, other| other.change.date.cmp(&one.change.date));
    changes
}

/// The pages in a site's archive, the newest first.
pub(super) fn archive(root: &Path, site: &str, languages: &[String], log: &Log) -> Vec<Archived> {
    let folder = format!("{site}/archive");
    let id = site.rsplit('/').next().unwrap_or_default();
    let mut pages: Vec<Archived> = Vec::new();
    for file in folder::files(root, &folder) {
        let path = format!("{folder}/{file}");
        let again = format!("`npm run archive-policy -- {id}` writes what belongs here.");
        let Some((date, version, language)) = parts(&file) else {
            log.add(
                &path,
                1,
                format!("nothing reads this file: it is not called like \"2026-05-21-3f9a1c0e5b7d2a48.en.html\". {again}"),
            );
            continue;
        };
        let Ok(html) = fs::read_to_string(root.join(&path)) else {
            log.add(&path, 1, format!("this file can't be read. {again}"));
            continue;
        };
        let lower = html.to_ascii_lowercase();
        for tag in [
            "<script", "<style", "<form", "<iframe", "<img", "<link", "<meta",
        ] {
            if lower.contains(tag) {
                log.add(
                    &path,
                    1,
                    format!(
                        "{} has no place in an earlier policy page. {again}",
                        quoted(tag)
                    ),
                );
            }
        }
        if !languages.iter().any(|own| own == language) {
            continue;
        }
        let (language, html) = (language.to_owned(), Cow::Owned(html));
        let same = |page: &&mut Archived| page.date == date && page.version == version;
        if let Some(page) = pages.iter_mut().find(same) {
            page.pages.insert(language, html);
        } else {
            pages.push(Archived {
                date: date.to_owned(),
                version: version.to_owned(),
                pages: [(language, html)].into(),
            });
        }
    }
    pages.sort_by(|one, other| other.date.cmp(&one.date));
    pages
}

/// Day, version and language in the name of an archived page.
fn parts(file: &str) -> Option<(&str, &str, &str)> {
    let (name, language) = file.strip_suffix(".html")?.split_once('.')?;
    let (date, version) = name.split_at_checked(10)?;
    let version = version.strip_prefix('-')?;
    let day = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let good = date.bytes().enumerate().all(day) && version.len() == 16 && version.bytes().all(hex);
    good.then_some((date, version, language))
}

/// Whether the page before each change is kept: once the change is deployed, nobody could write it any more.
pub(super) fn check(changes: &[Placed<'_>], archive: &[Archived], site: &str) {
    let id = site.rsplit('/').next().unwrap_or_default();
    for (index, placed) in changes.iter().enumerate() {
        let date = placed.change.date.as_str();
        let before = changes
            .get(index + 1)
            .map_or("", |older| older.change.date.as_str());
        let kept = archive
            .iter()
            .any(|page| page.date.as_str() < date && page.date.as_str() >= before);
        if placed.archived && !kept {
            placed.spot.mistake(format!(
                "the page before the change of {date} is not in {site}/archive/. Run `npm run archive-policy -- {id} \
                 --from HEAD`, with the commit that had it; or write `archived = false` if there was none here."
            ));
        }
    }
}
