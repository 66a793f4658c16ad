//! Pages that a browser has kept are asked about again under another name as soon as anything is built otherwise.

use super::fixture::Fixture;
use edge_consent::site::declare;
use std::path::Path;

#[test]
fn another_word_anywhere_makes_another_edition() {
    let fixture = Fixture::new("edition", "shop");
    let first = fixture.edition();
    assert_eq!(first.len(), 12);
    assert_eq!(fixture.edition(), first, "nothing was changed");
    fixture.write("sites/shop/.notes", "for nobody");
    assert_eq!(fixture.edition(), first, "what isn't read doesn't count");
    fixture.write("sites/shop/new.txt", "");
    let second = fixture.edition();
    assert_ne!(second, first, "a file more");
    fixture.write("sites/shop/new.txt", "x");
    let third = fixture.edition();
    assert_ne!(third, second, "the same file, longer");
    fixture.edit("services/microsoft-clarity.toml", "Clarity", "clarity");
    assert_ne!(fixture.edition(), third, "a service's name");
}

#[test]
fn the_same_files_elsewhere_are_the_same_edition() {
    let one = Fixture::new("edition-one", "shop");
    assert_eq!(
        one.edition(),
        Fixture::new("edition-other", "shop").edition()
    );
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let nowhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no such folder");
    let error = declare::edition(&nowhere, &["sites"]).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("sites can't be read: "), "{text}");
}
