//! Laws that hold for any bytes in any pieces.

use edge_consent::html::Place;
use proptest::prelude::*;

use super::soup::soup;
use super::{MARKER, edit_in, edit_pieces};

fn place() -> impl Strategy<Value = Place> {
    prop::sample::select(vec![Place::First, Place::Last, Place::Auto])
}

/// True if `out` is `page` and at most the insertion, with the body's tag if it was implied.
fn is_page_and_insertion(out: &[u8], page: &[u8]) -> bool {
    let Some(at) = out
        .windows(MARKER.len())
        .position(|window| window == MARKER.as_bytes())
    else {
        return out == page;
    };
    let (before, after) = (&out[..at], &out[at + MARKER.len()..]);
    if [before, after].concat() == page {
        return true;
    }
    let Some(before) = before.strip_suffix(b"<body>") else {
        return false;
    };
    // A document that ended in its head may have been closed first.
    let closed = after.is_empty()
        && before
            .strip_prefix(page)
            .is_some_and(|closing| CLOSINGS.contains(&closing));
    closed || [before, after].concat() == page
}

const CLOSINGS: &[&[u8]] = &[
    b">",
    b"-->",
    b"]]>",
    b"</title>",
    b"</style>",
    b"</noscript>",
    b"</noframes>",
];

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn any_pieces_give_the_same_bytes(page in soup(), sizes in prop::collection::vec(1..40usize, 1..20), place in place()) {
        let page = page.as_bytes();
        let whole = edit_in(page, place, usize::MAX);
        let mut rest = page;
        let pieces = sizes.iter().cycle().map_while(|&size| {
            let (piece, tail) = rest.split_at(size.min(rest.len()));
            rest = tail;
            (!piece.is_empty()).then_some(piece)
        });
        prop_assert_eq!(&edit_pieces(pieces, place), &whole);
        prop_assert!(is_page_and_insertion(&whole, page));
    }

    #[test]
    fn any_bytes_pass(page in prop::collection::vec(any::<u8>(), 0..300), place in place()) {
        let out = edit_in(&page, place, 7);
        prop_assert_eq!(&out, &edit_in(&page, place, usize::MAX));
        prop_assert!(is_page_and_insertion(&out, &page));
    }

    #[test]
    fn any_punctuation_passes(page in "[<>!/a\\-\"'= \\[\\]?CDATAscriptbody]{0,80}", place in place()) {
        let out = edit_in(page.as_bytes(), place, 1);
        prop_assert_eq!(&out, &edit_in(page.as_bytes(), place, usize::MAX));
        prop_assert!(is_page_and_insertion(&out, page.as_bytes()));
    }

    #[test]
    fn a_page_cut_anywhere_passes(page in soup(), cut in any::<prop::sample::Index>(), place in place()) {
        let cut = &page.as_bytes()[..cut.index(page.len() + 1)];
        let out = edit_in(cut, place, 5);
        prop_assert!(is_page_and_insertion(&out, cut));
    }
}
