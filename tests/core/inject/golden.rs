//! Pages with the tags that we put in, for a visitor who has granted everything, or what the folder's name ends in.

use super::{TRACED, ask, edited};
use crate::golden;

#[test]
fn each_kind_of_page_comes_out_as_expected() {
    let site = &*TRACED;
    let count = golden::each("inject/cases", |name, origin| {
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
        edited(site, &ask(site, granted), policy, origin).0
    });
    assert!(count > 15, "{count} cases");
}
