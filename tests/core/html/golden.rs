//! Whole pages: `cases/<name>/origin.html` becomes `expected.html`.
//!
//! A case's place is the last word of its name. `UPDATE_GOLDEN=1` rewrites what is expected.

use std::{env, fs, path::Path};

use edge_consent::html::Place;

use super::edit;

#[test]
fn pages_come_out_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/html/cases");
    let mut count = 0;
    for case in fs::read_dir(&cases).unwrap() {
        let case = case.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let place = match name.rsplit('-').next() {
            Some("first") => Place::First,
            Some("last") => Place::Last,
            Some("auto") => Place::Auto,
            _ => panic!("{name} names no place"),
        };
        let origin = fs::read_to_string(case.join("origin.html")).unwrap();
        let actual = edit(&origin, place);
        let expected = case.join("expected.html");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &actual).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_else(|_| panic!("{name}: missing"));
        assert_eq!(actual, expected, "{name}");
        count += 1;
    }
    assert!(count > 0);
}
