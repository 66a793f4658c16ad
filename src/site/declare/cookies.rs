//! `[[cookies]]` and `[[services.cookies]]`.

use super::super::{Cookie, Lifetime, Party, Pattern, Storage, Text};
use super::grammar;
use super::reader::{Spot, Table};
use super::text::Languages;
use super::wording::quoted;

/// A cookie as far as a file tells; what is not told comes from the catalogue, or is our default.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) patterns: Option<Vec<Pattern>>,
    pub(super) purpose: Option<Text>,
    pub(super) lifetime: Option<Lifetime>,
    pub(super) party: Option<Party>,
    pub(super) storage: Option<Storage>,
    pub(super) paths: Option<Vec<String>>,
}

/// A finished cookie, and where it was declared.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) cookie: Cookie,
    pub(super) spot: Spot<'a>,
}

impl Draft {
    /// Reads what one table says. `None` if it has no name to speak of it by.
    pub(super) fn read(table: &Table<'_>, languages: &Languages) -> Option<Self> {
        let name = table
            .need("name", "name = \"session-id\"")
            .and_then(|value| value.str());
        let storage = table.get("storage").and_then(|value| {
            value.one_of(&[
                ("cookie", Storage::Cookie),
                ("local-storage", Storage::LocalStorage),
                ("session-storage", Storage::SessionStorage),
                ("server", Storage::Server),
            ])
        });
        let cookie = storage.unwrap_or(Storage::Cookie) == Storage::Cookie;
        let patterns = table.get("match").map(|value| {
            let texts = value.texts().into_iter();
            texts
                .filter_map(|(item, _)| {
                    item.parse(|text| grammar::pattern(text, cookie))
                        .map(Pattern)
                })
                .collect()
        });
        let paths = table.get("paths").map(|value| {
            let texts = value.texts().into_iter();
            texts
                .filter_map(|(item, _)| item.parse(grammar::path))
                .collect()
        });
        let draft = Self {
            name: name.unwrap_or_default().to_owned(),
            patterns,
            purpose: table
                .get("purpose")
                .and_then(|value| languages.purpose(&value)),
            lifetime: table
                .get("duration")
                .and_then(|value| value.parse(grammar::duration)),
            party: table.get("party").and_then(|value| {
                value.one_of(&[("first", Party::First), ("third", Party::Third)])
            }),
            storage,
            paths,
        };
        name.is_some().then_some(draft)
    }

    /// What this says, and for the rest what `under` says.
    pub(super) fn over(self, under: &Self) -> Self {
        Self {
            name: self.name,
            patterns: self.patterns.or_else(|| under.patterns.clone()),
            purpose: self.purpose.or_else(|| under.purpose.clone()),
            lifetime: self.lifetime.or(under.lifetime),
            party: self.party.or(under.party),
            storage: self.storage.or(under.storage),
            paths: self.paths.or_else(|| under.paths.clone()),
        }
    }

    /// Reports what is missing, once nothing more can come. `has` says whether the file gave a value, good or bad.
    pub(super) fn complete(&self, spot: Spot<'_>, has: impl Fn(&'static str) -> bool) {
        let name = quoted(&self.name);
        let lacks = |key: &str, example: &str| {
            spot.lacks(format!(
                "cookie {name} has no `{key}`. Add `{key} = {example}`."
            ));
        };
        if self.purpose.is_none() && !has("purpose") {
            lacks("purpose", "\"Keeps you logged in.\"");
        }
        if self.lifetime.is_none() && !has("duration") {
            lacks("duration", "\"30 days\"");
        }
        let storage = self.storage.unwrap_or(Storage::Cookie);
        if self.patterns.is_none()
            && storage != Storage::Server
            && let Err(text) = grammar::pattern(&self.name, storage == Storage::Cookie)
        {
            spot.mistake(text);
        }
        let third = self.party == Some(Party::Third);
        if self.lifetime == Some(Lifetime::Varies) && !third {
            spot.mistake(format!(
                "first-party cookie {name} has the duration \"varies\". The site sets it, so write how long it stays."
            ));
        }
        if self.lifetime == Some(Lifetime::UntilCleared) && storage == Storage::Cookie {
            spot.mistake(format!(
                "cookie {name} has the duration \"until cleared\". A cookie has an end: write it, or where it is \
                 kept: `storage = \"local-storage\"`."
            ));
        }
    }

    /// The cookie, with our defaults for what nobody said.
    pub(super) fn build(&self, category: &str, service: Option<&str>) -> Cookie {
        let storage = self.storage.unwrap_or(Storage::Cookie);
        let named = || match storage {
            Storage::Server => Vec::new(),
            Storage::Cookie | Storage::LocalStorage | Storage::SessionStorage => {
                vec![Pattern(self.name.clone())]
            }
        };
        Cookie {
            name: self.name.clone(),
            patterns: self.patterns.clone().unwrap_or_else(named),
            category: category.to_owned(),
            service: service.map(str::to_owned),
            purpose: self.purpose.clone().unwrap_or_default(),
            lifetime: self.lifetime.unwrap_or(Lifetime::Session),
            party: self.party.unwrap_or(Party::First),
            storage,
            paths: self.paths.clone().unwrap_or_default(),
        }
    }
}

/// Reports cookies of the same name, and patterns of which one matches what another matches too.
pub(super) fn overlaps(cookies: &[Placed<'_>]) {
    for (index, one) in cookies.iter().enumerate() {
        for other in cookies.iter().take(index) {
            // The lower one in the file is reported: ours, which no file shows, stands above all.
            let (upper, lower) = if other.spot.is_below(one.spot) {
                (one, other)
            } else {
                (other, one)
            };
            collide(&upper.cookie, &lower.cookie, lower.spot);
        }
    }
}

fn collide(upper: &Cookie, lower: &Cookie, spot: Spot<'_>) {
    let same = upper.service == lower.service;
    if !same && (foreign(upper) || foreign(lower)) {
        // Another company's cookie lies on its own domain, may serve several of its services, and may well be called as
        // one of ours is. It is not ours to take.
        return;
    }
    if upper.name == lower.name {
        spot.mistake(format!(
            "cookie {} is declared twice. Leave one out, or give them different names.",
            quoted(&lower.name)
        ));
    } else if upper.party == lower.party && upper.storage == lower.storage {
        let pairs = lower.patterns.iter();
        let pairs = pairs.flat_map(|a| upper.patterns.iter().map(move |b| (a, b)));
        // Within a service or group all is decided alike, so that a pattern may take in what a narrower one names.
        let together = same && upper.service.is_some();
        for (a, b) in pairs.filter(|(a, b)| if together { a == b } else { overlap(a, b) }) {
            spot.mistake(format!(
                "cookie {} goes by {}, but cookie {} goes by {} already. Make one of them narrower: `match = [\"…\"]`.",
                quoted(&lower.name),
                quoted(&a.0),
                quoted(&upper.name),
                quoted(&b.0),
            ));
        }
    }
}

/// Whether a cookie is a service's and on another company's domain.
fn foreign(cookie: &Cookie) -> bool {
    cookie.service.is_some() && cookie.party == Party::Third && cookie.storage == Storage::Cookie
}

fn overlap(a: &Pattern, b: &Pattern) -> bool {
    let beginning = |pattern: &Pattern| pattern.0.strip_suffix('*').map(str::to_owned);
    match (beginning(a), beginning(b)) {
        (None, _) => b.matches(&a.0),
        (_, None) => a.matches(&b.0),
        (Some(a), Some(b)) => a.starts_with(&b) || b.starts_with(&a),
    }
}
