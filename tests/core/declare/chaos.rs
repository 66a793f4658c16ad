//! Whatever an owner saves, the checker answers: with sites or with mistakes, never with a panic.

use super::fixture::{Fixture, here};
use proptest::prelude::*;
use std::fs;

/// A text with one stretch of it cut out, doubled, or replaced.
fn torn(text: &str, from: usize, length: usize, instead: &str, doubled: bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = from % letters.len();
    let to = (from + length).min(letters.len());
    let (before, rest) = letters.split_at(from);
    let (cut, after) = rest.split_at(to - from);
    let middle: String = if doubled {
        cut.iter().chain(cut).collect()
    } else {
        instead.to_owned()
    };
    before.iter().collect::<String>() + &middle + &after.iter().collect::<String>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_torn_file_is_no_panic(
        file in prop::sample::select(vec!["site.toml", "cookie-policy.md", "cookie-policy.en.md"]),
        from in any::<usize>(),
        length in 0_usize..60,
        instead in "[\\[\\]{}=\"'#*<>|`\\-\\n a-zé]{0,12}",
        doubled in any::<bool>(),
    ) {
        let fixture = Fixture::new("chaos", "atelier");
        let path = format!("sites/atelier/{file}");
        let text = fs::read_to_string(here().join("good").join(&path)).unwrap();
        fixture.write(&path, &torn(&text, from, length, &instead, doubled));
        if let Err(mistakes) = fixture.read() {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!(mistake.file.starts_with("sites/atelier/"), "{mistake}");
                prop_assert!(mistake.line > 0 && !mistake.text.contains('\n'), "{mistake}");
            }
        }
    }
}
