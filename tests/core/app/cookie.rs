//! The consent cookie and the removal of others, to the letter.

use crate::kit::{Ask, EARLIER, MOMENT, SITES, consent, id, made, set_cookies, site};
use edge_consent::app::Next;
use edge_consent::record::Write;
use edge_consent::site::{NECESSARY, Site};
use edge_consent::visit::{Answer, Made, encode, write};

const CHOICE: &str = "/_privacy/choice";

#[test]
fn the_cookie_is_set_to_the_letter() {
    let site = site("musictracker");
    let digest = crate::kit::digest(site, "analytics");
    let reply = Ask::form(CHOICE, "decision=accept").reply(site);
    assert_eq!(
        set_cookies(&reply),
        [format!(
            "cookie_consent=1~toweg0~~y{digest}~{}; SameSite=Lax; Secure; Path=/; Max-Age=15552000",
            id(&reply)
        )]
    );
    let reply = Ask::form(CHOICE, "decision=reject")
        .with("sec-gpc", "1")
        .with("dnt", "1")
        .reply(site);
    assert_eq!(
        set_cookies(&reply),
        [format!(
            "cookie_consent=1~toweg0~gd~n{digest}~; SameSite=Lax; Secure; Path=/; Max-Age=15552000"
        )]
    );
}

#[test]
fn a_site_says_how_long_and_how_far_it_reaches() {
    let mut site = site("musictracker").clone();
    site.consent.days = 400;
    site.consent.domain = Some("musictracker.io".to_owned());
    let cookie = write(&site, &made(&site, &[]));
    assert!(
        cookie
            .ends_with("; SameSite=Lax; Secure; Path=/; Domain=musictracker.io; Max-Age=34560000"),
        "{cookie}"
    );
    assert!(
        !cookie.to_ascii_lowercase().contains("httponly"),
        "the page's scripts read it"
    );
}

/// Every answer there is: each category yes or no, each set of its services different.
fn answers(site: &Site) -> Vec<Vec<Answer>> {
    let mut all: Vec<Vec<Answer>> = vec![Vec::new()];
    for category in site.optional() {
        let services = u16::try_from(site.services_in(&category.id).count()).unwrap();
        let mut next = Vec::new();
        for before in &all {
            for granted in [true, false] {
                for set in 0..(1u32 << services) {
                    let exceptions = (0..services).filter(|index| set & (1 << index) != 0);
                    let mut answers = before.clone();
                    answers.push(Answer {
                        digest: category.digest.clone(),
                        granted,
                        exceptions: exceptions.collect(),
                    });
                    next.push(answers);
                }
            }
        }
        all = next;
    }
    all
}

#[test]
fn no_choice_of_a_site_that_ships_takes_more_than_128_bytes() {
    let mut longest = 0;
    for id in SITES {
        for answers in answers(site(id)) {
            let made = Made {
                at: u64::from(u32::MAX),
                gpc: true,
                dnt: true,
                answers,
                receipt: Some(EARLIER.to_owned()),
            };
            longest = longest.max(format!("cookie_consent={}", encode(&made)).len());
        }
    }
    println!("longest consent cookie: {longest} bytes");
    assert!(longest <= 128, "{longest}");
}

#[test]
fn a_refusal_looks_like_every_other_refusal() {
    for id in SITES {
        let site = site(id);
        let cookie = |random: u128| {
            let ask = Ask::form(CHOICE, "decision=reject");
            let Next::Body(pending) = ask.begin(site) else {
                panic!()
            };
            let reply = pending.finish(
                Some(&ask.body),
                edge_consent::app::Moment { random, ..MOMENT },
            );
            (consent(&reply), reply.writes)
        };
        let (one, writes) = cookie(1);
        let (other, _) = cookie(2);
        assert_eq!(one, other, "{id}: nothing random");
        for Write { key, value, .. } in writes {
            let id = key.rsplit(':').next().unwrap();
            assert!(!one.clone().unwrap().contains(id), "{value}");
        }
    }
}

#[test]
fn cookies_that_are_no_longer_granted_are_removed_wherever_they_may_be() {
    let site = site("balanced-mastering");
    let carried = "auth-token=1; _ga=2; theme-mode=dark; _ga=3; unknown=4; _ga_ABC=5; _gid=6";
    let ask = |body: &str| {
        Ask::form(CHOICE, body)
            .with("cookie", carried)
            .at("www.balancedmastering.com:8443")
    };
    let gone = |reply: &edge_consent::app::Reply| -> Vec<String> {
        let removed = set_cookies(reply)
            .into_iter()
            .filter(|value| value.contains("Max-Age=0"));
        removed.map(str::to_owned).collect()
    };
    let expected = |names: &[&str]| -> Vec<String> {
        names
            .iter()
            .flat_map(|name| {
                let base = format!("{name}=; Path=/; Secure; SameSite=Lax; Max-Age=0");
                let places = [
                    base.clone(),
                    format!("{base}; Domain=www.balancedmastering.com"),
                    format!("{base}; Domain=balancedmastering.com"),
                ];
                places.map(|place| [place.clone(), format!("{place}; Partitioned")])
            })
            .flatten()
            .collect()
    };
    assert_eq!(gone(&ask("decision=accept").reply(site)), expected(&[]));
    assert_eq!(
        gone(&ask("decision=reject").reply(site)),
        expected(&["_ga", "_ga_ABC", "_gid", "theme-mode"])
    );
    assert_eq!(
        gone(&ask("decision=save&category=functional&service=-theme-mode").reply(site)),
        expected(&["_ga", "_ga_ABC", "_gid", "theme-mode"])
    );
    assert_eq!(
        gone(&ask("decision=save&category=analytics").reply(site)),
        expected(&["theme-mode"])
    );
}

