//! The scanner and the editor.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod chunks;
pub(crate) mod differential;
mod editing;
mod golden;
mod rewriting;
pub(crate) mod soup;
pub(crate) mod tree;

use edge_consent::html::{Editor, Insertion, Place};

/// What the tests insert: an element that no page has.
pub(crate) const MARKER: &str = "<x-marker></x-marker>";

/// A page edited in pieces of at most `size` bytes.
fn edit_in(page: &[u8], place: Place, size: usize) -> Vec<u8> {
    edit_pieces(page.chunks(size.max(1)), place)
}

fn edit_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, place: Place) -> Vec<u8> {
    let mut editor = Editor::new(Insertion::new(place, MARKER.as_bytes()));
    let mut out = Vec::new();
    for piece in pieces {
        if editor.done() || editor.only_end_left() {
            // What the shell may do: pipe the rest natively.
            out.extend_from_slice(piece);
        } else {
            editor.push(piece, &mut out);
        }
    }
    editor.end(&mut out);
    out
}

fn edit(page: &str, place: Place) -> String {
    let out = edit_in(page.as_bytes(), place, usize::MAX);
    assert_eq!(
        out,
        edit_in(page.as_bytes(), place, 1),
        "byte by byte: {page}"
    );
    String::from_utf8(out).unwrap()
}

/// Failures become cases of their own, by hand; `PROPTEST_CASES` asks for more of them.
pub(crate) fn config() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        ..Default::default()
    }
}
