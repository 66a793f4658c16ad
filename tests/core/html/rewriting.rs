//! What a sink can do to the elements it is shown.

use edge_consent::html::{Ending, Name, Namespace, Scanner, Sink, StartTag, Text, Then, name};

/// Makes inert what comes from `evil.test`, the way a page plan will.
#[derive(Default)]
struct Holder {
    seen: Vec<String>,
}

impl Holder {
    fn note(&mut self, what: &str, raw: &[u8]) {
        self.seen
            .push(format!("{what} {}", String::from_utf8_lossy(raw)));
    }
}

impl Sink for Holder {
    fn wants(&self, name: Name) -> bool {
        matches!(
            name,
            name::SCRIPT | name::IFRAME | name::NOSCRIPT | name::IMG | name::STYLE
        )
    }

    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        self.note(
            if tag.whole() { "tag" } else { "part" },
            tag.raw().get(..40).unwrap_or(tag.raw()),
        );
        if !tag.whole() {
            return Then::Drop;
        }
        let address = tag.attribute("src");
        let evil = address
            .as_ref()
            .is_some_and(|a| a.value().starts_with(b"https://evil.test/"));
        match (tag.name(), address) {
            (name::SCRIPT | name::NOSCRIPT, None) => Then::Collect(20),
            (name::IFRAME, Some(_)) if evil => Then::Drop,
            (name::IMG, Some(_)) if evil => Then::Written,
            (_, Some(address)) if evil => {
                // `src` becomes `data-src`, and a type of our own comes first.
                let (before, after) = tag.raw().split_at(address.name_span().start);
                let (start, middle) = before.split_at(tag.name_end());
                out.extend_from_slice(&[start, b" type=held", middle, b"data-", after].concat());
                Then::Written
            }
            _ => Then::Pass,
        }
    }

    fn element(&mut self, tag: &StartTag<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Then {
        self.note(if text.whole { "all" } else { "some" }, text.raw);
        match text.raw {
            raw if raw.starts_with(b"gone") => Then::Drop,
            raw if raw.starts_with(b"new") => {
                out.extend_from_slice(b"<script type=held>");
                out.extend_from_slice(raw);
                Then::Written
            }
            raw if tag.name() == name::NOSCRIPT => {
                out.extend_from_slice(tag.raw());
                let mut inner = Scanner::new();
                inner.push(raw, self, out);
                inner.end(self, out);
                Then::Written
            }
            _ => Then::Pass,
        }
    }
}

fn rewrite_in(page: &str, size: usize) -> (String, Vec<String>, Ending) {
    let (mut scanner, mut holder, mut out) = (Scanner::new(), Holder::default(), Vec::new());
    for piece in page.as_bytes().chunks(size) {
        scanner.push(piece, &mut holder, &mut out);
    }
    let ending = scanner.end(&mut holder, &mut out);
    (String::from_utf8(out).unwrap(), holder.seen, ending)
}

/// The page rewritten; the same in any pieces.
fn rewrite(page: &str) -> (String, Vec<String>, Ending) {
    let whole = rewrite_in(page, page.len().max(1));
    for size in [1, 2, 7, 1000] {
        assert_eq!(
            rewrite_in(page, size),
            whole,
            "{page:.200} in pieces of {size}"
        );
    }
    whole
}

fn rewritten(page: &str) -> String {
    rewrite(page).0
}

#[test]
fn attributes_can_be_renamed_and_added() {
    assert_eq!(
        rewritten("a<SCRIPT async SRC = 'https://evil.test/a&amp;b'>x</SCRIPT>b"),
        "a<SCRIPT type=held async data-SRC = 'https://evil.test/a&amp;b'>x</SCRIPT>b"
    );
    assert_eq!(
        rewritten("<script/src=https&colon;//evil.test/></script>"),
        "<script type=held/data-src=https&colon;//evil.test/></script>"
    );
    // The first of a name counts.
    let page = "<script src=/a src=https://evil.test/></script>";
    assert_eq!(rewritten(page), page);
}

#[test]
fn elements_can_be_dropped() {
    assert_eq!(
        rewritten("a<img src=https://evil.test/>b</img>"),
        "ab</img>"
    );
    assert_eq!(
        rewritten("a<iframe src=https://evil.test/>x<p></iframe >b"),
        "ab"
    );
    assert_eq!(rewritten("a<iframe src=https://evil.test/>x<p></ifra"), "a");
    assert_eq!(
        rewritten("a<script>gone</script>b<script>gone for very long now</script>c"),
        "abc"
    );
}

