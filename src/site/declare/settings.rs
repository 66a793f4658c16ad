//! `[owner]`, `[signals]`, `[consent]`, `[records]` and `[banner]`.

use super::super::{
    AddedTags, Banner, Consent, Corner, Enforce, Owner, Place, Records, Signals, Stance, Text,
    Undeclared, UnknownHosts,
};
use super::colour;
use super::grammar;
use super::languages::braces;
use super::reader::Table;
use super::text::Languages;
use super::wording::{list, quoted};

pub(super) fn owner(site: &Table<'_>) -> Owner {
    let table = site
        .need("owner", "[owner]` with `name` and `email")
        .and_then(|value| value.table("[owner]"));
    let mut owner = Owner {
        name: String::new(),
        email: String::new(),
        privacy_policy: None,
    };
    let Some(table) = table else { return owner };
    if let Some(name) = table
        .need("name", "name = \"Example Ltd\"")
        .and_then(|value| value.str())
    {
        name.clone_into(&mut owner.name);
    }
    let email = table.need("email", "email = \"privacy@example.com\"");
    owner.email = email
        .and_then(|value| value.parse(grammar::email))
        .unwrap_or_default();
    owner.privacy_policy = table
        .get("privacy_policy")
        .and_then(|value| value.parse(grammar::link));
    table.finish();
    owner
}

pub(super) fn signals(site: &Table<'_>) -> Signals {
    let example = "[signals]` with `gpc = \"honour\"` and `dnt = \"ignore\"";
    let table = site
        .need("signals", example)
        .and_then(|value| value.table("[signals]"));
    let stance = |key: &'static str| {
        let value = table.as_ref()?.need(key, &format!("{key} = \"honour\""))?;
        value.one_of(&[("honour", Stance::Honour), ("ignore", Stance::Ignore)])
    };
    let signals = Signals {
        gpc: stance("gpc").unwrap_or(Stance::Honour),
        dnt: stance("dnt").unwrap_or(Stance::Honour),
    };
    if let Some(table) = &table {
        table.finish();
    }
    signals
}

pub(super) fn consent(site: &Table<'_>, hosts: &[String]) -> Consent {
    let mut consent = Consent {
        days: 180,
        domain: None,
        undeclared: Undeclared::Allow,
        granular: false,
        markup: false,
        unknown_hosts: UnknownHosts::Allow,
        enforce: Enforce::Withhold,
        added_tags: AddedTags::Leave,
    };
    let Some(table) = site
        .get("consent")
        .and_then(|value| value.table("[consent]"))
    else {
        return consent;
    };
    // 400 days is what browsers cap a cookie's life at (RFC 6265bis, section 5.5).
    let days = table.get("days").and_then(|value| value.number(1, 400));
    consent.days = days.unwrap_or(consent.days);
    consent.domain = table
        .get("domain")
        .and_then(|value| value.parse(|text| domain(text, hosts)));
    let undeclared = table.get("undeclared").and_then(|value| {
        value.one_of(&[("allow", Undeclared::Allow), ("block", Undeclared::Block)])
    });
    consent.undeclared = undeclared.unwrap_or(consent.undeclared);
    consent.granular = table
        .get("granular")
        .and_then(|value| value.bool())
        .unwrap_or(false);
    consent.markup = table
        .get("markup")
        .and_then(|value| value.bool())
        .unwrap_or(false);
    let unknown = table.get("unknown_hosts").and_then(|value| {
        value.one_of(&[("allow", UnknownHosts::Allow), ("hold", UnknownHosts::Hold)])
    });
    consent.unknown_hosts = unknown.unwrap_or(consent.unknown_hosts);
    let enforce = table.get("enforce").and_then(|value| {
        value.one_of(&[("withhold", Enforce::Withhold), ("report", Enforce::Report)])
    });
    consent.enforce = enforce.unwrap_or(consent.enforce);
    let added = table.get("added_tags").and_then(|value| {
        value.one_of(&[
            ("leave", AddedTags::Leave),
            ("guard", AddedTags::Guard),
            ("policy", AddedTags::Policy),
        ])
    });
    consent.added_tags = added.unwrap_or(consent.added_tags);
    table.finish();
    consent
}

/// A `Domain` that every host of the site may set (RFC 6265, section 5.3, step 6).
fn domain(text: &str, hosts: &[String]) -> Result<String, String> {
    let domain = grammar::host(text).map_err(|wrong| wrong.replace("host ", "domain "))?;
    let below = format!(".{domain}");
    if hosts
        .iter()
        .all(|host| *host == domain || host.ends_with(&below))
    {
        return Ok(domain);
    }
    Err(format!(
        "domain {} is not above every host of the site ({}), so browsers would refuse the cookie. Write their common \
         domain, or leave `domain` out.",
        quoted(text),
        list(hosts)
    ))
}

pub(super) fn records(site: &Table<'_>, rehearses: bool) -> Records {
    let mut records = Records {
        months: 36,
        refusals: true,
        gaps: 0,
    };
    // Where all day long the same names pass by, few eyes see them all.
    let some = if rehearses { 1 } else { 8 };
    records.gaps = some;
    let Some(table) = site
        .get("records")
        .and_then(|value| value.table("[records]"))
    else {
        return records;
    };
    let months = table.get("months").and_then(|value| value.number(1, 120));
    records.months = months.unwrap_or(records.months);
    records.refusals = table
        .get("refusals")
        .and_then(|value| value.bool())
        .unwrap_or(true);
    if table.get("gaps").and_then(|value| value.bool()) == Some(false) {
        records.gaps = 0;
    }
    table.finish();
    records
}

pub(super) fn banner(site: &Table<'_>, languages: &Languages) -> Banner {
    let table = site.get("banner").and_then(|value| value.table("[banner]"));
    let table = table.as_ref();
    let text = |key| label(table, key, languages);
    let corners = [
        ("bottom-left", Corner::BottomLeft),
        ("bottom-right", Corner::BottomRight),
        ("bottom", Corner::Bottom),
        ("top-left", Corner::TopLeft),
        ("top-right", Corner::TopRight),
        ("top", Corner::Top),
    ];
    let places = [
        ("auto", Place::Auto),
        ("first", Place::First),
        ("last", Place::Last),
    ];
    let get = |key| table.and_then(|table| table.get(key));
    let colours = get("colours").and_then(|value| value.table("[banner.colours]"));
    let banner = Banner {
        title: text("title"),
        text: text("text"),
        accept: text("accept"),
        refuse: text("refuse"),
        customise: text("customise"),
        customise_button: get("customise_button")
            .and_then(|value| value.bool())
            .unwrap_or(false),
        corner: get("corner")
            .and_then(|value| value.one_of(&corners))
            .unwrap_or(Corner::BottomLeft),
        place: get("place")
            .and_then(|value| value.one_of(&places))
            .unwrap_or(Place::Auto),
        colours: colour::read(colours.as_ref()),
    };
    if let Some(table) = table {
        table.finish();
    }
    banner
}

/// A text of the banner; only its `text` has places that we fill in.
fn label(table: Option<&Table<'_>>, key: &'static str, languages: &Languages) -> Option<Text> {
    let value = table?.get(key)?;
    let text = languages.text(&value)?;
    let filled: &[&str] = if key == "text" {
        &["site", "purposes"]
    } else {
        &[]
    };
    for name in text.0.values().flat_map(|text| braces(text)) {
        if !filled.contains(&name.as_str()) {
            value.mistake(format!(
                "`{key}` has `{{{name}}}`, which nobody fills in. Filled in here: {}.",
                list(filled)
            ));
        }
    }
    Some(text)
}
