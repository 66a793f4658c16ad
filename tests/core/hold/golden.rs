//! Each kind of tag and of markup, before and after.
//!
//! `markup-…` is a site that declares other tools' markup, `unknown` one that holds hosts it doesn't know; `…-granted` is
//! a visitor who has granted analytics, all others have granted nothing.

use super::{granting, hold, plan, site, undecided};
use crate::golden;
use edge_consent::site::UnknownHosts;

#[test]
fn each_kind_of_tag_comes_out_as_expected() {
    let count = golden::each("hold/cases", |name, origin| {
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
        hold(&plan(&site, &decision).unwrap(), origin)
    });
    assert!(count > 15, "{count} cases");
}
