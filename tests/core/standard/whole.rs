//! Every document of the standard's tests, in one piece and cut at every byte.

use super::{documents::DOCUMENTS, fuzz::fault, mix, random::Random};
use crate::{
    hold::{
        differential::{NOTHING, PLAN, dump, settled},
        edit_pieces,
    },
    html::{MARKER, differential::first_in_body},
};
use edge_consent::{
    html::{Insertion, Place},
    origin::hold::Plan,
};

/// Longer ones are cut at some bytes only.
const SHORT: usize = 150;

/// What goes out for a page, the same however it is cut in two, and byte by byte.
fn cut(plan: &Plan, page: &str, place: Option<Place>) -> Vec<u8> {
    let insertion = || place.map(|place| Insertion::new(place, MARKER.as_bytes()));
    let page = page.as_bytes();
    let whole = edit_pieces(plan, insertion(), [page]);
    assert_eq!(edit_pieces(plan, insertion(), page.chunks(1)), whole);
    // Without a tag there is nothing to be cut.
    let step = if page.contains(&b'<') {
        page.len() / SHORT + 1
    } else {
        page.len() + 1
    };
    for at in (1..page.len()).step_by(step) {
        let (one, other) = page.split_at(at);
        assert_eq!(
            edit_pieces(plan, insertion(), [one, other]),
            whole,
            "cut at {at}"
        );
    }
    whole
}

/// A tree without the empty comments that stand in place of tags, and what they part.
fn tidied(dump: &str) -> String {
    let lines = dump.lines().filter(|line| line.trim_start() != "<!--\"\"");
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = text.split("\"\n");
    text.fold(String::new(), |whole, line| {
        let joins = line.trim_start().starts_with('"') && whole.ends_with('\u{1}');
        let whole = whole.trim_end_matches('\u{1}').to_owned();
        let line = if joins {
            line.trim_start().trim_start_matches('"').to_owned()
        } else {
            format!("\n{line}")
        };
        whole + &line + "\u{1}"
    })
}

#[test]
fn with_nothing_to_hold_they_pass() {
    let (mut settles, mut other_trees) = (0, Vec::new());
    for page in DOCUMENTS.iter() {
        let out = cut(&NOTHING, page, None);
        if out != page.as_bytes() {
            // End tags in drawings that mean nothing, or `noscript` whose end is in question.
            assert_eq!(out, settled(page).as_bytes());
            let (before, after) = (dump(page), dump(&settled(page)));
            // A `<frameset>` that is heeded throws away what came before it.
            let frames = page.to_ascii_lowercase().contains("<frameset");
            if !frames && tidied(&before) != tidied(&after) {
                other_trees.push(page);
            }
            settles += 1;
        }
    }
    // Parts of a table that reach into a drawing in it: held back, where the parser would leave the drawing. And formatting
    // that outlives its paragraph in one: closed with it.
    assert!(other_trees.len() <= 6, "{other_trees:#?}");
    assert!(
        settles < DOCUMENTS.len() / 50,
        "{settles} of {} changed",
        DOCUMENTS.len()
    );
}

#[test]
fn a_banner_changes_nothing_else() {
    for page in DOCUMENTS.iter() {
        // White space written as a reference is taken for text: it would stand behind the banner.
        let spaces = [
            "&#9", "&#10", "&#12", "&#13", "&#009", "&#010", "&#012", "&#013", "&#32", "&#x",
            "&#X", "&Tab", "&NewLine",
        ];
        if !spaces.iter().any(|space| page.starts_with(space)) {
            first_in_body(page);
        }
        cut(&NOTHING, page, Some(Place::First));
    }
}

#[test]
fn with_tags_in_them_they_pass_and_the_tags_do_not() {
    let mut random = Random(1);
    for page in DOCUMENTS.iter().filter(|page| page.contains('<')) {
        let page = mix::with_tags(&mut random, page);
        cut(&PLAN, &page, None);
        assert_eq!(fault(&page), None, "{page:?}");
    }
}
