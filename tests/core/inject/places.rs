//! Beside html5ever, on nasty documents: tags of ours are the head's last children, what is told is somewhere before them,
//! and nothing else of the page changes.

use super::page;
use crate::html::{soup::soup, tree::Tree};
use proptest::prelude::*;

/// What a page may carry itself.
#[rustfmt::skip]
const CARRIED: &[&str] = &[
    "<script src=https://www.googletagmanager.com/gtag/js?id=G-OTHER></script>", "<script>gtm.start</script>",
    "<script>gtag('config','G-OTHER')</script>", "<script src=//bat.bing.com/bat.js></script>",
    "<template><script>gtm.start</script></template>", "<script type=text/plain>gtm.start</script>",
    "<svg><script>gtm.start</script></svg>", "<noscript><script>gtm.start</script></noscript>", "<script>gtm.start",
];

fn carrying() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => soup(), 1 => prop::sample::select(CARRIED).prop_map(str::to_owned)];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

/// The page without what we put in.
fn without_ours(page: &str) -> String {
    let mut rest = page;
    let mut out = String::new();
    while let Some(at) = rest.find("<script") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from
            .find("</script>")
            .map_or(from.len(), |end| end + "</script>".len());
        let (script, after) = from.split_at(end);
        let told = script.starts_with("<script>window.")
            && script.ends_with("document.currentScript.remove()</script>");
        let watch = script.starts_with("<script>{const c=()=>document.cookie");
        if told || watch || script.starts_with("<script data-consent-tag=") {
            rest = after;
        } else {
            out.push_str("<script");
            rest = &from["<script".len()..];
        }
    }
    out + rest
}

fn all_granted(text: &str) -> String {
    page(&["functional", "analytics", "marketing"], text)
}

proptest! {
    #![proptest_config(crate::html::config())]

    #[test]
    fn a_page_passes_by_the_byte_but_for_what_is_put_in(text in carrying()) {
        prop_assert_eq!(without_ours(&all_granted(&text)), text);
    }

    #[test]
    fn tags_come_last_in_the_head_and_the_tree_is_the_same(text in carrying()) {
        let out = all_granted(&text);
        let (before, after) = (Tree::of(&text), Tree::of(&out));
        let ours = after.take_ours();
        // What stands behind the head's end tag comes into the head all the same, and after ours.
        let ends = text.contains("</head");
        let placed = |(id, in_head, last): &(String, bool, bool)| id.is_empty() || *in_head && (*last || ends);
        prop_assert!(ours.iter().all(placed), "{ours:?} in {out:?}");
        // A frameset is refused by what comes before it, and a script does.
        if !before.has_frameset() {
            prop_assert_eq!(after.dump(), before.dump(), "{:?}", out);
        }
    }
}

#[test]
fn a_piece_of_a_page_stays_what_it_is() {
    let site = &*super::TRACED;
    let all = ["functional", "analytics", "marketing"];
    let text =
        "<p>A part</p><script src=https://www.googletagmanager.com/gtag/js?id=G-OTHER></script>";
    for (name, value) in [
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-dest", "iframe"),
        ("x-requested-with", "XMLHttpRequest"),
    ] {
        let ask = super::ask(site, &all).with(name, value);
        assert_eq!(super::edited(site, &ask, None, text).0, text, "{value}");
    }
    assert_ne!(all_granted(text), text);
}
