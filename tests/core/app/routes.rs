//! Whose address is it, and by which method?

use crate::kit::{Ask, SITES, site};
use edge_consent::app::Next;

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get",
];

/// Status of a GET, and of a well-formed POST; `None` where that method is wrong.
const OURS: [(&str, Option<u16>, Option<u16>); 11] = [
    ("/cookie-policy", Some(200), None),
    ("/cookie-policy?lang=xx&a", Some(200), None),
    ("/_privacy/", Some(200), None),
    ("/_privacy", Some(308), None),
    ("/_privacy/state", Some(200), None),
    ("/_privacy/policy.json", Some(200), None),
    ("/_privacy/receipts", Some(200), None),
    ("/_privacy/consent.js", Some(200), None),
    ("/.well-known/gpc.json", Some(200), None),
    ("/_privacy/choice", None, Some(303)),
    ("/_privacy/reset", None, Some(303)),
];

const ORIGINS: [&str; 14] = [
    "/",
    "/cookie-policy/",
    "/Cookie-Policy",
    "/cookie-policyx",
    "/_privacyx",
    "/_privacy/x",
    "/_privacy/state/",
    "/_privacy//state",
    "/_PRIVACY/state",
    "/x/_privacy/state",
    "/.well-known/gpc.json/",
    "/.well-known/other",
    "/cdn-cgi",
    "/?/_privacy/state",
];

#[test]
fn each_of_our_addresses_answers_to_its_methods_and_names_them_to_others() {
    for id in SITES {
        let site = site(id);
        for (address, get, post) in OURS {
            for method in METHODS {
                let expected = match method {
                    "GET" | "HEAD" => get,
                    "POST" => post,
                    _ => None,
                };
                let ask = Ask::new(method, address)
                    .with("content-type", "application/x-www-form-urlencoded")
                    .body("decision=reject");
                let reply = ask.reply(site);
                if let Some(status) = expected {
                    assert_eq!(reply.status, status, "{id}: {method} {address}");
                } else {
                    let allow = if get.is_some() { "GET, HEAD" } else { "POST" };
                    assert_eq!(reply.status, 405, "{id}: {method} {address}");
                    assert_eq!(reply.header("allow"), Some(allow), "{method} {address}");
                }
            }
        }
    }
}

#[test]
fn everything_else_is_the_origins_and_cloudflares_own_is_not_even_looked_at() {
    for id in SITES {
        let site = site(id);
        for (method, address) in METHODS
            .iter()
            .flat_map(|method| ORIGINS.map(|address| (method, address)))
        {
            let ask = Ask::new(method, address);
            assert!(
                matches!(ask.begin(site), Next::Origin(..)),
                "{method} {address}"
            );
        }
        for address in ["/cdn-cgi/", "/cdn-cgi/trace", "/cdn-cgi/../_privacy/state"] {
            let ask = Ask::get(address)
                .with("x-consent", "analytics=1")
                .with("cookie", "_ga=1");
            assert!(matches!(ask.begin(site), Next::Untouched), "{address}");
        }
    }
}

#[test]
fn a_site_that_says_otherwise_has_its_addresses_elsewhere() {
    let mut site = site("musictracker").clone();
    site.base = "/about/choices".to_owned();
    site.policy_path = "/legal/cookies".to_owned();
    assert_eq!(Ask::get("/legal/cookies").reply(&site).status, 200);
    assert_eq!(Ask::get("/about/choices/state").reply(&site).status, 200);
    assert_eq!(
        Ask::get("/about/choices").reply(&site).header("location"),
        Some("/about/choices/")
    );
    assert!(matches!(
        Ask::get("/cookie-policy").begin(&site),
        Next::Origin(..)
    ));
    assert!(matches!(
        Ask::get("/_privacy/state").begin(&site),
        Next::Origin(..)
    ));
    let page = Ask::get("/about/choices/").reply(&site).body;
    assert!(!page.contains("/_privacy") && !page.contains("/cookie-policy"));
}
