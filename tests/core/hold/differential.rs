//! Held pages as html5ever reads them, with scripts on and off: nothing live leads to where it mustn't, and nothing but
//! held elements is different.

use super::{edit_pieces, plan, site, undecided};
use edge_consent::origin::hold::Plan;
use html5ever::{ParseOpts, parse_document, tendril::TendrilSink, tree_builder::TreeBuilderOpts};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;
use std::sync::LazyLock;
use url::Url;

pub(crate) static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let site = site();
    plan(&site, &undecided(&site)).unwrap()
});

/// What loads what, written down once more.
const LOADS: &[(&str, &[&str])] = &[
    ("script", &["src"]),
    ("img", &["src", "srcset"]),
    ("source", &["src", "srcset"]),
    ("iframe", &["src", "srcdoc"]),
    ("frame", &["src"]),
    ("embed", &["src"]),
    ("object", &["data"]),
    ("video", &["src", "poster"]),
    ("audio", &["src"]),
    ("track", &["src"]),
    ("link", &["href", "imagesrcset"]),
    ("input", &["src"]),
];

/// The same for drawings.
const DRAWN: &[(&str, &[&str])] = &[
    ("script", &["href"]),
    ("image", &["href"]),
    ("use", &["href"]),
    ("feImage", &["href"]),
];

fn parse(page: &str, scripts: bool) -> RcDom {
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: scripts,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    parse_document(RcDom::default(), options).one(page)
}

fn walk(node: &Handle, visit: &mut impl FnMut(&Handle)) {
    visit(node);
    if let NodeData::Element {
        template_contents, ..
    } = &node.data
        && let Some(contents) = template_contents.borrow().as_ref()
    {
        walk(contents, visit);
    }
    for child in node.children.borrow().iter() {
        walk(child, visit);
    }
}

/// Whether an address, or one in a list of images, leads there, from a page of either scheme.
fn leads_to_clarity(attribute: &str, value: &str) -> bool {
    static PAGES: LazyLock<[Url; 2]> = LazyLock::new(|| {
        ["https", "http"]
            .map(|scheme| Url::parse(&format!("{scheme}://page.example:8787/folder/page")).unwrap())
    });
    let leads = |address: &str| {
        let found = PAGES.iter().filter_map(|page| page.join(address).ok());
        found
            .filter(|url| matches!(url.scheme(), "https" | "http"))
            .filter_map(|url| url.host_str().map(str::to_owned))
            .any(|host| host == "clarity.ms" || host.ends_with(".clarity.ms"))
    };
    if attribute.ends_with("srcset") {
        return value
            .split([' ', ',', '\t', '\n', '\r', '\u{c}'])
            .any(leads);
    }
    leads(value)
}

/// Whether a script of this type may run, or load.
fn is_code(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let name = kind
        .strip_prefix("text/")
        .or(kind.strip_prefix("application/"));
    let name = name.map(|name| name.strip_prefix("x-").unwrap_or(name));
    ["", "module", "importmap", "speculationrules"].contains(&kind)
        || name.is_some_and(|name| {
            ["javascript", "ecmascript", "jscript", "livescript"].contains(&name)
                || name.starts_with("javascript1.")
        })
}

/// Whether the page ends the script with this text, as far as can be seen.
fn ends(page: &str, text: &str) -> bool {
    let at = page.rfind("clarity.ms/tag/").unwrap_or_default();
    !page.ends_with(text) && page[at..].to_ascii_lowercase().contains("</script")
}

/// What a browser would load from withheld hosts.
pub(crate) fn live(page: &str, scripts: bool) -> Vec<String> {
    let dom = parse(page, scripts);
    let mut found = Vec::new();
    walk(&dom.document, &mut |node| {
        let NodeData::Element { name, attrs, .. } = &node.data else {
            return;
        };
        let attrs = attrs.borrow();
        let get = |wanted: &str| {
            let own = attrs
                .iter()
                .find(|attribute| &*attribute.name.local == wanted);
            own.map(|attribute| attribute.value.to_string())
        };
        let script = &*name.local == "script";
        if script && !scripts {
            return;
        }
        let inert = get("type").is_some_and(|kind| !is_code(&kind));
        // A preload scanner may fetch whatever its type; not what has none of ours in it.
        if script && inert && get("data-consent-hold").is_none() {
            return;
        }
        if &*name.local == "input"
            && !get("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image"))
        {
            return;
        }
        let drawn = &*name.ns != "http://www.w3.org/1999/xhtml";
        let loads = match &*name.ns {
            "http://www.w3.org/1999/xhtml" => LOADS,
            "http://www.w3.org/2000/svg" => DRAWN,
            _ => return,
        };
        for attribute in loads
            .iter()
            .filter(|(element, _)| *element == &*name.local)
            .flat_map(|(_, attributes)| *attributes)
        {
            // A placeholder names the address in a link.
            let held = get("data-consent-hold").is_some() && *attribute == "srcdoc";
            if *attribute == "srcdoc" {
                let document = get(attribute).filter(|_| !held);
                found.extend(document.iter().flat_map(|document| live(document, scripts)));
            } else if let Some(value) = get(attribute)
                && leads_to_clarity(attribute, &value)
            {
                found.push(format!("{}[{attribute}={value}]", &*name.local));
            }
        }
        let text: String = node
            .children
            .borrow()
            .iter()
            .filter_map(|child| match &child.data {
                NodeData::Text { contents } => Some(contents.borrow().to_string()),
                _ => None,
            })
            .collect();
        // A script that its page never ends doesn't run.
        if script
            && !inert
            && get(if drawn { "href" } else { "src" }).is_none()
            && text.contains("clarity.ms/tag/")
            && ends(page, &text)
        {
            found.push(format!("script: {text}"));
        }
    });
    found
}

