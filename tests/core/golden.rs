//! Whole pages: in a folder of cases, each `<name>/origin.html` becomes `<name>/expected.html`. `UPDATE_GOLDEN=1` rewrites
//! what is expected.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests: where they fail, the test fails"
)]

use std::{env, fs, path::Path};

/// Compares every case of `folder` (below `tests/core`); `make` gets its name and its page. Says how many there were.
pub(crate) fn each(folder: &str, make: impl Fn(&str, &str) -> String) -> usize {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/core")
        .join(folder);
    let mut count = 0;
    for case in fs::read_dir(&cases).unwrap() {
        let case = case.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap();
        let origin = fs::read_to_string(case.join("origin.html")).unwrap();
        let actual = make(name, &origin);
        let expected = case.join("expected.html");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &actual).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_else(|_| panic!("{name}: missing"));
        assert_eq!(actual, expected, "{name}");
        count += 1;
    }
    count
}