#[test]
fn a_start_tag_can_be_replaced_once_the_text_is_known() {
    assert_eq!(
        rewritten("<script id=a>new</script><script>old</script>"),
        "<script type=held>new</script><script>old</script>"
    );
    assert_eq!(
        rewritten("<script>new, and longer than asked for</script>"),
        "<script type=held>new, and longer than asked for</script>"
    );
}

#[test]
fn text_is_reported_whole_or_as_far_as_asked_for() {
    let seen = rewrite("<script>a</script><script>a</script ><script></script>").1;
    assert_eq!(
        seen,
        [
            "tag <script>",
            "all a",
            "tag <script>",
            "all a",
            "tag <script>",
            "all ",
        ]
    );
    let seen = rewrite("<script>0123456789012345678901234</script>").1;
    assert_eq!(seen, ["tag <script>", "some 01234567890123456789"]);
    let (out, seen, ending) = rewrite("<script>0</scri");
    assert_eq!(out, "<script>0</scri");
    assert_eq!(seen, ["tag <script>", "some 0</scri"]);
    assert_eq!(ending, Ending::Text(name::SCRIPT));
}

#[test]
fn noscript_can_be_scanned_inside() {
    assert_eq!(
        rewritten(
            "<noscript><img src=/a></noscript><noscript><img src=https://evil.test/></noscript>"
        ),
        "<noscript><img src=/a></noscript><noscript><img src=https://evil.test/></noscript>",
        "longer than collected"
    );
    let (_, seen, _) = rewrite("<noscript><img src=/a></noscript>");
    assert_eq!(
        seen,
        ["tag <noscript>", "all <img src=/a>", "tag <img src=/a>"]
    );
}

#[test]
fn a_tag_too_long_is_decided_by_its_first_part() {
    let long = "x".repeat(300_000);
    let (out, seen, _) = rewrite(&format!("a<script src=/b data={long}>text</script>c"));
    assert_eq!((out.as_str(), seen.len()), ("ac", 1));
    assert_eq!(rewritten(&format!("a<img alt='>{long}'>b")), "ab");
    let page = format!("a<p title='>{long}'>b");
    assert_eq!(rewritten(&page), page);
}

#[test]
fn namespaces_are_told() {
    struct Spaces(Vec<(Name, Namespace)>);
    impl Sink for Spaces {
        fn wants(&self, name: Name) -> bool {
            matches!(name, name::SCRIPT | name::STYLE | name::TITLE | name::A)
        }
        fn start_tag(&mut self, tag: &StartTag<'_>, _: &mut Vec<u8>) -> Then {
            self.0.push((tag.name(), tag.namespace()));
            Then::Collect(9)
        }
    }
    for (page, expected) in [
        (
            "<svg><style><a>",
            &[(name::STYLE, Namespace::Svg), (name::A, Namespace::Svg)][..],
        ),
        ("<style><a>", &[(name::STYLE, Namespace::Html)]),
        ("<svg/><style><a>", &[(name::STYLE, Namespace::Html)]),
        ("<svg><p><style><a>", &[(name::STYLE, Namespace::Html)]),
        (
            "<svg><font color=x><style><a>",
            &[(name::STYLE, Namespace::Html)],
        ),
        ("<svg><font x=color><a>", &[(name::A, Namespace::Svg)]),
        (
            "<svg><title><a></a></title><style>",
            &[
                (name::TITLE, Namespace::Svg),
                (name::A, Namespace::Html),
                (name::STYLE, Namespace::Svg),
            ],
        ),
        (
            "<svg><foreignObject><title><a></title></foreignObject><title>",
            &[
                (name::TITLE, Namespace::Html),
                (name::TITLE, Namespace::Svg),
            ],
        ),
        (
            "<math><mtext><a><mglyph><a>",
            &[(name::A, Namespace::Html), (name::A, Namespace::Html)],
        ),
        ("<math><mtext><mglyph><a>", &[(name::A, Namespace::MathMl)]),
        ("<svg><![CDATA[<a>]]><a>", &[(name::A, Namespace::Svg)]),
        ("<![CDATA[<a>]]><a>", &[(name::A, Namespace::Html)]),
        (
            "<div><svg></div><title><a>",
            &[(name::TITLE, Namespace::Html)],
        ),
        (
            "<svg></div><title><a>",
            &[(name::TITLE, Namespace::Svg), (name::A, Namespace::Html)],
        ),
        (
            "<svg></svg></svg><title><a>",
            &[(name::TITLE, Namespace::Html)],
        ),
    ] {
        let (mut scanner, mut spaces, mut out) = (Scanner::new(), Spaces(Vec::new()), Vec::new());
        scanner.push(page.as_bytes(), &mut spaces, &mut out);
        scanner.end(&mut spaces, &mut out);
        assert_eq!(spaces.0, expected, "{page}");
        assert_eq!(out, page.as_bytes());
    }
}
