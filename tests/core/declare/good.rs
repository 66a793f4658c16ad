//! What a site can say beyond what the shipped ones do: `good/atelier`, in two languages.

use super::fixture::Fixture;
use edge_consent::site::{
    Corner, Enforce, Lifetime, Part, Party, Place, Site, Stance, Storage, Undeclared, Unit,
};

fn atelier(name: &str) -> Site {
    Fixture::new(name, "atelier").site()
}

#[test]
fn settings_are_taken_over() {
    let site = atelier("good-settings");
    assert_eq!(
        (site.base.as_str(), site.policy_path.as_str()),
        ("/_consent", "/cookies")
    );
    assert_eq!(site.languages, ["de", "en"]);
    assert_eq!(site.language(), "de");
    assert_eq!(site.updated, "2026-11-01");
    assert_eq!((site.consent.days, site.consent.granular), (90, true));
    assert_eq!(site.consent.domain.as_deref(), Some("atelier.example"));
    assert_eq!(site.consent.undeclared, Undeclared::Block);
    assert_eq!(
        (site.signals.gpc, site.signals.dnt),
        (Stance::Honour, Stance::Ignore)
    );
    assert_eq!((site.records.months, site.records.refusals), (12, false));
    assert_eq!(
        (site.consent.enforce, site.records.gaps),
        (Enforce::Report, 0)
    );
    assert_eq!(
        (site.banner.corner, site.banner.place),
        (Corner::TopRight, Place::Last)
    );
    assert_eq!(site.banner.accept.as_ref().unwrap().get("en"), "Yes");
    assert_eq!(
        site.banner.colours.light.background, "#ffffff",
        "in lower case"
    );
}

#[test]
fn categories_stand_in_the_sites_order_behind_necessary() {
    let site = atelier("good-categories");
    let ids: Vec<&str> = site
        .categories
        .iter()
        .map(|category| category.id.as_str())
        .collect();
    assert_eq!(ids, ["necessary", "functional", "analytics", "videos"]);
    let [necessary, functional, analytics, videos] = &site.categories[..] else {
        panic!()
    };
    assert_eq!(necessary.purpose.get("en"), "We can't do without them.");
    assert_eq!(necessary.digest, "");
    assert_eq!(
        functional.name.get("de"),
        &*site.words.get("de").unwrap().functional_name
    );
    assert_eq!(
        functional.short.get("en"),
        &*site.words.get("en").unwrap().functional_short
    );
    assert_eq!(analytics.purpose.get("de"), "Wir zählen Besuche.");
    assert_eq!(videos.short.get("de"), "Videos auf unseren Seiten");
    assert_eq!(videos.empty.as_ref().unwrap().get("en"), "None yet.");
    for category in site.optional() {
        assert_eq!(category.digest.len(), 8, "{}", category.id);
    }
    assert_eq!(site.version.len(), 16);
}

#[test]
fn cookies_are_named_kept_and_matched() {
    let site = atelier("good-cookies");
    let cookie = |name: &str| {
        site.cookies
            .iter()
            .find(|cookie| cookie.name == name)
            .unwrap()
    };
    let sid = cookie("sid");
    assert_eq!(sid.lifetime, Lifetime::SessionOr(2, Unit::Hours));
    assert_eq!(sid.paths, ["/shop", "/account"]);
    assert!(sid.patterns[0].matches("sid") && !sid.patterns[0].matches("SID"));
    let ours = cookie("cookie_consent");
    assert_eq!(ours.lifetime, Lifetime::For(90, Unit::Days));
    assert_eq!(ours.category, "necessary");
    assert_eq!(ours.purpose.get("de"), "Merkt sich Ihre Antwort.");
    let csrf = cookie("CSRF-Token");
    assert_eq!(csrf.storage, Storage::Server);
    assert!(csrf.patterns.is_empty(), "nothing on the device");
    let theme = cookie("theme");
    assert_eq!(theme.service.as_deref(), Some("theme"));
    assert_eq!(
        (theme.storage, theme.lifetime),
        (Storage::LocalStorage, Lifetime::UntilCleared)
    );
    let chat = cookie("chat-*");
    assert_eq!(
        (chat.party, chat.lifetime),
        (Party::Third, Lifetime::Varies)
    );
    assert!(chat.patterns[0].matches("chat-7"));
    let names: Vec<&str> = site
        .cookies_in("necessary")
        .map(|cookie| cookie.name.as_str())
        .collect();
    assert_eq!(names, ["sid", "cookie_consent", "CSRF-Token"]);
}

#[test]
fn the_catalogue_gives_what_the_site_does_not_say() {
    let site = atelier("good-catalogue");
    let google = site.service("google-analytics").unwrap();
    assert_eq!(google.company, "Google");
    assert_eq!(google.settings.get("measurement").unwrap(), "G-12345");
    assert!(
        google
            .tag
            .as_ref()
            .unwrap()
            .script
            .as_ref()
            .unwrap()
            .contains("{measurement}")
    );
    let ga = site
        .cookies
        .iter()
        .find(|cookie| cookie.name == "_ga")
        .unwrap();
    assert_eq!(
        ga.lifetime,
        Lifetime::For(13, Unit::Months),
        "the site's word"
    );
    assert_eq!(
        ga.purpose.get("de"),
        "Unterscheidet Besucher.",
        "the catalogue's"
    );
    let languages: Vec<&String> = ga.purpose.0.keys().collect();
    assert_eq!(languages, ["de", "en"], "no more than the site speaks");
    let theme = site.service("theme").unwrap();
    assert!(theme.own);
    assert_eq!(theme.company, "Atelier GmbH");
    assert!(!site.service("chat").unwrap().own);
}

#[test]
fn the_policy_page_becomes_parts() {
    let site = atelier("good-policy");
    let prose = site.prose.get("en").unwrap();
    assert_eq!(prose.title, "Cookies");
    let parts: Vec<&Part> = prose
        .parts
        .iter()
        .filter(|part| !matches!(part, Part::Html(_)))
        .collect();
    assert_eq!(
        parts,
        [
            &Part::Cookies("necessary".to_owned()),
            &Part::Cookies("functional".to_owned()),
            &Part::Cookies("analytics".to_owned()),
            &Part::Cookies("videos".to_owned()),
            &Part::Services(None),
            &Part::Choice,
            &Part::Signals,
            &Part::Browsers,
            &Part::Records,
            &Part::Contact,
        ]
    );
    let html: String = prose
        .parts
        .iter()
        .map(|part| {
            if let Part::Html(html) = part {
                html.as_str()
            } else {
                ""
            }
        })
        .collect();
    for expected in [
        r#"<h2 id="necessary">Necessary</h2>"#,
        r#"<h2 id="how-long">How long?</h2>"#,
        r#"<h3 id="how-long-2">How long?</h3>"#,
        // The page has an id of that name already.
        r#"<h2 id="your-choice-2">Your choice</h2>"#,
        r##"<a href="#how-long">below</a>"##,
        r#"<a href="https://amt.example/a?b=1&amp;c=2" rel="noopener">the office</a>"#,
        "<td><code>a</code></td><td><strong>b</strong></td>",
    ] {
        assert!(html.contains(expected), "{expected} is not in\n{html}");
    }
    assert!(!html.contains("{{"));
}

#[test]
fn a_site_with_nothing_optional_gets_no_consent_cookie() {
    let site = edge_consent::declared::by_id("musicmuse").unwrap();
    assert!(!site.has_choice());
    assert!(
        site.cookies
            .iter()
            .all(|cookie| cookie.name != "cookie_consent")
    );
}