/// The tree without what holding changes.
pub(crate) fn dump(page: &str) -> String {
    let dom = parse(page, true);
    let mut lines = Vec::new();
    lines_of(&dom.document, 0, &mut lines);
    lines.join("\n")
}

fn lines_of(node: &Handle, depth: usize, lines: &mut Vec<String>) {
    let line = match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let loads = LOADS
                .iter()
                .chain(DRAWN)
                .any(|(element, _)| element.eq_ignore_ascii_case(&name.local));
            // Which attributes elements that load have is what the goldens are for.
            let attributes: Vec<_> = attrs
                .borrow()
                .iter()
                .filter(|_| !loads)
                .map(|attribute| format!(" {}={:?}", &*attribute.name.local, &*attribute.value))
                .collect();
            format!("{}{}", &*name.local, attributes.concat())
        }
        NodeData::Text { contents } => format!("{:?}", &**contents.borrow()),
        NodeData::Comment { contents } => format!("<!--{:?}", &**contents),
        NodeData::Doctype { name, .. } => format!("doctype {:?}", &**name),
        _ => "#".to_owned(),
    };
    let noscript =
        matches!(&node.data, NodeData::Element { name, .. } if &*name.local == "noscript");
    lines.push("  ".repeat(depth) + &line);
    if let NodeData::Element {
        template_contents, ..
    } = &node.data
        && let Some(contents) = template_contents.borrow().as_ref()
    {
        lines_of(contents, depth + 1, lines);
    }
    for child in node.children.borrow().iter().filter(|_| !noscript) {
        lines_of(child, depth + 1, lines);
    }
}

#[rustfmt::skip]
const NAMES: &[&str] = &[
    "script", "img", "source", "iframe", "embed", "object", "video", "audio", "track", "link", "image", "IMG", "ScRipt",
];
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "src", "srcset", "data", "href", "poster", "imagesrcset", "SRC", "rel=preload href", "alt='>' src", "type=module src",
    "type=x type=module src", "a=\"src=", "src=/own src", "defer/src",
];
#[rustfmt::skip]
const ADDRESSES: &[&str] = &[
    "https://www.clarity.ms/tag/x", "//clarity.ms/x", "\"https&colon;//clarity.ms/\"", "' //clarity.ms/ '", "/own.js",
    "https://example.com/x", "\"a.png 1x, https://clarity.ms/x 2x\"", "", "\"//clarity.ms/",
];
/// Without framesets: in them the parser ignores tags that are reported all the same (see the scanner's limits).
#[rustfmt::skip]
const WHOLE: &[&str] = &[
    "<script>'clarity.ms/tag/'</script>", "<script>own</script>", "<script><!--<script>'clarity.ms/tag/'</script>",
    "<noscript><img src=//clarity.ms/x></noscript>", "<noscript><!--</noscript>", "-->", "<noscript>", "</noscript>",
    "<svg>", "</svg>", "<svg><image href=//clarity.ms/x /></svg>", "<svg><script>'clarity.ms/tag/'</script></svg>",
    "<template>", "</template>", "<textarea>", "</textarea>", "<title>", "</title>", "<!--", "<p>", "</p>", "<table>", "<td>",
    "</table>", "<style>", "</style>", "</script>", "</iframe>", "<iframe>", "text", "<b>", "</b>", "<select>", "</select>",
    "<plaintext>", "<math>", "</math>", "<frame src=//clarity.ms/x>", "<noscript><style></noscript>",
];

fn page() -> impl Strategy<Value = String> {
    let tag = (
        prop::sample::select(NAMES),
        prop::collection::vec(
            (
                prop::sample::select(ATTRIBUTES),
                prop::sample::select(ADDRESSES),
            ),
            0..3,
        ),
        prop::sample::select(&[">", "/>", " >", ""][..]),
    )
        .prop_map(|(name, attributes, end)| {
            let mut tag = format!("<{name}");
            for (attribute, address) in attributes {
                tag.extend([" ", attribute, "=", address]);
            }
            tag + end
        });
    let part = prop_oneof![tag, prop::sample::select(WHOLE).prop_map(str::to_owned)];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// Withholds what none of these pages has.
pub(crate) static NOTHING: LazyLock<Plan> = LazyLock::new(|| {
    let mut site = site();
    for service in &mut site.services {
        service.hosts = vec!["nobody.example".into()];
        service.markers.clear();
    }
    plan(&site, &undecided(&site)).unwrap()
});

/// A page with nothing held in it: all that can differ is what in a drawing means different things to different readings.
pub(crate) fn settled(page: &str) -> String {
    let out = String::from_utf8(edit_pieces(&NOTHING, None, [page.as_bytes()])).unwrap();
    let lower = page.to_ascii_lowercase();
    let may = ["<svg", "<math", "<noscript", "<frameset"]
        .iter()
        .any(|tag| lower.contains(tag))
        || (lower.contains("<template") && lower.contains("<col"));
    assert!(out == page || may, "{page:?} -> {out:?}");
    out
}

pub(crate) fn held(page: &str) -> String {
    String::from_utf8(edit_pieces(&PLAN, None, [page.as_bytes()])).unwrap()
}

proptest! {
    #![proptest_config(crate::html::config())]

    #[test]
    fn nothing_live_is_let_through(page in page()) {
        let out = held(&page);
        for scripts in [true, false] {
            let live = live(&out, scripts);
            prop_assert!(live.is_empty(), "{:?} with scripts {} in {:?}, from {:?}", live, scripts, out, page);
        }
    }

    #[test]
    fn nothing_else_changes(page in page()) {
        prop_assert_eq!(dump(&held(&page)), dump(&settled(&page)), "{:?}", page);
    }
}