#[test]
fn a_cookie_set_on_a_path_is_removed_from_it_too() {
    let mut site = site("balanced-mastering").clone();
    for cookie in &mut site.cookies {
        if cookie.name == "theme-mode" {
            cookie.paths = vec!["/app".to_owned()];
        }
    }
    let reply = Ask::form(CHOICE, "decision=reject")
        .with("cookie", "theme-mode=1")
        .at("localhost:8787")
        .reply(&site);
    assert_eq!(
        set_cookies(&reply)[1..],
        [
            "theme-mode=; Path=/; Secure; SameSite=Lax; Max-Age=0",
            "theme-mode=; Path=/; Secure; SameSite=Lax; Max-Age=0; Partitioned",
            "theme-mode=; Path=/app; Secure; SameSite=Lax; Max-Age=0",
            "theme-mode=; Path=/app; Secure; SameSite=Lax; Max-Age=0; Partitioned",
        ]
    );
    // Set on that path alone, it isn't among what comes to our addresses.
    let unseen = Ask::form(CHOICE, "decision=reject")
        .at("localhost:8787")
        .reply(&site);
    assert_eq!(
        set_cookies(&unseen)[1..],
        [
            "theme-mode=; Path=/app; Secure; SameSite=Lax; Max-Age=0",
            "theme-mode=; Path=/app; Secure; SameSite=Lax; Max-Age=0; Partitioned",
        ]
    );
    let granted = Ask::form(CHOICE, "decision=accept")
        .at("localhost:8787")
        .reply(&site);
    assert_eq!(set_cookies(&granted).len(), 1);
    let by_address = Ask::form(CHOICE, "decision=reject")
        .with("cookie", "theme-mode=1")
        .at("127.0.0.1:8787")
        .reply(&site);
    assert_eq!(
        set_cookies(&by_address).len(),
        5,
        "an address has no parents"
    );
}

#[test]
fn where_the_undeclared_is_blocked_it_goes_too() {
    let mut site = site("balanced-mastering").clone();
    let carried = "auth-token=1; legacy=2; cf_clearance=3; __cf_bm=4; n\u{e4}me=5; =6; x y=7";
    let gone = |site: &Site, body: &str| -> Vec<String> {
        let reply = Ask::form(CHOICE, body)
            .with("cookie", carried)
            .at("localhost")
            .reply(site);
        let names = set_cookies(&reply).into_iter().skip(1);
        let names = names.map(|value| value.split('=').next().unwrap_or_default().to_owned());
        let mut names: Vec<String> = names.collect();
        names.dedup();
        names
    };
    assert_eq!(gone(&site, "decision=reject"), [""; 0]);
    site.consent.undeclared = edge_consent::site::Undeclared::Block;
    // Nobody may let in what isn't declared, so that a yes doesn't keep it either.
    assert_eq!(gone(&site, "decision=reject"), ["legacy"]);
    assert_eq!(gone(&site, "decision=accept"), ["legacy"]);
}

#[test]
fn a_second_consent_cookie_is_cleared_away_by_the_next_answer() {
    let site = site("musictracker");
    let two = format!(
        "cookie_consent={}; cookie_consent=x",
        encode(&made(site, &["analytics"]))
    );
    let reply = Ask::form(CHOICE, "decision=accept")
        .with("cookie", &two)
        .at("www.musictracker.io")
        .reply(site);
    let cookies = set_cookies(&reply);
    assert_eq!(
        cookies[1..],
        [
            "cookie_consent=; Path=/; Secure; SameSite=Lax; Max-Age=0; Domain=www.musictracker.io",
            "cookie_consent=; Path=/; Secure; SameSite=Lax; Max-Age=0; Domain=musictracker.io",
        ]
    );
    assert!(consent(&reply).is_some());
}

#[test]
fn every_optional_cookie_that_is_declared_can_be_removed() {
    for id in SITES {
        let site = site(id);
        let optional = site.cookies.iter().filter(|own| {
            own.category != NECESSARY && own.storage == edge_consent::site::Storage::Cookie
        });
        for cookie in optional {
            for pattern in &cookie.patterns {
                let name = pattern.0.replace('*', "X1");
                let reply = Ask::form(CHOICE, "decision=reject")
                    .with("cookie", &format!("{name}=1"))
                    .reply(site);
                let start = format!("{name}=; ");
                assert!(
                    set_cookies(&reply)
                        .iter()
                        .any(|value| value.starts_with(&start)),
                    "{id}: {name}"
                );
            }
        }
    }
}
