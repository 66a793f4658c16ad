//! Bad twins of a languages file, as changes to one that ships.

use super::fixture::Fixture;
use edge_consent::site::Words;

fn said(name: &str, from: &str, to: &str) -> Vec<String> {
    let fixture = Fixture::new(&format!("languages-{name}"), "shop");
    fixture.edit("languages/de.toml", from, to);
    let mistakes = fixture.read().unwrap_err();
    assert!(
        mistakes
            .iter()
            .all(|mistake| mistake.file == "languages/de.toml")
    );
    mistakes.into_iter().map(|mistake| mistake.text).collect()
}

#[test]
fn every_mistake_in_words_is_named() {
    for (name, from, to, expected) in [
        (
            "key-missing",
            "close = \"Schließen\"\n",
            "",
            "`close` is missing in this file. Add `close = \"…\"`.",
        ),
        (
            "key-unknown",
            "close = ",
            "clos = \"Zu\"\nclose = ",
            "`clos` is not known in this file. Did you mean \"close\"?",
        ),
        (
            "empty",
            "close = \"Schließen\"",
            "close = \"\"",
            "`close` is empty. Write the text, or leave the key out.",
        ),
        (
            "direction",
            "direction = \"ltr\"",
            "direction = \"left\"",
            "`direction` can't be \"left\". Write one of: \"ltr\", \"rtl\".",
        ),
        (
            "months",
            "\"Januar\", ",
            "",
            "`months` has 11 texts. Write 12.",
        ),
        (
            "unit",
            "days = [\"1 Tag\", \"{n} Tage\"]\n",
            "",
            "`days` is missing in [units]. Add `days = [\"one …\", \"{n} …\"]`.",
        ),
        (
            "unit-one",
            "[\"1 Tag\", \"{n} Tage\"]",
            "[\"{n} Tage\"]",
            "`days` has 1 texts. Write 2.",
        ),
        (
            "brace-missing",
            "allow = \"{name} erlauben\"",
            "allow = \"Erlauben\"",
            "`allow` lacks `{name}`, which is filled in there. Put it where it belongs.",
        ),
        (
            "brace-unknown",
            "accept = \"Akzeptieren\"",
            "accept = \"{alles} akzeptieren\"",
            "`accept` has `{alles}`, which nobody fills in. Leave it out.",
        ),
        (
            "phrase-missing",
            "visitor-id = \"Unterscheidet Besucher.\"\n",
            "",
            "phrase \"visitor-id\" is missing in [purposes]. Add `visitor-id = \"…\"`.",
        ),
        (
            "phrase-unknown",
            "[learns]\n",
            "[learns]\nname = \"Ihr Name.\"\n",
            "phrase \"name\" is not in languages/en.toml. Write it there too, or leave it out.",
        ),
    ] {
        assert_eq!(said(name, from, to), [expected], "{name}");
    }
}

#[test]
fn a_file_without_a_language_is_no_language() {
    let fixture = Fixture::new("languages-tag", "shop");
    let folder = super::fixture::here().join("bad/language-tag");
    fixture.overlay(&folder);
    let mistakes = fixture.read().unwrap_err();
    assert_eq!(mistakes.len(), 1);
    assert_eq!(
        mistakes[0].text,
        "\"Deutsch\" is no language tag. Name the file as \"de.toml\"."
    );
}

/// WCAG 2.2, 3.1.1: the words of a language say which one it is. The banner says who asks and for what (EDPB Guidelines
/// 05/2020, 64), and where to change one's mind (GDPR, article 7(3)), by the name that is on the link.
#[test]
fn each_language_asks_fairly() {
    for (tag, name) in [
        ("en", "English"),
        ("de", "Deutsch"),
        ("fr", "Français"),
        ("es", "Español"),
    ] {
        let path = format!("{}/languages/{tag}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let mut table: toml::Table = text.parse().unwrap();
        table.retain(|key, _| !["purposes", "learns"].contains(&key));
        let words: Words = table.try_into().unwrap();
        assert_eq!((&*words.language, &*words.direction), (name, "ltr"));
        for part in ["{site}", "{purposes}"] {
            assert!(words.banner_text.contains(part), "{tag}: {part}");
        }
        let (text, link) = (
            words.banner_text.to_lowercase(),
            words.settings_link.to_lowercase(),
        );
        assert!(text.contains(&link), "{tag}: {link:?} is not in {text:?}");
        for label in [
            &words.accept_all,
            &words.reject_all,
            &words.accept,
            &words.refuse,
        ] {
            assert!(
                label.chars().count() <= 20,
                "{tag}: buttons are short: {label}"
            );
        }
    }
}
