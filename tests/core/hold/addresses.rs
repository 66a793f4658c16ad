//! Addresses written in every way that browsers read.

use super::{granting, hold, plan, site, undecided};

#[test]
fn every_way_to_write_a_withheld_address_is_seen() {
    let site = site();
    let plan = plan(&site, &undecided(&site)).unwrap();
    for address in [
        "https://www.clarity.ms/tag/x",
        "http://clarity.ms",
        "//clarity.ms/",
        " \u{1}\t//clarity.ms \n",
        "ht\ntps://cla\trity.ms/",
        "HTTPS:clarity.ms/x",
        "https:/clarity.ms/x",
        "https:\\\\clarity.ms\\x",
        "/\\clarity.ms/x",
        "\\/clarity.ms/x",
        "///clarity.ms/x",
        "https:////clarity.ms/x",
        "https://user:pass@clarity.ms/",
        "https://example.com@clarity.ms/",
        "https://a@b@clarity.ms/",
        "https://clarity.ms:443/",
        "https://clarity.ms:/",
        "https://CLARITY.MS./x",
        "https://%63larity.ms/",
        "https://cla%52ity%2Ems/",
        "https://\u{ff43}larity.ms/",
        "https://clarity\u{3002}ms/",
        "https://clari\u{ad}ty.ms/",
        "https://clarity.ms?x",
        "https://clarity.ms#x",
        "https&colon;//clarity.ms/",
        "&#104;ttps:&sol;&#x2f;clarity&period;ms",
        "wss://clarity.ms/",
        "https://www.googletagmanager.com/gtag/js?id=1",
        "https://www.googletagmanager.com/x/../gtag/js",
        "https://www.googletagmanager.com/./gtag/js",
        "https://www.googletagmanager.com/x/%2e%2E/gtag/js",
        "https://www.googletagmanager.com\\gtag\\js",
        "https://www.googletagmanager.com/%67tag/js",
        "https://www.youtube.com/free/../embed",
        "https://www.youtube.com/freedom",
        "https://shared.example/js?id=HELD-1",
        "https://shared.example/js?x&id=%48ELD-1#y",
    ] {
        let page = format!("<img src=\"{address}\">");
        let out = hold(&plan, &page);
        assert!(out.contains("data-consent-src"), "{address:?}: {out}");
    }
}

#[test]
fn other_addresses_pass() {
    let site = site();
    let plan = plan(&site, &undecided(&site)).unwrap();
    for address in [
        "",
        "x.png",
        "/clarity.ms/x",
        "clarity.ms/x",
        "https://notclarity.ms/",
        "https://clarity.ms.example/",
        "https://clarity.ms@example.com/",
        "https://example.com/?https://clarity.ms/",
        "https://example.com/#//clarity.ms/",
        "data:image/gif;base64,//clarity.ms/",
        "data://clarity.ms/",
        "about:blank",
        "https://www.googletagmanager.com/gtm.js",
        "https://www.googletagmanager.com/gtag",
        "https://www.googletagmanager.com/gtag/../gtm.js",
        "https://www.youtube.com/free/thing",
        "https://www.youtube.com/x/../free/thing",
        "https://shared.example/js?id=FREE-1",
        "https://shared.example/js#?id=HELD-1",
        "https://",
        "https:",
        "//",
        ":",
        "%",
    ] {
        let page = format!("<img src=\"{address}\"><script src=\"{address}\"></script>");
        assert_eq!(hold(&plan, &page), page, "{address:?}");
    }
}

/// Google tells its products apart by a parameter only: `gtag/js?id=AW-…`.
#[test]
fn a_parameter_tells_services_apart() {
    let mut site = site();
    let youtube = site.services.iter_mut().find(|own| own.id == "youtube");
    let ads = "www.googletagmanager.com/gtag/js?id=AW-".to_owned();
    youtube.unwrap().hosts.push(ads);
    let cases = [
        ("G-1", "functional", true),
        ("G-1", "analytics", false),
        ("AW-1", "functional", false),
        ("AW-1", "analytics", true),
        ("A%57-1#G-1", "analytics", true),
        ("G-1&id=AW-1", "analytics", true),
        ("G-1#&id=AW-1", "analytics", false),
    ];
    for (id, category, held) in cases {
        let plan = plan(&site, &granting(&site, category)).unwrap();
        let page = format!("<img src=\"//www.googletagmanager.com/gtag/js?id={id}\">");
        let out = hold(&plan, &page);
        assert_eq!(
            out.contains("data-consent-src"),
            held,
            "{id} {category}: {out}"
        );
    }
}
