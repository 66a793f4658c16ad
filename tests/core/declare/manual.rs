//! `sites/README.md` is what owners read: what it shows has to be true.

use super::fixture::Fixture;
use std::collections::BTreeSet;

const MANUAL: &str = include_str!("../../../sites/README.md");

/// What stands between fences of a kind, one after the other.
fn fenced(kind: &str) -> String {
    let fence = format!("```{kind}\n");
    let blocks = MANUAL.split(fence.as_str()).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_manuals_example_is_a_site() {
    let fixture = Fixture::new("manual", "shop");
    fixture.write("sites/shop/site.toml", &fenced("toml"));
    for page in ["cookie-policy.md", "cookie-policy.de.md"] {
        fixture.write(&format!("sites/shop/{page}"), &fenced("markdown"));
    }
    let site = fixture.site();
    assert_eq!(site.categories.len(), 4);
    assert_eq!(site.services.len(), 4);
    assert_eq!(site.forms.len(), 1);
}

/// Every key that the checker knows is one that the manual shows: it names them all when it meets one it does not know.
#[test]
fn the_manual_shows_every_key() {
    let fixture = Fixture::new("manual-keys", "shop");
    let unknown = "qqqqqqqqqqqqqqqq = 1\n";
    let mut text = fenced("toml").replace("]]\n", &format!("]]\n{unknown}"));
    for table in [
        "[owner]",
        "[signals]",
        "[consent]",
        "[records]",
        "[banner]",
        "[banner.colours.light]",
    ] {
        text = text.replacen(&format!("{table}\n"), &format!("{table}\n{unknown}"), 1);
    }
    fixture.write("sites/shop/site.toml", &format!("{unknown}{text}"));
    let mistakes = fixture.read().unwrap_err();
    let mut keys = BTreeSet::new();
    for mistake in mistakes
        .iter()
        .filter(|mistake| mistake.text.contains("is not known in"))
    {
        let (_, known) = mistake.text.split_once("Known here: ").unwrap();
        keys.extend(
            known
                .trim_end_matches('.')
                .split(", ")
                .map(|key| key.trim_matches('"').to_owned()),
        );
    }
    assert!(keys.len() > 45, "{keys:?}");
    let manual = fenced("toml");
    let shown = |key: &str| {
        manual.lines().any(|line| {
            let rest = line.trim_start_matches('[').strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with([' ', '.', ']']))
        }) || manual.contains(&format!("[banner.{key}."))
            || manual.contains(&format!(".{key}]"))
    };
    for key in &keys {
        assert!(shown(key), "`{key}` is not in sites/README.md");
    }
}
