//! Whole pages: `cases/<kind>/origin.html` becomes `expected.html`.
//!
//! `markup-…` is a site that declares other tools' markup, `unknown` one that holds hosts it doesn't know; `…-granted` is
//! a visitor who has granted analytics, all others have granted nothing. `UPDATE_GOLDEN=1` rewrites what is expected.

use super::{granting, hold, plan, site, undecided};
use edge_consent::site::UnknownHosts;
use std::{env, fs, path::Path};

#[test]
fn each_kind_of_tag_comes_out_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/hold/cases");
    let mut count = 0;
    for case in fs::read_dir(&cases).unwrap() {
        let case = case.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let mut site = site();
        site.consent.markup = name.starts_with("markup-");
        if name == "unknown" {
            site.consent.unknown_hosts = UnknownHosts::Hold;
        }
        let decision = if name.ends_with("-granted") {
            granting(&site, "analytics")
        } else {
            undecided(&site)
        };
        let origin = fs::read_to_string(case.join("origin.html")).unwrap();
        let actual = hold(&plan(&site, &decision).unwrap(), &origin);
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
