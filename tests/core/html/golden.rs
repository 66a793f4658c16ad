//! What an insertion does to real pages. A case's place is the last word of its name.

use super::edit;
use crate::golden;
use edge_consent::html::Place;

#[test]
fn pages_come_out_as_expected() {
    let count = golden::each("html/cases", |name, origin| {
        let place = match name.rsplit('-').next() {
            Some("first") => Place::First,
            Some("last") => Place::Last,
            Some("auto") => Place::Auto,
            _ => panic!("{name} names no place"),
        };
        edit(origin, place)
    });
    assert!(count > 0);
}
