//! The catalogue that ships: that it is sound, speaks every language, and knows the tags of real pages (`tags.txt`).

use super::fixture::{Fixture, here};
use edge_consent::decision::decide;
use edge_consent::origin::withholds;
use edge_consent::site::declare::{self, Entry};
use edge_consent::site::{Map, Party, Service, Storage, hosts};
use edge_consent::visit::{Choice, Signal, Signals};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| match declare::catalogue(root()) {
    Ok(entries) => entries,
    Err(mistakes) => panic!("{}", declare::report(&mistakes)),
});

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn services() -> impl Iterator<Item = &'static Service> {
    CATALOGUE.iter().map(|entry| &entry.service)
}

#[test]
fn every_file_is_a_service_in_every_language() {
    let files = fs::read_dir(root().join("services")).unwrap().count();
    assert_eq!(CATALOGUE.len(), files);
    assert!(files >= 60);
    for Entry {
        service, cookies, ..
    } in CATALOGUE.iter()
    {
        let id = &service.id;
        let privacy = service.privacy.as_ref().unwrap();
        assert!(privacy.starts_with("https://"), "{id}: {privacy}");
        let categories = ["necessary", "functional", "analytics", "marketing"];
        assert!(categories.contains(&service.category.as_str()), "{id}");
        assert!(service.data.is_some(), "{id} does not say what it learns");
        let texts = [Some(&service.purpose), service.data.as_ref()];
        let purposes = cookies.iter().map(|cookie| &cookie.purpose);
        for text in texts.into_iter().flatten().chain(purposes) {
            let languages: Vec<&str> = text.0.keys().map(String::as_str).collect();
            assert_eq!(languages, ["de", "en", "es", "fr"], "{id}");
            assert!(
                text.0.values().all(|text| text.ends_with('.')),
                "{id}: {text:?}"
            );
        }
    }
    let mut names = BTreeSet::new();
    for service in services() {
        assert!(names.insert(&service.name), "{} twice", service.name);
    }
}

/// A phrase that nobody needs is no phrase.
#[test]
fn every_phrase_is_used() {
    let words = fs::read_to_string(root().join("languages/en.toml")).unwrap();
    let words: toml::Table = words.parse().unwrap();
    let mut files = String::new();
    for service in services() {
        let path = format!("services/{}.toml", service.id);
        files += &fs::read_to_string(root().join(path)).unwrap();
    }
    for (table, key) in [("purposes", "purpose"), ("learns", "data")] {
        for name in words[table].as_table().unwrap().keys() {
            let line = format!("{key} = \"@{name}\"\n");
            assert!(files.contains(&line), "nobody says {line}");
        }
    }
}

#[test]
fn hosts_are_as_short_as_they_can_be() {
    for service in services() {
        for host in &service.hosts {
            let (name, path) = host.split_once('/').unwrap_or((host, ""));
            let wider = service
                .hosts
                .iter()
                .find(|other| *other != host && hosts::matches(other, name, &format!("/{path}")));
            assert_eq!(wider, None, "{}: {host} is in it already", service.id);
        }
    }
}

#[test]
fn patterns_of_cookies_are_unique_inside_a_service() {
    for Entry {
        service, cookies, ..
    } in CATALOGUE.iter()
    {
        let mut seen = BTreeSet::new();
        for cookie in cookies {
            assert!(!cookie.patterns.is_empty(), "{}", cookie.name);
            assert_ne!(cookie.storage, Storage::Server, "{}", cookie.name);
            for pattern in &cookie.patterns {
                let key = (pattern, cookie.party == Party::First, cookie.storage as u8);
                assert!(seen.insert(key), "{}: {}", service.id, pattern.0);
            }
        }
    }
}

/// A site can declare any two services, but for a few that nobody has together.
#[test]
fn cookies_on_the_sites_domain_belong_to_one_service() {
    let beginning = |pattern: &str| pattern.strip_suffix('*').map(str::to_owned);
    let meet = |one: &str, other: &str| match (beginning(one), beginning(other)) {
        (None, None) => one == other,
        (Some(start), None) => other.starts_with(&start),
        (None, Some(start)) => one.starts_with(&start),
        (Some(one), Some(other)) => one.starts_with(&other) || other.starts_with(&one),
    };
    let mut shared = BTreeSet::new();
    let own = |entry: &'static Entry| {
        let cookies = entry.cookies.iter();
        let cookies = cookies
            .filter(|cookie| cookie.party == Party::First || cookie.storage != Storage::Cookie);
        cookies.flat_map(|cookie| cookie.patterns.iter().map(move |p| (cookie.storage, &p.0)))
    };
    for (index, one) in CATALOGUE.iter().enumerate() {
        for other in CATALOGUE.iter().skip(index + 1) {
            let pairs = own(one).flat_map(|a| own(other).map(move |b| (a, b)));
            let mut pairs = pairs.filter(|(a, b)| a.0 == b.0 && meet(a.1, b.1));
            if pairs.next().is_some() {
                shared.insert((one.service.id.as_str(), other.service.id.as_str()));
            }
        }
    }
    let known = [
        ("matomo", "matomo-cloud"),
        ("matomo", "piwik-pro"),
        ("matomo-cloud", "piwik-pro"),
    ];
    assert_eq!(shared, BTreeSet::from(known));
}

