//! What a page's `ETag` is made from has to be all that the page is: whoever sends one along is told that nothing has
//! changed, and goes on with the page that he has kept.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::{
    added::site,
    kit::{Ask, DAY, NOW, edited, made},
};
use edge_consent::{
    origin::Head,
    site::Site,
    visit::{COOKIE, SEEN, encode},
};
use std::collections::BTreeMap;

/// Where the site with forms shows them.
const PAGE: &str = "/join?x=1";

/// Something of everything that is held, told, or put in.
fn page(site: &Site) -> String {
    let mut page = "<!doctype html><html><head><title>x</title></head><body>".to_owned();
    for host in site.services.iter().flat_map(|service| &service.hosts) {
        let host = host.trim_start_matches('*').trim_start_matches('.');
        page.extend(["<script src=\"https://", host, "/x\"></script>"]);
        page.extend(["<iframe src=\"https://", host, "/x\"></iframe>"]);
    }
    for path in site.forms.iter().filter_map(|form| form.paths.first()) {
        page.extend([
            "<form method=post action=\"",
            path,
            "\"><div id=captcha></div><button>Go</button></form>",
        ]);
    }
    page + "<script src=https://unknown.example/x></script></body></html>"
}

/// All kinds of visitors.
fn visitors(site: &Site) -> Vec<Ask> {
    let ids: Vec<&str> = site
        .optional()
        .map(|category| category.id.as_str())
        .collect();
    let mut choices = Vec::new();
    for set in 0..1_u32 << ids.len() {
        let granted = ids.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
        choices.push(made(site, &granted.map(|(_, id)| *id).collect::<Vec<_>>()));
    }
    let mut more = Vec::new();
    for choice in &choices {
        // One category has changed since; and who answered at another time reads so.
        for (at, days) in [(0, 1), (0, 2), (1, 1)] {
            let mut stale = choice.clone();
            stale.at = NOW - days * DAY;
            if let Some(answer) = stale.answers.get_mut(at) {
                "00000000".clone_into(&mut answer.digest);
            }
            more.push(stale);
        }
        // Before the last changes, of which he is told.
        let mut early = choice.clone();
        early.at = NOW - 100 * DAY;
        more.push(early);
        // One service apart from its category.
        for (at, id) in ids.iter().enumerate() {
            for place in 0..u16::try_from(site.services_in(id).count()).unwrap() {
                let mut apart = choice.clone();
                if let Some(answer) = apart.answers.get_mut(at) {
                    answer.exceptions.push(place);
                }
                more.push(apart);
            }
        }
    }
    choices.extend(more);
    let nobody = Ask::get(PAGE);
    let asks = [
        nobody.clone(),
        nobody.clone().with("cookie", "cookie_consent=x"),
    ];
    // Who was told of some changes is told of the others.
    let told = site.changes.iter().flat_map(|change| {
        choices.iter().map(|choice| {
            let cookies = format!("{COOKIE}={}; {SEEN}={}", encode(choice), change.date);
            Ask::get(PAGE).with("cookie", &cookies)
        })
    });
    let asks = asks
        .into_iter()
        .chain(choices.iter().map(|choice| nobody.clone().chose(choice)))
        .chain(told);
    asks.flat_map(|ask| {
        [
            ask.clone(),
            ask.clone().with("sec-gpc", "1"),
            ask.with("dnt", "1"),
        ]
    })
    .flat_map(|ask| [ask.clone(), ask.with("accept-language", "de")])
    .flat_map(|ask| {
        let part = |dest| ask.clone().with("sec-fetch-dest", dest);
        let page = "https://site.example/a";
        [
            part("document"),
            part("iframe"),
            part("empty"),
            part("object"),
            part("iframe").with("referer", page),
        ]
    })
    .collect()
}

#[test]
fn pages_that_differ_have_other_tags() {
    for id in [
        "trackncloak",
        "musictracker",
        "changed",
        "closed",
        "forms",
        "guarded",
        "rehearsal",
        "strict",
        "tagged",
    ] {
        let mut site = site(id).clone();
        site.changes
            .iter_mut()
            .for_each(|change| change.matters = true);
        let page = page(&site);
        let mut known = BTreeMap::new();
        let mut pages = 0;
        for ask in visitors(&site) {
            let errand = ask.errand(&site);
            let headers = [("content-type", "text/html"), ("etag", "\"a\"")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
            let answer = errand.answer(&Head {
                status: 200,
                headers: &headers,
                set_cookies: &Vec::new,
            });
            if answer.edit.is_none() {
                continue;
            }
            let header = |name| {
                answer
                    .headers
                    .iter()
                    .find(|(own, _)| *own == name)
                    .and_then(|(_, value)| value.clone())
            };
            let sent = (
                edited(&answer, &page, usize::MAX),
                header("content-security-policy"),
            );
            pages += 1;
            let before = known
                .entry(header("etag").unwrap())
                .or_insert_with(|| (sent.clone(), ask.clone()));
            assert_eq!(before.0, sent, "{id}: {ask:?}\nas for {:?}", before.1);
        }
        assert!(
            pages > 10 && known.len() > 3,
            "{id}: {pages} pages, {} tags",
            known.len()
        );
    }
}
