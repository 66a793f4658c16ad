//! `[[form]]`: forms that only people may send.

use super::super::{Form, FormConsent, NECESSARY, Service, Theme, Unreachable, WidgetPlace};
use super::reader::Table;
use super::selector;
use super::text::Languages;
use super::value::Value;
use super::wording::{list, quoted};

/// The service that the policy has to name.
const TURNSTILE: &str = "cloudflare-turnstile";

/// The methods that can carry a form.
const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// Reads every form. `ours` are the paths that the worker answers itself.
pub(super) fn read(
    site: &Table<'_>,
    languages: &Languages,
    services: &[Service],
    ours: [&str; 2],
) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for table in site.tables("form") {
        let form = form(&table, languages, ours);
        table.finish();
        for path in &form.paths {
            let taken = |other: &Form| {
                other.paths.contains(path)
                    && other.methods.iter().any(|name| form.methods.contains(name))
            };
            if forms.iter().any(taken) {
                table.mistake(format!(
                    "path {} is guarded by a form above already. Leave it out of one of them.",
                    quoted(path)
                ));
            }
        }
        forms.push(form);
        let declared = services.iter().find(|service| service.id == TURNSTILE);
        if let Some(service) = declared.filter(|service| service.category != NECESSARY) {
            table.mistake(format!(
                "the form is guarded by Turnstile, which the site has put into the category {}: nobody could send it \
                 without consent. Leave `category` out of the service {}.",
                quoted(&service.category),
                quoted(TURNSTILE)
            ));
        } else if declared.is_none() {
            table.spot().lacks(format!(
                "the form is guarded by Turnstile, but the policy does not name it. Add `[[services]]` with \
                 `use = \"{TURNSTILE}\"`."
            ));
        }
    }
    forms
}

fn form(table: &Table<'_>, languages: &Languages, ours: [&str; 2]) -> Form {
    let paths = table
        .need("path", "path = \"/contact\"")
        .map(|value| patterns(&value, ours))
        .unwrap_or_default();
    let methods = table.get("methods").map(|value| {
        let texts = value.texts().into_iter();
        let known = texts.filter_map(|(item, _)| item.parse(method));
        known.collect()
    });
    let flag = |key| table.get(key).and_then(|value| value.bool());
    Form {
        pages: table
            .get("pages")
            .map_or_else(|| paths.clone(), |value| patterns(&value, ["", ""])),
        paths,
        site_key: table
            .need("site_key", "site_key = \"0x4AAAAAAA…\"")
            .and_then(|value| value.parse(site_key))
            .unwrap_or_default(),
        action: table.get("action").and_then(|value| value.parse(action)),
        methods: methods.unwrap_or_else(|| vec!["POST".to_owned()]),
        place: table
            .get("place")
            .and_then(|value| value.parse(place))
            .unwrap_or(WidgetPlace::Submit),
        theme: table
            .get("theme")
            .and_then(|value| {
                value.one_of(&[
                    ("auto", Theme::Auto),
                    ("light", Theme::Light),
                    ("dark", Theme::Dark),
                ])
            })
            .unwrap_or(Theme::Auto),
        unreachable: table
            .get("unreachable")
            .and_then(|value| {
                value.one_of(&[("closed", Unreachable::Closed), ("open", Unreachable::Open)])
            })
            .unwrap_or(Unreachable::Closed),
        remote_ip: flag("remote_ip").unwrap_or(false),
        keep_token: flag("keep_token").unwrap_or(true),
        consents: table
            .tables("consent")
            .iter()
            .filter_map(|table| consent(table, languages))
            .collect(),
    }
}

fn consent(table: &Table<'_>, languages: &Languages) -> Option<FormConsent> {
    let field = table.need("field", "field = \"newsletter\"");
    let text = table.need("text", "text = \"Yes, send me the newsletter.\"");
    table.finish();
    Some(FormConsent {
        field: field?.parse(field_name)?,
        text: languages.text(&text?)?,
    })
}

/// One pattern or several.
fn patterns(value: &Value<'_>, ours: [&str; 2]) -> Vec<String> {
    let items = match value.quiet_str() {
        Some(_) => vec![value.clone()],
        None => value.texts().into_iter().map(|(item, _)| item).collect(),
    };
    if items.is_empty() && value.list().is_some_and(|items| items.is_empty()) {
        value.mistake(format!(
            "`{}` is empty. Write a path such as \"/contact\".",
            value.key()
        ));
    }
    let read = items.iter();
    read.filter_map(|item| item.parse(|text| pattern(text, ours)))
        .collect()
}

/// A path in which `*` may stand for a part.
fn pattern(text: &str, [base, policy]: [&str; 2]) -> Result<String, String> {
    let part = |part: &str| {
        part == "*"
            || !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    let good = text
        .strip_prefix('/')
        .is_some_and(|rest| rest.is_empty() || rest.split('/').all(part));
    if !good {
        return Err(format!(
            "path {} is no pattern. Write \"/contact\", \"/shops/*/contact\" or \"/forms/*\": a slash before and none \
             behind, letters, digits and `-._~`, and a star for a whole part.",
            quoted(text)
        ));
    }
    let below = |own: &str| {
        !own.is_empty()
            && (text == own || text.strip_prefix(own).is_some_and(|r| r.starts_with('/')))
    };
    if below(base) || below(policy) || below("/cdn-cgi") {
        return Err(format!(
            "path {} never reaches the site's own server, so nothing has to be guarded there. Leave it out.",
            quoted(text)
        ));
    }
    Ok(text.to_owned())
}

fn method(text: &str) -> Result<String, String> {
    if METHODS.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "method {} can't be guarded. Write some of {}.",
        quoted(text),
        list(&METHODS)
    ))
}

fn site_key(text: &str) -> Result<String, String> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let begins = text.as_bytes().get(1) == Some(&b'x') && text.starts_with(['0', '1', '2', '3']);
    if begins && plain && text.len() > 30 {
        return Err(
            "the site key is as long as a secret. Write the widget's public key, and put the secret where nobody reads \
             it: `npx wrangler secret put TURNSTILE_SECRET`."
                .to_owned(),
        );
    }
    if begins && plain && text.len() >= 20 {
        return Ok(text.to_owned());
    }
    Err(format!(
        "site key {} is none. Copy the widget's from Cloudflare's dashboard; it begins with \"0x\".",
        quoted(text)
    ))
}

fn action(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    if text.len() <= 32 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "action {} is none. Write at most 32 letters, digits, `-` and `_`.",
        quoted(text)
    ))
}

fn place(text: &str) -> Result<WidgetPlace, String> {
    match text {
        "submit" => Ok(WidgetPlace::Submit),
        "first" => Ok(WidgetPlace::First),
        _ => selector::read(text).map(WidgetPlace::Inside).ok_or_else(|| {
            format!(
                "place {} is none. Write \"submit\", \"first\", or an element to put the widget into: \"#id\", \
                 \".class\", \"[name=value]\", alone or joined as in \"div.captcha\".",
                quoted(text)
            )
        }),
    }
}

fn field_name(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.[]".contains(&b);
    if text.len() <= 60 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "field {} can't be looked for. Write the field's name: at most 60 letters, digits and `-_.[]`.",
        quoted(text)
    ))
}
