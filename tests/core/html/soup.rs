//! Nasty documents: pieces of markup thrown together.

use proptest::prelude::*;

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "<!doctype html>", "<html>", "<html lang=en>", "<head>", "</head>", "<body>", "<body class=b>",
    "</body>", "</html>", " ", "\n", "text", "a < b", "<3", "&amp;", "\0", "<title>t</title>",
    "<title>", "</title>", "<title><img src=t></title>", "<meta charset=utf-8>", "<base href=/>",
    "<link rel=stylesheet href=a.css>", "<style>a{}</style>", "<style>", "</style>",
    "<style><script src=s></script></style>", "<script>x</script>", "<script src=a.js></script>",
    "<script>", "</script>", "<script><!--</script>", "<script><!--<script></script>--></script>",
    "<script><!--<script>", "-->", "<script>'</scr' + '<!--'</script>",
    "<SCRIPT SRC=b.js></SCRIPT >", "<!-- c -->", "<!-->", "<!--->", "<!-- a -- b --!>", "<!--",
    "--!>", "<!-- <script src=c> -->", "<!x>", "</ x>", "<?php ?>", "<!-",
    "<![CDATA[ <img src=d> ]]>", "<![CDATA[", "]]>", "</>", "<textarea><img src=e></textarea>",
    "<textarea>", "</textarea>", "<noscript><img src=n></noscript>", "<noscript>", "</noscript>",
    "<iframe src=i><img src=j></iframe>", "<iframe>", "</iframe>", "<xmp><b></xmp>",
    "<noembed><img></noembed>", "<noframes><body></noframes>", "<template>", "</template>",
    "<template><p>x</template>", "<template><script src=u></script>", "<p>", "</p>", "<div>",
    "</div>", "<span>", "</span>", "<a href=x>", "</a>", "<b>", "</b>", "<i>", "</i>", "<ul><li>",
    "<li>", "</ul>", "<br>", "</br>", "<hr>", "<img src=k>", "<image src=l>", "<table>", "<tr><td>",
    "</td>", "</table>", "<caption>", "<colgroup><col>", "<tbody>", "<select>", "<option>",
    "</select>", "<select><title>x</title></select>", "<optgroup>", "<form>", "</form>",
    "<input type=hidden>", "<button>", "</button>", "<h1>", "</h1>", "<object data=o>", "</object>",
    "<embed src=p>", "<video src=v>", "</video>", "<source src=q>", "<frameset>", "<frame>",
    "</frameset>", "<center>", "<font>", "<font color=red>", "</font>", "<dd>", "<dt>",
    "<ruby><rt>", "<marquee>", "</marquee>", "<nobr>", "<pre>\n", "</pre>",
];

/// Foreign content; apart, because there we only approximate the parser.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "<svg>", "</svg>", "<svg/>", "<math>", "</math>", "<g>", "</g>", "<path/>",
    "<svg><foreignObject>", "</foreignObject>", "<svg><desc>", "</desc>",
    "<svg><title>t</title></svg>", "<math><mi>", "</mi>", "<math><mtext>", "</mtext>",
    "<math><annotation-xml>", "</annotation-xml>",
    "<math><annotation-xml encoding='text/html'><p>x</p></annotation-xml></math>", "<mglyph>",
    "<malignmark>", "<svg><script>x</script></svg>", "<svg><style><img src=y></style></svg>",
    "<svg><script href=z /></svg>", "<![CDATA[<img src=d>]]>", "<svg><a>", "<mi><svg>",
    "<svg><foreignObject><p>x</p></foreignObject></svg>", "<math><mtext><img src=w></mtext></math>",
];

const NAMES: &[&str] = &[
    "script",
    "img",
    "iframe",
    "link",
    "p",
    "object",
    "sCript",
    "x-long-name-of-many-letters",
];
const SPACES: &[&str] = &["", " ", "\t", "\n", "\x0c", "/", " / ", "  "];
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "src", "SRC", "sr&#99;", "a", "=", "\"", "'", "<", "async", "data-x", "\u{e9}", "type",
];
const EQUALS: &[&str] = &["", "=", " =", "= ", " = ", "==", "/="];
#[rustfmt::skip]
const VALUES: &[&str] = &[
    "", "x", "\"\"", "''", "\"a>b\"", "'a>\"b'", "a&amp;b", "\"https&colon;&sol;&#x2F;h\"", "a\"b",
    "'&lt'", "'?a=1&lt=2&ampx'", "\"a\r\nb\"", "/", "`x`", "'&#x80;&#0;'", "\"\0\"",
];

/// A tag with odd attributes.
fn tag() -> impl Strategy<Value = String> {
    let attribute = (
        prop::sample::select(SPACES),
        prop::sample::select(ATTRIBUTES),
        prop::sample::select(EQUALS),
        prop::sample::select(VALUES),
    );
    (
        prop::sample::select(NAMES),
        prop::collection::vec(attribute, 0..4),
        prop::sample::select(&[">", " >", "/>", " / >", ""][..]),
    )
        .prop_map(|(name, attributes, end)| {
            let mut tag = format!("<{name}");
            for (space, name, equals, value) in attributes {
                tag.extend([space, name, equals, value]);
            }
            tag + end
        })
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => tag(),
        1 => "[ -~]{0,6}",
    ]
}

/// A document without `svg` and `math`.
pub(super) fn plain_soup() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..14).prop_map(|pieces| pieces.concat())
}

/// A document with drawings, and without the elements that an end tag doesn't reach across, or
/// whose own doesn't: those we don't track.
pub(super) fn drawn_soup() -> impl Strategy<Value = String> {
    const BORDERS: &[&str] = &[
        "template", "marquee", "object", "table", "<t", "</t", "caption", "select", "form", "span",
        "colgroup", "video",
    ];
    let is_crossed = |piece: &&&str| !BORDERS.iter().any(|border| piece.contains(border));
    let crossed: Vec<&str> = PIECES.iter().filter(is_crossed).copied().collect();
    let piece = prop::sample::select([&crossed, FOREIGN].concat());
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// A document with anything.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => piece(),
        1 => prop::sample::select(FOREIGN).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}
