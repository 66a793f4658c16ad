//! What vendors are told, by what was granted: the words of `default`, in their order and case.

use super::{TRACED, ask, edited};
use crate::kit::made;
use edge_consent::{site::Site, visit::Made};

const PAGE: &str = "<title>Page</title><p>";

/// Google's, Clarity's and UET's words, and whether Google is asked to redact.
type Told = (Option<String>, Option<String>, Option<String>, bool);

fn told_in(out: &str) -> Told {
    let words = |call: &str| {
        let after = out.split_once(call)?.1;
        let json = after.split_once('}')?.0;
        assert!(!after.contains(call), "{call} twice");
        let short = json
            .replace("\"granted\"", "1")
            .replace("\"denied\"", "0")
            .replace(['"', '{'], "");
        Some(short)
    };
    (
        words("gtag(\"consent\",\"default\","),
        words("clarity(\"consentv2\","),
        words("uetq.push(\"consent\",\"default\","),
        out.contains("gtag(\"set\",\"ads_data_redaction\",true)"),
    )
}

fn told(site: &Site, made: &Made) -> Told {
    let ask = ask(site, &[]);
    let mut ask = ask;
    ask.headers.clear();
    told_in(&edited(site, &ask.chose(made), None, PAGE).0)
}

fn google(ads: u8, analytics: u8, functional: u8) -> String {
    format!(
        "ad_storage:{ads},ad_user_data:{ads},ad_personalization:{ads},analytics_storage:{analytics},functionality_storage:{functional},personalization_storage:{functional},security_storage:1"
    )
}

fn clarity(ads: u8, analytics: u8) -> String {
    format!("ad_Storage:{ads},analytics_Storage:{analytics}")
}

fn uet(ads: u8) -> String {
    format!("ad_storage:{ads}")
}

/// Somebody who has answered for a service against its category.
fn except(site: &Site, granted: &[&str], id: &str) -> Made {
    let mut made = made(site, granted);
    let service = site.services.iter().find(|own| own.id == id).unwrap();
    let below = site
        .services
        .iter()
        .filter(|own| own.category == service.category && own.id < service.id)
        .count();
    let categories = site.optional().position(|own| own.id == service.category);
    made.answers[categories.unwrap()].exceptions = vec![u16::try_from(below).unwrap()];
    made
}

/// The site with a service in another category.
fn moved(id: &str, category: &str) -> Site {
    let mut site = TRACED.clone();
    let service = site.services.iter_mut().find(|own| own.id == id).unwrap();
    category.clone_into(&mut service.category);
    site
}

/// The site with a category under another name, and all that is in it.
fn renamed(from: &str, to: &str) -> Site {
    let mut site = TRACED.clone();
    for category in &mut site.categories {
        if category.id == from {
            to.clone_into(&mut category.id);
        }
    }
    for service in &mut site.services {
        if service.category == from {
            to.clone_into(&mut service.category);
        }
    }
    site
}

#[test]
fn each_vendor_is_told_what_holds() {
    let site = &*TRACED;
    let all = ["functional", "analytics", "marketing"];
    for (made, expected) in [
        (made(site, &[]), (None, None, None, false)),
        (made(site, &["functional"]), (None, None, None, false)),
        (
            made(site, &["analytics"]),
            (Some(google(0, 1, 0)), Some(clarity(0, 1)), None, true),
        ),
        (
            made(site, &["marketing"]),
            (Some(google(1, 0, 0)), None, Some(uet(1)), false),
        ),
        (
            made(site, &["functional", "marketing"]),
            (Some(google(1, 0, 1)), None, Some(uet(1)), false),
        ),
        (
            made(site, &all),
            (
                Some(google(1, 1, 1)),
                Some(clarity(1, 1)),
                Some(uet(1)),
                false,
            ),
        ),
        // Answers for services alone.
        (
            except(site, &all, "google-analytics"),
            (
                Some(google(1, 0, 1)),
                Some(clarity(1, 1)),
                Some(uet(1)),
                false,
            ),
        ),
        (
            except(site, &[], "google-analytics"),
            (Some(google(0, 1, 0)), None, None, true),
        ),
        (
            except(site, &all, "google-ads"),
            (
                Some(google(0, 1, 1)),
                Some(clarity(1, 1)),
                Some(uet(1)),
                true,
            ),
        ),
        (
            except(site, &all, "microsoft-clarity"),
            (Some(google(1, 1, 1)), None, Some(uet(1)), false),
        ),
        (
            except(site, &all, "meta-pixel"),
            (
                Some(google(1, 1, 1)),
                Some(clarity(1, 1)),
                Some(uet(1)),
                false,
            ),
        ),
    ] {
        assert_eq!(told(site, &made), expected, "{made:?}");
    }
}

#[test]
fn a_service_that_the_site_has_elsewhere_takes_its_word_along_but_not_into_advertising() {
    let own = renamed("marketing", "ads");
    assert_eq!(told(&own, &made(&own, &["ads"])).0, Some(google(1, 0, 0)));
    assert_eq!(
        told(&own, &made(&own, &["analytics"])).0,
        Some(google(0, 1, 0))
    );

    let strict = moved("google-analytics", "marketing");
    let both = told(&strict, &made(&strict, &["marketing"]));
    assert_eq!(both.0, Some(google(1, 1, 0)));
    assert_eq!(
        told(&strict, &made(&strict, &["analytics"])),
        (None, Some(clarity(0, 1)), None, false)
    );

    // Since June 2026 `ad_storage` alone says what Analytics shares with Ads: who measures mustn't grant it.
    let lax = moved("google-tag-manager", "analytics");
    let measured = told(&lax, &made(&lax, &["analytics"]));
    assert_eq!(measured.0, Some(google(0, 1, 0)));
    assert!(measured.3);
}

#[test]
fn a_site_that_tells_google_itself_is_left_alone() {
    let mut site = TRACED.clone();
    for service in &mut site.services {
        service.announced = false;
    }
    let everything = made(&site, &["functional", "analytics", "marketing"]);
    assert_eq!(told(&site, &everything), (None, None, None, false));
}

#[test]
fn under_a_signal_nothing_is_put_in_and_nothing_told() {
    let site = &*TRACED;
    let ask = ask(site, &["functional", "analytics", "marketing"]).with("sec-gpc", "1");
    assert_eq!(edited(site, &ask, None, PAGE).0, PAGE);
}
