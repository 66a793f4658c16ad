//! Every rule has a bad twin in `bad/<rule>/`: files laid over a good site, and the mistakes they make as `mistakes.txt`.
//! `UPDATE_GOLDEN=1` writes these anew.

use super::fixture::{Fixture, here};
use edge_consent::site::declare;
use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

#[test]
fn every_mistake_is_named() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let golden = here().join("bad").join(&rule).join("mistakes.txt");
        let said = said(&rule);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &said).unwrap();
        }
        if fs::read_to_string(&golden).ok().as_ref() != Some(&said) {
            wrong.push(format!("{}:\n{said}", golden.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as expected, or not there:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn ten_mistakes_are_ten() {
    let said = said("ten-mistakes");
    assert!(said.ends_with("10 mistakes in 1 file\n"), "{said}");
}

#[test]
fn every_mistake_says_what_to_write_instead() {
    for rule in rules() {
        for line in said(&rule)
            .lines()
            .filter(|line| !line.ends_with("files") && !line.ends_with("file"))
        {
            let place = line.split(": ").next().unwrap();
            let number = place.rsplit(':').next().unwrap();
            assert!(
                number.parse::<usize>().is_ok_and(|line| line > 0),
                "{rule}: {line}"
            );
            let sentences = line.matches(". ").count() + line.matches("? ").count();
            assert!(
                sentences > 0 || line.contains("not TOML"),
                "{rule}: only says what is wrong: {line}"
            );
            assert!(line.ends_with(['.', '?']), "{rule}: {line}");
        }
    }
}

fn rules() -> Vec<String> {
    let entries = fs::read_dir(here().join("bad")).unwrap();
    let mut rules: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    rules.sort();
    rules
}

/// What is said of each rule, read once.
static SAID: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let said = rules().into_iter().map(|rule| {
        let fixture = Fixture::new(&format!("bad-{rule}"), "shop");
        fixture.overlay(&here().join("bad").join(&rule));
        match fixture.read() {
            Ok(_) => panic!("nothing wrong with {rule}"),
            Err(mistakes) => (rule, declare::report(&mistakes)),
        }
    });
    said.collect()
});

fn said(rule: &str) -> String {
    SAID[rule].clone()
}