/// All but two of these, with their tags and in all languages, on one site.
#[test]
fn every_service_can_stand_beside_the_others() {
    let fixture = Fixture::new("catalogue-all", "shop");
    let (toml, page) = ("sites/shop/site.toml", "sites/shop/cookie-policy.md");
    let category = "[[categories]]\nid = \"analytics\"\n";
    let mut declared = format!(
        "[[categories]]\nid = \"functional\"\n\n{category}\n[[categories]]\nid = \"marketing\"\n"
    );
    let mut tags = 0;
    let left_out = ["matomo", "piwik-pro"];
    for Entry {
        service, shapes, ..
    } in CATALOGUE.iter()
    {
        if left_out.contains(&service.id.as_str()) {
            continue;
        }
        let _ = writeln!(declared, "\n[[services]]\nuse = \"{}\"", service.id);
        let shape = |(key, shape): (&String, &String)| {
            format!("{key} = \"{}\"", shape.replace(['*', '#'], "12"))
        };
        let settings: Vec<String> = shapes.iter().map(shape).collect();
        if !settings.is_empty() {
            tags += 1;
            let _ = writeln!(declared, "settings = {{ {} }}", settings.join(", "));
        }
    }
    fixture.edit(toml, category, &declared);
    let table = "{{cookies analytics}}";
    let tables = format!(
        "{{{{cookies functional}}}}\n\n{table}\n\n{{{{cookies marketing}}}}\n\n{{{{services}}}}"
    );
    fixture.edit(page, table, &tables);
    let site = fixture.site();
    assert_eq!(site.services.len(), CATALOGUE.len() - left_out.len());
    let with_tag = site.services.iter().filter(|service| service.tag.is_some());
    assert_eq!(with_tag.count(), tags);
    let signals = Signals {
        gpc: Signal::Absent,
        dnt: Signal::Absent,
    };
    let nothing_said = decide(&site, &Choice::Unasked, signals, 1_800_000_000);
    for (name, withheld) in [("__cf_bm", false), ("_ga", true), ("_hjSession_1", true)] {
        let is = withholds(&site, &nothing_said, name);
        assert_eq!(
            is, withheld,
            "{name}: what Vimeo has on its domain is not ours"
        );
    }
    let words = serde_json::to_string(&site.words).unwrap();
    assert!(
        !words.contains("Tells visitors apart."),
        "phrases do not travel as words"
    );
}

#[test]
fn markers_mean_one_service() {
    for service in services() {
        for marker in &service.markers {
            assert!(marker.len() >= 6, "{}: {marker}", service.id);
            let plain = hosts::squeeze(marker.as_bytes());
            assert_eq!(
                plain,
                marker.replace(' ', "").as_bytes(),
                "{marker}: one way to write it is enough"
            );
            for other in services().filter(|other| other.id != service.id) {
                let near = other.markers.iter().find(|near| near.contains(marker));
                assert_eq!(near, None, "{} and {}: {marker}", service.id, other.id);
                let Some(tag) = &other.tag else { continue };
                let (one, other_id) = (&service.id, &other.id);
                for text in tag.script.iter().chain(&tag.inline) {
                    let held = hosts::inline([service], text).next().is_some();
                    assert!(!held, "{one} would hold the tag of {other_id}: {marker}");
                }
            }
        }
    }
}

#[test]
fn tags_load_from_their_own_hosts_and_close_what_they_open() {
    for Entry {
        service, shapes, ..
    } in CATALOGUE.iter()
    {
        let Some(tag) = &service.tag else { continue };
        let id = &service.id;
        let value =
            |(key, shape): (&String, &String)| (key.clone(), shape.replace(['*', '#'], "1"));
        let settings: Map<String> = shapes.iter().map(value).collect();
        assert!(tag.settings.iter().eq(settings.keys()), "{id}");
        assert!(!settings.is_empty(), "{id}: nobody could ask for it");
        let filled = tag.filled(&settings);
        if let Some(script) = &filled.script {
            let (host, path) = split(script);
            let mine = hosts::best([service], host, path).is_some();
            // What a site hosts itself lies where it says.
            assert!(mine || service.hosts.is_empty(), "{id}: {script}");
        }
        let inline = filled.inline.as_deref().unwrap_or_default();
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let count = |c| inline.matches(c).count();
            assert_eq!(count(open), count(close), "{id}: {inline}");
        }
        for key in settings.keys() {
            let place = format!("{{{key}}}");
            let texts = filled.script.iter().chain(&filled.inline);
            assert!(
                !texts
                    .chain(filled.attributes.values())
                    .any(|text| text.contains(&place))
            );
        }
    }
}

