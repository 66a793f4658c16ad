//! What a visitor's writes are counted under.

use crate::kit::{DAY, site};
use edge_consent::app::limit_key;

#[test]
fn one_connection_is_one_visitor_and_no_key_shows_an_address() {
    let site = site("musictracker");
    let key = |address: &str| limit_key(site, address, 0);
    assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:3:4:5:6"));
    assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    assert_ne!(key("192.0.2.1"), limit_key(site, "192.0.2.1", DAY));
    let shown = ["192.0.2.1", "2001:db8:1:2::1"].map(key);
    assert!(
        shown
            .iter()
            .all(|key| key.len() == 64 && !key.contains("192.0"))
    );
}
