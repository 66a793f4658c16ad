//! Laws that hold for any bytes in any pieces, with and without a banner.

use super::{edit_pieces, plan, site, undecided};
use crate::html::soup::soup;
use edge_consent::{
    html::{Insertion, Place},
    site::UnknownHosts,
};
use proptest::prelude::*;
use std::sync::LazyLock;

use edge_consent::origin::hold::Plan;

/// With all that can be switched on.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let mut site = site();
    site.consent.markup = true;
    site.consent.unknown_hosts = UnknownHosts::Hold;
    plan(&site, &undecided(&site)).unwrap()
});

#[rustfmt::skip]
const TAGS: &[&str] = &[
    "<script src=//clarity.ms/a></script>", "<script>clarity.ms/tag/</script>",
    "<script type=text/plain data-category=analytics>x</script>", "<img src='//clarity.ms/' srcset=a>",
    "<iframe src=https://www.youtube.com/embed/1></iframe>", "<noscript><img src=//c.bing.com/></noscript>",
    "<svg><script>x</script></svg>", "<svg><script href=//clarity.ms/x /></svg>", "<base href=//clarity.ms/>",
    "<iframe srcdoc='<img src=//c.bing.com/>'></iframe>", "<link rel=preload href=https:clarity.ms>",
    "<object data=//www.youtube.com>", "<img src=//clarity.ms src='https://c.bing.com'", "<script>clarity.ms/tag/",
];

pub(super) fn tagged_soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![soup(), prop::sample::select(TAGS).prop_map(str::to_owned)];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn insertion(place: Option<Place>) -> Option<Insertion> {
    place.map(|place| Insertion::new(place, b"<x-marker></x-marker>"))
}

fn place() -> impl Strategy<Value = Option<Place>> {
    prop::sample::select(vec![
        None,
        Some(Place::First),
        Some(Place::Last),
        Some(Place::Auto),
    ])
}

proptest! {
    #![proptest_config(crate::html::config())]

    #[test]
    fn any_pieces_give_the_same_bytes(page in tagged_soup(), sizes in prop::collection::vec(1..40usize, 1..20), place in place()) {
        let page = page.as_bytes();
        let whole = edit_pieces(&PLAN, insertion(place), [page]);
        let mut rest = page;
        let pieces = sizes.iter().cycle().map_while(|&size| {
            let (piece, tail) = rest.split_at(size.min(rest.len()));
            rest = tail;
            (!piece.is_empty()).then_some(piece)
        });
        prop_assert_eq!(edit_pieces(&PLAN, insertion(place), pieces), whole);
    }

    #[test]
    fn any_bytes_are_survived(page in prop::collection::vec(any::<u8>(), 0..300), place in place()) {
        let whole = edit_pieces(&PLAN, insertion(place), [page.as_slice()]);
        prop_assert_eq!(edit_pieces(&PLAN, insertion(place), page.chunks(7)), whole);
    }

    #[test]
    fn a_held_page_is_held(page in tagged_soup()) {
        // What is inert stays so: holding again changes nothing that could load.
        let once = edit_pieces(&PLAN, None, [page.as_bytes()]);
        let twice = edit_pieces(&PLAN, None, [once.as_slice()]);
        prop_assert_eq!(once.len() > twice.len(), false);
    }
}
