//! What a service's table says, in the catalogue and in a site.

use super::super::{SaleOrShare, Signal, Tag, Text};
use super::cookies::Draft as Cookie;
use super::grammar;
use super::reader::Table;
use super::text::Languages;
use super::value::Value;
use super::wording::quoted;
use std::collections::BTreeMap;

/// A service as far as a file tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) name: Option<String>,
    pub(super) company: Option<String>,
    pub(super) category: Option<String>,
    pub(super) purpose: Option<Text>,
    pub(super) data: Option<Text>,
    pub(super) privacy: Option<String>,
    pub(super) opt_out: Option<String>,
    pub(super) hosts: Option<Vec<String>>,
    pub(super) markers: Option<Vec<String>>,
    pub(super) sale_or_share: Option<SaleOrShare>,
    pub(super) tag: Option<Tag>,
    pub(super) cookies: Vec<Cookie>,
}

impl Draft {
    /// Reads every field but cookies and tag.
    pub(super) fn read(table: &Table<'_>, languages: &Languages) -> Self {
        let string = |key| {
            table
                .get(key)
                .and_then(|value| value.str())
                .map(str::to_owned)
        };
        let text = |key| table.get(key).and_then(|value| languages.text(&value));
        let link = |key| table.get(key).and_then(|value| value.parse(grammar::link));
        Self {
            name: string("name"),
            company: string("company"),
            category: table
                .get("category")
                .and_then(|value| value.parse(grammar::id)),
            purpose: text("purpose"),
            data: text("data"),
            privacy: link("privacy"),
            opt_out: link("opt_out"),
            hosts: table.get("hosts").map(|value| hosts(&value)),
            markers: table.get("markers").map(|value| {
                value
                    .texts()
                    .into_iter()
                    .map(|(_, text)| text.to_owned())
                    .collect()
            }),
            sale_or_share: table.get("sale_or_share").and_then(|value| {
                value.one_of(&[
                    ("yes", SaleOrShare::Yes),
                    ("possible", SaleOrShare::Possible),
                    ("no", SaleOrShare::No),
                ])
            }),
            tag: None,
            cookies: Vec::new(),
        }
    }

    /// What this says, and for the rest what `under` says. Cookies stay each's own.
    pub(super) fn over(self, under: &Self) -> Self {
        Self {
            name: self.name.or_else(|| under.name.clone()),
            company: self.company.or_else(|| under.company.clone()),
            category: self.category.or_else(|| under.category.clone()),
            purpose: self.purpose.or_else(|| under.purpose.clone()),
            data: self.data.or_else(|| under.data.clone()),
            privacy: self.privacy.or_else(|| under.privacy.clone()),
            opt_out: self.opt_out.or_else(|| under.opt_out.clone()),
            hosts: self.hosts.or_else(|| under.hosts.clone()),
            markers: self.markers.or_else(|| under.markers.clone()),
            sale_or_share: self.sale_or_share.or(under.sale_or_share),
            tag: self.tag.or_else(|| under.tag.clone()),
            cookies: self.cookies,
        }
    }
}

fn hosts(value: &Value<'_>) -> Vec<String> {
    let hosts: Vec<String> = value
        .texts()
        .iter()
        .filter_map(|(item, _)| item.parse(grammar::host_and_path))
        .collect();
    if value.list().is_some_and(|items| items.is_empty()) {
        value.mistake("`hosts` is empty. Write the hosts the service loads from: `hosts = [\"example.com\"]`.");
    }
    hosts
}

/// Reports the keys that every third party needs and that nobody gave.
pub(super) fn complete(table: &Table<'_>) {
    let _ = table.need("name", "name = \"Microsoft Clarity\"");
    let _ = table.need("company", "company = \"Microsoft\"");
    let _ = table.need("category", "category = \"analytics\"");
    let _ = table.need("purpose", "purpose = \"Counts visits.\"");
    let _ = table.need("hosts", "hosts = [\"clarity.ms\"]");
}

/// Reads `[tag]`: what has to stand on a page for the service to work.
pub(super) fn tag(table: &Table<'_>) -> Option<Tag> {
    let value = table.get("tag")?;
    let tag = value.table("[tag]")?;
    let settings: Vec<String> = tag.get("settings").map_or_else(Vec::new, |value| {
        value
            .texts()
            .iter()
            .filter_map(|(item, _)| item.parse(grammar::id))
            .collect()
    });
    let filled = |text: &str| {
        settings.iter().fold(text.to_owned(), |text, key| {
            text.replace(&format!("{{{key}}}"), "x")
        })
    };
    let script = tag.get("script").and_then(|value| {
        value.parse(|text| grammar::link(&filled(text)).map(|_| text.to_owned()))
    });
    let inline = tag.get("inline").and_then(|value| {
        value.parse(|text| {
            if text.to_ascii_lowercase().contains("</script") {
                return Err(
                    "`inline` ends its own element. Write the script without its tags.".to_owned(),
                );
            }
            Ok(text.trim().to_owned())
        })
    });
    let signal = tag.get("signal").and_then(|value| {
        value.one_of(&[("clarity", Signal::Clarity), ("google", Signal::Google)])
    });
    if !tag.has("script") && !tag.has("inline") {
        tag.mistake(
            "[tag] has neither `script` nor `inline`. Write one of them, or leave [tag] out.",
        );
    }
    let read = tag.has("script") == script.is_some() && tag.has("inline") == inline.is_some();
    let texts: Vec<&str> = script.iter().chain(&inline).map(String::as_str).collect();
    let unused = |key: &&String| {
        let place = format!("{{{key}}}");
        read && !texts.iter().any(|text| text.contains(&place))
    };
    for key in settings.iter().filter(unused) {
        tag.mistake(format!(
            "setting {} is not used. Put `{{{key}}}` where it belongs.",
            quoted(key)
        ));
    }
    tag.finish();
    Some(Tag {
        settings,
        script,
        inline,
        signal,
    })
}

/// Reads a site's own ids with a service, and holds them against what the tag needs.
pub(super) fn settings(
    table: &Table<'_>,
    name: &str,
    tag: Option<&Tag>,
) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    let Some(value) = table.get("settings") else {
        return settings;
    };
    let Some(given) = value.table("`settings`") else {
        return settings;
    };
    let wanted = tag.map(|tag| tag.settings.clone()).unwrap_or_default();
    for (key, value) in given.entries() {
        if !wanted.iter().any(|known| known == key) {
            let known = super::wording::nearest(key, &wanted, "It has");
            value.mistake(format!("{name} has no setting {}. {known}", quoted(key)));
        } else if let Some(text) = value.parse(grammar::setting) {
            settings.insert(key.to_owned(), text);
        }
    }
    for key in wanted
        .iter()
        .filter(|key| !given.entries().any(|(given, _)| given == *key))
    {
        value.mistake(format!(
            "{name} needs the setting {} too. Add `{key} = \"…\"`.",
            quoted(key)
        ));
    }
    settings
}
