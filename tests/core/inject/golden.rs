//! Whole pages: `cases/<kind>/origin.html` becomes `expected.html`, for a visitor who has granted everything, or what the
//! folder's name ends in. `UPDATE_GOLDEN=1` rewrites what is expected.

use super::{TRACED, ask, edited};
use std::{env, fs, path::Path};

#[test]
fn each_kind_of_page_comes_out_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/inject/cases");
    let site = &*TRACED;
    let mut count = 0;
    for case in fs::read_dir(&cases).unwrap() {
        let case = case.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let granted: &[&str] = match name.rsplit('-').next() {
            Some("analytics") => &["analytics"],
            Some("marketing") => &["marketing"],
            Some("nothing") => &[],
            _ => &["functional", "analytics", "marketing"],
        };
        let policy = match name.split('-').next() {
            Some("nonce") => Some("script-src 'nonce-r\"4&nd'"),
            Some("hash") => Some("script-src 'self'"),
            Some("dynamic") => Some("script-src 'strict-dynamic' 'sha256-abc'"),
            _ => None,
        };
        let origin = fs::read_to_string(case.join("origin.html")).unwrap();
        let (actual, _) = edited(site, &ask(site, granted), policy, &origin);
        let expected = case.join("expected.html");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &actual).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_else(|_| panic!("{name}: missing"));
        assert_eq!(actual, expected, "{name}");
        count += 1;
    }
    assert!(count > 15, "{count} cases");
}
