//! Where an insertion goes, case by case.

use edge_consent::html::Place::{Auto, First, Last};

use super::{MARKER, edit};

/// Checks pages written with `@` where the marker goes, and `[body]` for a body written out.
fn check(place: edge_consent::html::Place, pages: &[&str]) {
    for page in pages {
        let original = page.replace("[body]", "").replace('@', "");
        let expected = page.replace("[body]", "<body>").replace('@', MARKER);
        assert_eq!(edit(&original, place), expected);
    }
}

#[test]
fn first_goes_behind_the_body_tag() {
    check(
        First,
        &[
            "<!doctype html><html><head><title>a</title></head><body>@<p>",
            "<BODY CLASS='>' x>@b",
            "<body/>@",
            "<!-- <body> --><body>@",
            "<title><body></title><body>@",
            "<script>'<body>'</script><style><body></style><body>@",
            "<script><!--<script></script><body>--></script><body>@",
            "<noscript><body></noscript><body>@",
            "<template><body><p>x</template><body>@",
            "<template><template></template>x</template><link><body>@",
            "<head></head> <!-- x --> <meta><body>@",
            "\u{feff}<body>@",
            "<?xml version='1.0'?><!DOCTYPE html PUBLIC \"x\" > <body>@",
        ],
    );
}

#[test]
fn a_body_that_is_implied_is_written_out() {
    check(
        First,
        &[
            "[body]@<p>x",
            "  \n[body]@x",
            "[body]@<",
            "<title>a</title> [body]@b",
            "<head></head>[body]@<noscript></noscript>",
            "<meta><link>[body]@<div><body class=x>",
            "<html>[body]@</body>",
            "<html><head></head>[body]@</html>",
            "</p></div>[body]@</br>",
            "<template><p>x</p></template>[body]@<p>",
            "<template><svg><template></template></svg>x</template>[body]@<p>",
            "[body]@<svg><title>x</title>",
            "\u{feff}[body]@x",
            " [body]@\u{feff}x",
            "</ x><!x>[body]@&amp;",
        ],
    );
}

#[test]
fn a_document_that_ends_in_its_head_gets_its_body_at_the_end() {
    check(
        First,
        &[
            "<script src=app.js></script>[body]@",
            "<html><head></head>[body]@",
        ],
    );
    for (cut, closed) in [
        ("<meta><title>x", "</title>"),
        ("<meta><title>x</ti", "</title>"),
        ("<meta><style>x</style", "</style>"),
        ("<meta><!-- x -", "-->"),
        ("<meta><!-- x --!", "-->"),
        ("<meta><!", ">"),
        ("<meta><!doctype", ">"),
    ] {
        assert_eq!(edit(cut, First), format!("{cut}{closed}<body>{MARKER}"));
    }
}

#[test]
fn what_has_no_place_for_it_stays_as_it_is() {
    for page in [
        "",
        " \n",
        "<!-- x -->",
        "<!doctype html>",
        "\u{feff}",
        "<frameset><frame></frameset>",
        "<html><head><title>x</title></head><frameset><body>",
        "<meta><script>x",
        "<meta><script>x</script",
        "<meta><bod",
        "<body class='",
        "<template><p>",
    ] {
        assert_eq!(edit(page, First), page);
    }
}

#[test]
fn last_goes_behind_the_end() {
    check(Last, &["@", "<body>x</body></html>\n@", "x@"]);
}

#[test]
fn auto_yields_to_frameworks_that_hydrate_the_document() {
    check(
        Auto,
        &[
            "<html><head><script src=/a.js></script></head><body>@<div id=app></div></body></html>",
            "<html><head><script async src=/_next/static/chunks/main.js></script><body><p></html>@",
            "<link rel=preload href=\"/_next/static/css/a.css\"><p>x@",
            "<head><link rel=modulepreload href=/assets/entry.client-abc.js></head><body>x@",
            "<script>window.__remixContext = {}</script><body>x@",
            "<script>window.__reactRouterContext = {}</script><body>x@",
            "<script class=$tsr>x</script><body>x@",
            "<script>self.$_TSR = {}</script><body>x@",
            "<script>window._$HY = {}</script><body>x@",
            "<html q:container=paused><body>x@",
            "<script>window._$HY = {}</script>@",
            "<body>@<script src=/_next/x.js></script>",
            "<!-- /_next/ --><title>/_next/</title><body>@x",
        ],
    );
}

#[test]
fn a_script_too_long_to_search_still_passes() {
    let script = "x".repeat(100_000);
    check(Auto, &[&format!("<script>{script}_$HY</script><body>@y")]);
}

#[test]
fn a_body_tag_too_long_to_hold_puts_the_insertion_last() {
    let long = "x".repeat(300_000);
    check(First, &[&format!("<body class='{long}'>y@")]);
    check(First, &[&format!("<meta content='{long}'><body>@y")]);
    check(First, &[&format!("[body]@<p class='{long}'>y")]);
}
