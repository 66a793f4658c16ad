//! Whom a change asks again: nobody, or those who answered for the category that changed.

use super::fixture::Fixture;
use edge_consent::site::Site;
use std::collections::BTreeMap;

const TOML: &str = "sites/atelier/site.toml";

/// The categories whose digests an edit changes; the version has to change with them, and only with them.
fn changed(name: &str, edits: &[(&str, &str, &str)]) -> Vec<String> {
    let fixture = Fixture::new(&format!("digest-{name}"), "atelier");
    let before = fixture.site();
    for (path, from, to) in edits {
        fixture.edit(path, from, to);
    }
    let after = fixture.site();
    let (old, new) = (digests(&before), digests(&after));
    let changed: Vec<String> = new
        .iter()
        .filter(|(id, digest)| old.get(*id) != Some(digest))
        .map(|(id, _)| id.clone())
        .collect();
    assert_eq!(
        before.version != after.version,
        !changed.is_empty(),
        "the version says the same"
    );
    changed
}

fn digests(site: &Site) -> BTreeMap<String, String> {
    site.optional()
        .map(|category| (category.id.clone(), category.digest.clone()))
        .collect()
}

#[test]
fn what_does_not_matter_to_consent_asks_nobody() {
    let prose = (
        "sites/atelier/cookie-policy.md",
        "## Notwendig",
        "Neu.\n\n## Notwendig",
    );
    assert!(changed("prose", &[prose]).is_empty());
    for (name, from, to) in [
        ("date", "updated = 2026-11-01", "updated = 2026-11-02"),
        (
            "label",
            "accept.en = \"Yes\"",
            "accept.en = \"Yes, please\"",
        ),
        ("owner", "name = \"Atelier GmbH\"", "name = \"Atelier AG\""),
        (
            "translation",
            "purpose.en = \"Light or dark.\"",
            "purpose.en = \"Dark or light.\"",
        ),
        (
            "category-text",
            "purpose.de = \"Wir zählen Besuche.\"",
            "purpose.de = \"Wir zählen.\"",
        ),
        (
            "necessary",
            "duration = \"session or 2 hours\"",
            "duration = \"3 hours\"",
        ),
        ("days", "days = 90", "days = 91"),
        ("colour", "accent = \"#005a9c\"", "accent = \"#004a8c\""),
    ] {
        assert!(changed(name, &[(TOML, from, to)]).is_empty(), "{name}");
    }
}

#[test]
fn order_does_not_matter() {
    let theme = "[[services]]\nid = \"theme\"";
    let swapped = "[[services]]\nid = \"zoom\"\nown = true\nname = \"Zoom\"\ncategory = \"functional\"\n\
                   purpose.de = \"Größe.\"\npurpose.en = \"Size.\"\n\n[[services.cookies]]\nname = \"zoom\"\n\
                   purpose.de = \"Größe.\"\npurpose.en = \"Size.\"\nduration = \"1 year\"\n\n";
    let first = Fixture::new("digest-order-first", "atelier");
    first.edit(TOML, theme, &format!("{swapped}{theme}"));
    let last = Fixture::new("digest-order-last", "atelier");
    last.edit(
        TOML,
        "[[services]]\nuse = ",
        &format!("{swapped}[[services]]\nuse = "),
    );
    let (first, last) = (first.site(), last.site());
    assert_ne!(first.services, last.services);
    assert_eq!(first.version, last.version);
    let categories = [
        (TOML, "id = \"functional\"", "id = \"swap\""),
        (
            TOML,
            "id = \"analytics\"\npurpose.de = \"Wir zählen Besuche.\"\npurpose.en = \"We count visits.\"\n",
            "id = \"functional\"\n",
        ),
        (TOML, "id = \"swap\"", "id = \"analytics\""),
    ];
    assert!(changed("order-categories", &categories).is_empty());
}

#[test]
fn what_matters_asks_just_that_category_again() {
    let new = "[[cookies]]\ncategory = \"necessary\"\nname = \"sid\"";
    for (name, from, to, category) in [
        (
            "purpose",
            "purpose.de = \"Hell oder dunkel.\"\npurpose.en = \"Light or dark.\"\nduration",
            "purpose.de = \"Werbung.\"\npurpose.en = \"Light or dark.\"\nduration",
            "functional",
        ),
        (
            "service-purpose",
            "purpose.de = \"Mit uns reden.\"",
            "purpose.de = \"Mit allen reden.\"",
            "functional",
        ),
        (
            "duration",
            "duration = \"13 months\"",
            "duration = \"14 months\"",
            "analytics",
        ),
        (
            "party",
            "duration = \"13 months\"",
            "duration = \"13 months\"\nparty = \"third\"",
            "analytics",
        ),
        (
            "storage",
            "storage = \"local-storage\"",
            "storage = \"session-storage\"",
            "functional",
        ),
        (
            "pattern",
            "name = \"chat-*\"",
            "name = \"chat-*\"\nmatch = [\"chat*\"]",
            "functional",
        ),
        (
            "company",
            "company = \"Chat Inc.\"",
            "company = \"Other Inc.\"",
            "functional",
        ),
        (
            "host",
            "hosts = [\"chat.example/widget/\"]",
            "hosts = [\"chat.example\"]",
            "functional",
        ),
        (
            "new-service",
            "[[services]]\nuse = \"google-analytics\"",
            "[[services]]\nuse = \"microsoft-clarity\"\n\n[[services]]\nuse = \"google-analytics\"",
            "analytics",
        ),
        (
            "new-cookie",
            "[[services.cookies]]\nname = \"_ga\"",
            "[[services.cookies]]\nname = \"_gx\"\npurpose.de = \"Mehr.\"\npurpose.en = \"More.\"\nduration = \"1 day\"\n\n[[services.cookies]]\nname = \"_ga\"",
            "analytics",
        ),
    ] {
        assert_eq!(changed(name, &[(TOML, from, to)]), [category], "{name}");
    }
    let first = "empty.de = \"Noch keine.\"\nempty.en = \"None yet.\"\n";
    let video = format!(
        "[[services]]\nid = \"player\"\nown = true\nname = \"Player\"\ncategory = \"videos\"\npurpose.de = \"Ton.\"\npurpose.en = \"Sound.\"\n\n[[services.cookies]]\nname = \"volume\"\npurpose.de = \"Ton.\"\npurpose.en = \"Sound.\"\nduration = \"1 year\"\n\n{new}"
    );
    // Groups may stand before the site's cookies: tables of the same name are one list.
    let edits = [(TOML, first, ""), (TOML, new, video.as_str())];
    assert_eq!(changed("first-cookie", &edits), ["videos"]);
}
