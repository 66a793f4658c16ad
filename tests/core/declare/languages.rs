//! Bad twins of a languages file, as changes to one that ships.

use super::fixture::Fixture;
use edge_consent::declared;

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

/// WCAG 2.2, 3.1.1: the words of a language say which one it is. And nothing is left half translated.
#[test]
fn the_languages_that_ship_are_whole() {
    let site = declared::by_id("musictracker").unwrap();
    let words = &site.words["en"];
    assert_eq!(
        (words.language.as_str(), words.direction.as_str()),
        ("English", "ltr")
    );
    assert_eq!(words.months.len(), 12);
    for label in [&words.accept_all, &words.reject_all, &words.settings_link] {
        assert!(label.len() < 20, "labels are short: {label}");
    }
    assert!(
        words
            .banner_text
            .contains(&format!("“{}”", words.settings_link)),
        "the label it names"
    );
}