/// Two tags of Google on one page must not get in each other's way.
#[test]
fn tags_of_google_share_one_beginning() {
    let stub = "window.dataLayer=window.dataLayer||[];window.gtag=window.gtag||function(){dataLayer.push(arguments)};\
                gtag(\"js\",new Date());gtag(\"config\",\"{";
    for id in ["google-analytics", "google-ads", "google-floodlight"] {
        let service = services().find(|service| service.id == id).unwrap();
        let inline = service.tag.as_ref().unwrap().inline.as_ref().unwrap();
        assert!(inline.starts_with(stub), "{id}: {inline}");
    }
}

#[test]
fn tags_of_real_pages_are_known() {
    let table = fs::read_to_string(here().join("tags.txt")).unwrap();
    let mut wrong = String::new();
    let mut seen = BTreeSet::new();
    let mut rows = 0;
    for (number, line) in table.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (expected, text) = line.split_once(" | ").unwrap();
        rows += 1;
        seen.extend(expected.split('+'));
        let found = if text.starts_with("http") || text.starts_with('/') {
            let (host, path) = split(text);
            hosts::best(services(), host, path)
                .map_or_else(|| "-".to_owned(), |service| service.id.clone())
        } else {
            let found: BTreeSet<&str> = hosts::inline(services(), text)
                .map(|service| service.id.as_str())
                .collect();
            let names: BTreeSet<&str> = expected.split('+').filter(|id| *id != "-").collect();
            if found == names {
                expected.to_owned()
            } else {
                format!("{found:?}")
            }
        };
        if found != expected {
            let _ = writeln!(wrong, "tags.txt:{}: {line}\n  is {found}", number + 1);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(rows > 150, "{rows}");
    let unseen: Vec<&str> = services()
        .filter(|service| !service.hosts.is_empty() && !seen.contains(service.id.as_str()))
        .map(|service| service.id.as_str())
        .collect();
    // Their addresses are the site's own account, or nothing that a page carries as it stands.
    assert_eq!(unseen, ["auth0", "clerk", "firebase-auth"]);
}

/// Host and path of an address; the enforcement has a whole parser for it.
fn split(address: &str) -> (&str, &str) {
    let rest = address.split_once("//").map_or("", |(before, rest)| {
        if before.contains(['/', '?']) {
            ""
        } else {
            rest
        }
    });
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    (host.rsplit('@').next().unwrap(), path)
}

/// `docs/services.md`: what a site can declare by its id.
#[test]
fn the_documentation_lists_them_all() {
    let path = root().join("docs/services.md");
    let page = page();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page);
}

fn page() -> String {
    let mut page = format!(
        "# Services\n\n\
         {} third parties that a site can declare by their id: `use = \"{}\"` under `[[services]]` in its `site.toml`. \
         Whatever the catalogue says of one can be said differently there.\n\n\
         *Settings* are the site's own ids with a service, where `*` stands for letters, digits, `-`, `_` and `.`, and `#` \
         for digits. A site that gives them gets the tag put into its pages when a visitor agrees; where there is no tag, \
         or no settings are given, the site's own pages carry it, and it is held there until then. *Sale* says whether its usual use counts as a sale or sharing of personal information under the \
         laws of US states; that is off where a browser sends Global Privacy Control, if the site respects it. Durations, \
         hosts and links are what was known in November 2026: who declares a service should look at them.\n\n\
         *The site's own*: where a service runs on your own server, write its `hosts`, `company` and `privacy` beside `use`.\n\n\
         A new service is a file `services/<id>.toml`: `name`, `company`, `category`, `purpose`, `privacy`, `sale_or_share`, \
         `hosts`, `markers` (text by which an inline tag is known) and `[[cookies]]`; with a tag, `[tag]` with `settings = {{ id = \"*\" }}`, \
         `script = \"https://…{{id}}\"` or `inline`, `attributes` (`id`, `data-…`) and `signal` (`google`, `clarity`, `uet`). The \
         checker says what is missing.\n\n\
         This page is made from `services/` by a test (`UPDATE_GOLDEN=1 cargo test`).\n\n\
         | Name | Id | Company | Category | Hosts | Cookies | Settings | Sale |\n\
         |---|---|---|---|---|---|---|---|\n",
        CATALOGUE.len(),
        "microsoft-clarity",
    );
    let mut entries: Vec<&Entry> = CATALOGUE.iter().collect();
    entries.sort_by_key(|entry| entry.service.name.to_lowercase());
    for Entry {
        service,
        shapes,
        cookies,
    } in entries
    {
        let code = |text: &String| format!("`{text}`");
        let all = |texts: &[String]| texts.iter().map(code).collect::<Vec<_>>().join(", ");
        let settings: Vec<String> = shapes
            .iter()
            .map(|(key, shape)| format!("`{key} = \"{shape}\"`"))
            .collect();
        let sale = format!("{:?}", service.sale_or_share).to_lowercase();
        let hosts = if service.hosts.is_empty() {
            "the site's own".to_owned()
        } else {
            all(&service.hosts)
        };
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {} | {hosts} | {} | {} | {sale} |",
            service.name,
            service.id,
            service.company,
            service.category,
            cookies.len(),
            if service.tag.is_some() {
                settings.join(", ")
            } else {
                "no tag".to_owned()
            },
        );
    }
    page
}
