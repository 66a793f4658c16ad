//! A rehearsal: everything is looked at, nothing is touched.

use super::{edit_pieces, hold, plan, site, undecided};
use crate::html::soup::soup;
use edge_consent::{
    html::Editor,
    origin::{
        Report, Seen,
        hold::{Hold, Plan},
    },
    site::{Enforce, Site, UnknownHosts},
};
use proptest::prelude::*;
use std::{fs, path::Path};

fn rehearsing() -> Site {
    let mut site = site();
    site.consent.enforce = Enforce::Report;
    site.consent.markup = true;
    site.consent.unknown_hosts = UnknownHosts::Hold;
    site
}

fn watched(plan: &Plan, page: &[u8]) -> (Report, Seen) {
    let mut editor = Editor::with(None, Some(Hold::new(plan.clone())));
    let mut out = Vec::new();
    editor.push(page, &mut out);
    editor.end(&mut out);
    let (mut report, mut seen) = (Report::default(), Seen::default());
    let hold = editor.sink().unwrap();
    hold.report(&mut report);
    hold.seen(&mut seen);
    (report, seen)
}

#[test]
fn every_kind_of_tag_passes_by_the_byte() {
    let site = rehearsing();
    let rehearsal = plan(&site, &undecided(&site)).unwrap();
    assert!(!rehearsal.withholds());
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/hold/cases");
    let mut reported = 0;
    for case in fs::read_dir(&cases).unwrap() {
        let case = case.unwrap().path();
        let page = fs::read_to_string(case.join("origin.html")).unwrap();
        assert_eq!(hold(&rehearsal, &page), page, "{}", case.display());
        let (report, _) = watched(&rehearsal, page.as_bytes());
        reported += usize::from(report.line().is_some());
    }
    assert!(reported > 8, "{reported} of them would have been held");
}

#[test]
fn what_would_have_been_held_is_named_and_nothing_else_of_it() {
    let site = rehearsing();
    let plan = plan(&site, &undecided(&site)).unwrap();
    let page = "<base href=/deep/><script async src=\"https://www.clarity.ms/tag/secret?user=jane\"></script>\
        <script>(function(){ new YT.Player('x') })()</script>\
        <script src=https://cdn.example/jane/app.js></script><script src=app.js></script>\
        <img src=https://www.clarity.ms/pixel.gif><img src=//d111111abcdef8.pics.example/jane.jpg>\
        <noscript><iframe src=https://i.ytimg.com/x></iframe></noscript>\
        <script type=text/plain data-category=functional>x</script>\
        <iframe srcdoc=\"&lt;img src=//c.bing.com/c.gif>&lt;img src=//other.example/>\"></iframe>\
        <a href=https://elsewhere.example/>x</a>";
    let (report, seen) = watched(&plan, page.as_bytes());
    let line = report.line().unwrap();
    let expected = "{\"level\":\"\",\"rehearsal\":\"\",\"services\":[\"microsoft-clarity\",\"youtube\"],\"categories\":[\"functional\"],\
        \"hosts\":[\"www.clarity.ms\",\"cdn.example\",\"i.ytimg.com\",\"c.bing.com\"],\"cookies\":[]}";
    assert_eq!(line, expected);
    assert_eq!(
        seen.hosts,
        ["cdn.example", "*.pics.example", "other.example"]
    );
}

#[test]
fn a_page_with_nothing_to_withhold_gives_no_line() {
    let site = rehearsing();
    let plan = plan(&site, &undecided(&site)).unwrap();
    let (report, seen) = watched(&plan, b"<p>x<img src=/a.png><script src=/a.js></script>");
    assert_eq!(report.line(), None);
    assert!(seen.is_empty());
}

#[test]
fn undeclared_hosts_are_noted_in_earnest_too_and_not_where_the_owner_does_not_want_it() {
    let site = site();
    let page = b"<img src=//pics.example/a.png><script src=https://www.clarity.ms/tag/x></script>";
    let (report, seen) = watched(&plan(&site, &undecided(&site)).unwrap(), page);
    assert_eq!(seen.hosts, ["pics.example"]);
    assert_eq!(report.hosts, [""; 0], "no rehearsal, nothing to report");
    let mut site = site.clone();
    site.records.gaps = 0;
    let (_, seen) = watched(&plan(&site, &undecided(&site)).unwrap(), page);
    assert!(seen.is_empty());
}

proptest! {
    #![proptest_config(crate::html::config())]

    #[test]
    fn any_page_passes_by_the_byte(parts in prop::collection::vec(prop_oneof![soup(), super::chunks::tagged_soup()], 0..4)) {
        let site = rehearsing();
        let plan = plan(&site, &undecided(&site)).unwrap();
        let page = parts.concat();
        let out = edit_pieces(&plan, None, page.as_bytes().chunks(7));
        prop_assert_eq!(out, page.as_bytes());
    }
}
