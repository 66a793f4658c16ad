//! What a service's table says, in the catalogue and in a site.

use super::super::{Map, SaleOrShare, Signal, Tag, Text};
use super::cookies::Draft as Cookie;
use super::grammar::{self, Shape};
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
    pub(super) tag: Option<Shaped>,
    pub(super) cookies: Vec<Cookie>,
}

/// A tag, and what each of its settings looks like.
#[derive(Debug, Clone)]
pub(super) struct Shaped {
    pub(super) tag: Tag,
    pub(super) shapes: BTreeMap<String, Shape>,
    /// How the service wants to be told what was granted.
    pub(super) signal: Option<Signal>,
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
        let link = |key| table.get(key).and_then(|value| value.parse(grammar::link));
        Self {
            name: string("name"),
            company: string("company"),
            category: table
                .get("category")
                .and_then(|value| value.parse(grammar::id)),
            purpose: table
                .get("purpose")
                .and_then(|value| languages.purpose(&value)),
            data: table.get("data").and_then(|value| languages.learns(&value)),
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
    let texts = value.texts().into_iter();
    texts
        .filter_map(|(item, _)| item.parse(grammar::host_and_path))
        .collect()
}

/// Reports an empty list of hosts.
pub(super) fn some_hosts(table: &Table<'_>) {
    if let Some(value) = table.get("hosts")
        && value.list().is_some_and(|items| items.is_empty())
    {
        value.mistake("`hosts` is empty. Write the hosts the service loads from: `hosts = [\"example.com\"]`.");
    }
}

/// Reports hosts that another service has in the same words: of an address it must be clear whose it is.
pub(super) fn claim(
    table: &Table<'_>,
    id: &str,
    hosts: &[String],
    claimed: &mut BTreeMap<String, String>,
) {
    let at = table
        .get("hosts")
        .map_or_else(|| table.spot(), |value| value.spot());
    for host in hosts {
        let bare = host.strip_suffix('/').filter(|rest| !rest.contains('/'));
        let pattern = bare.unwrap_or(host).to_owned();
        match claimed.get(&pattern) {
            Some(other) if other == id => at.mistake(format!(
                "host {} is listed twice. Leave one out.",
                quoted(host)
            )),
            Some(other) => at.mistake(format!(
                "host {} of {} belongs to {} already. Take it out of one of them, or give it a path.",
                quoted(host),
                quoted(id),
                quoted(other)
            )),
            None => {
                claimed.insert(pattern, id.to_owned());
            }
        }
    }
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
pub(super) fn tag(table: &Table<'_>) -> Option<Shaped> {
    let value = table.get("tag")?;
    let tag = value.table("[tag]")?;
    let shapes = shapes(&tag);
    let settings: Vec<String> = shapes.keys().cloned().collect();
    let filled = |text: &str| {
        settings.iter().fold(text.to_owned(), |text, key| {
            text.replace(&format!("{{{key}}}"), "x.y")
        })
    };
    let script = tag.get("script").and_then(|value| {
        value.parse(|text| grammar::link(&filled(text)).map(|_| text.to_owned()))
    });
    let attributes = attributes(&tag);
    let inline = tag
        .get("inline")
        .and_then(|value| value.parse(grammar::script));
    let signal = tag.get("signal").and_then(|value| {
        value.one_of(&[
            ("clarity", Signal::Clarity),
            ("google", Signal::Google),
            ("uet", Signal::Uet),
        ])
    });
    if !tag.has("script") && !tag.has("inline") {
        tag.mistake(
            "[tag] has neither `script` nor `inline`. Write one of them, or leave [tag] out.",
        );
    }
    let read = tag.has("script") == script.is_some() && tag.has("inline") == inline.is_some();
    let texts: Vec<&str> = script
        .iter()
        .chain(&inline)
        .chain(attributes.values())
        .map(String::as_str)
        .collect();
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
    let tag = Tag {
        settings,
        script,
        attributes,
        inline,
    };
    Some(Shaped {
        tag,
        shapes,
        signal,
    })
}

/// Reads `[tag] settings`: the site's own ids that the tag needs, and what they look like.
fn shapes(tag: &Table<'_>) -> BTreeMap<String, Shape> {
    let example = "settings = { project = \"*\" }";
    let mut shapes = BTreeMap::new();
    let Some(value) = tag.need("settings", example) else {
        return shapes;
    };
    let Some(table) = value.table("settings") else {
        return shapes;
    };
    if table.entries().next().is_none() {
        value.mistake(format!(
            "`settings` is empty, but a site asks for the tag by giving its ids. Write what they look like: `{example}`."
        ));
    }
    for (key, value) in table.entries() {
        match grammar::id(key) {
            Err(text) => value.mistake(text),
            Ok(key) => {
                if let Some(shape) = value.parse(grammar::shape) {
                    shapes.insert(key, shape);
                }
            }
        }
    }
    shapes
}

/// Reads `[tag] attributes`: what the script's element says about itself.
fn attributes(tag: &Table<'_>) -> Map<String> {
    let mut attributes = Map::new();
    let table = tag.get("attributes");
    for (name, value) in table
        .and_then(|value| value.table("attributes"))
        .iter()
        .flat_map(Table::entries)
    {
        if let Err(text) = grammar::attribute(name) {
            value.mistake(text);
        } else if let Some(text) = value.str() {
            attributes.insert(name.to_owned(), text.to_owned());
        }
    }
    if !attributes.is_empty() && !tag.has("script") {
        tag.mistake("[tag] has `attributes`, but no `script` that they belong to. Leave them out.");
    }
    attributes
}

/// Reads a site's own ids with a service, and holds them against what the tag needs.
pub(super) fn settings(table: &Table<'_>, name: &str, tag: Option<&Shaped>) -> Map<String> {
    let mut settings = Map::new();
    let Some(value) = table.get("settings") else {
        return settings;
    };
    let Some(given) = value.table("`settings`") else {
        return settings;
    };
    let shapes = tag.map(|tag| tag.shapes.clone()).unwrap_or_default();
    let wanted: Vec<&String> = shapes.keys().collect();
    for (key, value) in given.entries() {
        if let Some(shape) = shapes.get(key) {
            if let Some(text) = value.parse(|text| shape.holds(text)) {
                settings.insert(key.to_owned(), text);
            }
        } else {
            let known = super::wording::nearest(key, &wanted, "It has");
            value.mistake(format!("{name} has no setting {}. {known}", quoted(key)));
        }
    }
    for key in wanted
        .iter()
        .filter(|key| !given.entries().any(|(given, _)| given == key.as_str()))
    {
        value.mistake(format!(
            "{name} needs the setting {} too. Add `{key} = \"…\"`.",
            quoted(key)
        ));
    }
    settings
}
