//! The way of a post: from its head to the origin, or to a refusal.

use super::site;
use crate::kit::{Ask, MOMENT, NOW, site as shipped};
use edge_consent::app::{Guard, Next, Passed, Reply, Step};
use edge_consent::form::{Mistake, Refusal};
use edge_consent::origin::Changes;
use edge_consent::record::Write;
use edge_consent::visit::{Incoming, Method};

const GOOD: &str = "{\"success\":true,\"challenge_ts\":\"2026-11-22T10:00:00Z\",\"hostname\":\"forms.test\",\"action\":\"contact\"}";

fn post(path: &str, body: &str) -> Ask {
    Ask::form(path, body)
        .at("forms.test")
        .with("accept", "text/html")
}

fn begin(ask: &Ask) -> (Guard<'static>, Option<Refusal>) {
    match ask.begin(site()) {
        Next::Form(guard, refusal) => (*guard, refusal),
        other => panic!("{ask:?} is not guarded: {other:?}"),
    }
}

/// A guard whose head and body are well.
fn read(ask: &Ask) -> Guard<'static> {
    let (mut guard, refusal) = begin(ask);
    assert_eq!(refusal, None, "{ask:?}");
    if guard.reads() {
        guard.read(&ask.body, true).unwrap();
    }
    guard
}

fn pass(ask: &Ask, guard: Guard<'static>, verified: bool) -> (Changes, Vec<Write>) {
    let incoming = Incoming {
        method: ask.method,
        host: ask.host.clone(),
        path: ask.path.clone(),
        search: ask.search.clone(),
        country: None,
        headers: &ask.headers,
    };
    let Passed { errand, writes } = guard.pass(&incoming, verified, MOMENT);
    (errand.request, writes)
}

fn last<'a>(changes: &'a Changes, name: &str) -> Option<&'a Option<String>> {
    let mut found = changes.iter().filter(|(own, _)| *own == name);
    found.next_back().map(|(_, value)| value)
}

#[test]
fn what_is_guarded_is_guarded_whatever_it_is_called() {
    for (method, path, guarded) in [
        ("POST", "/contact", true),
        ("POST", "/Contact/", true),
        ("POST", "/contact?x=/y", true),
        ("POST", "/join/7/again", true),
        ("PUT", "/join", true),
        ("PUT", "/contact", false),
        ("GET", "/contact", false),
        ("POST", "/contacts", false),
    ] {
        let ask = Ask::new(method, path).at("forms.test");
        assert_eq!(
            matches!(ask.begin(site()), Next::Form(..)),
            guarded,
            "{method} {path}"
        );
    }
    // Ours stays ours, and Cloudflare's is nobody's.
    assert!(matches!(
        post("/_privacy/choice", "").begin(site()),
        Next::Body(_)
    ));
    assert!(matches!(
        post("/cdn-cgi/contact", "").begin(site()),
        Next::Untouched
    ));
}

#[test]
fn nobody_but_us_says_what_became_of_a_form() {
    for site in [site(), shipped("musicmuse")] {
        for method in ["GET", "POST", "PUT"] {
            for name in ["x-turnstile", "x-consent-receipt"] {
                let ask = Ask::new(method, "/elsewhere").with(name, "forged");
                let changes = ask.errand(site).request;
                assert!(changes.contains(&(name, None)), "{} {method}", site.id);
            }
        }
    }
    let ask = post("/contact", "cf-turnstile-response=T").with("x-turnstile", "verified");
    let (changes, _) = pass(&ask, read(&ask), false);
    assert_eq!(last(&changes, "x-turnstile"), Some(&None));
    let (changes, _) = pass(&ask, read(&ask), true);
    assert_eq!(
        last(&changes, "x-turnstile"),
        Some(&Some("verified".into()))
    );
}

#[test]
fn what_no_token_needs_is_refused_at_once() {
    let head = |ask: Ask| begin(&ask).1;
    let large = |kind: &str| {
        Ask::new("POST", "/contact")
            .with("content-type", kind)
            .with("content-length", "52428800")
    };
    assert_eq!(head(post("/contact", "")), None);
    assert_eq!(
        head(post("/contact", "").with("sec-fetch-site", "cross-site")),
        Some(Refusal::CrossSite)
    );
    assert_eq!(
        head(post("/contact", "").with("origin", "https://evil.test")),
        Some(Refusal::CrossSite)
    );
    assert_eq!(
        head(
            post("/contact", "")
                .with("sec-fetch-site", "cross-site")
                .with("origin", "https://www.forms.test")
        ),
        None
    );
    assert_eq!(
        head(Ask::new("POST", "/contact").with("content-type", "text/plain")),
        Some(Refusal::MediaType)
    );
    assert_eq!(head(large("application/json")), Some(Refusal::TooLarge));
    assert_eq!(head(large("multipart/form-data; boundary=x")), None);
    assert_eq!(
        head(large("text/plain").with("cf-turnstile-response", "T")),
        None
    );
    assert_eq!(
        head(large("text/plain").with("cf-turnstile-response", "T, T")),
        Some(Refusal::Repeated)
    );
}

#[test]
fn a_body_is_read_only_where_it_has_to_be() {
    let (guard, _) = begin(&post("/contact", "a=1").with("cf-turnstile-response", "T"));
    assert!(!guard.reads());
    // It may hold a consent.
    let (guard, _) = begin(&post("/join", "a=1").with("cf-turnstile-response", "T"));
    assert!(guard.reads());
}

#[test]
fn a_beginning_without_a_token_is_too_large() {
    for (kind, refusal) in [
        ("multipart/form-data; boundary=x", Refusal::TooLarge),
        ("application/x-www-form-urlencoded", Refusal::TooLarge),
    ] {
        let ask = Ask::new("POST", "/upload").with("content-type", kind);
        let (mut guard, _) = begin(&ask);
        assert_eq!(
            guard.read(b"a=1&cf-turnstile-response=T", false),
            Err(refusal),
            "{kind}"
        );
    }
    let (mut guard, _) = begin(&post("/contact", ""));
    assert_eq!(guard.read(b"a=1", true), Err(Refusal::Missing));
}

#[test]
fn the_owners_secret_is_looked_at_first() {
    let test = format!("1x{}AA", "0".repeat(31));
    for (host, secret, outcome) in [
        ("forms.test", None, Some(Mistake::NoSecret)),
        ("forms.test", Some(" "), Some(Mistake::NoSecret)),
        ("forms.test", Some(test.as_str()), Some(Mistake::TestSecret)),
        ("forms.localhost:8787", Some(test.as_str()), None),
        ("forms.test", Some("0x4AAA"), None),
    ] {
        let mut guard = read(&post("/contact", "cf-turnstile-response=T").at(host));
        let asked = guard.ask(secret, "key").map(|_| ());
        let outcome = outcome.map_or(Ok(()), |mistake| Err(Refusal::Misconfigured(mistake)));
        assert_eq!(asked, outcome, "{host} {secret:?}");
    }
}

#[test]
fn the_visitors_address_is_told_only_where_the_site_says_so() {
    for (path, told) in [("/contact", false), ("/join", true)] {
        let ask = post(path, "cf-turnstile-response=T").with("cf-connecting-ip", "192.0.2.7");
        let question = read(&ask).ask(Some("s"), "key").unwrap();
        assert_eq!(question.contains("192.0.2.7"), told, "{question}");
    }
}

#[test]
fn it_is_asked_twice_at_most() {
    let internal = "{\"success\":false,\"error-codes\":[\"internal-error\"]}";
    let body = "cf-turnstile-response=T";
    for (answers, step) in [
        (vec![Some((200, GOOD))], Step::Pass { verified: true }),
        (vec![None, Some((200, GOOD))], Step::Pass { verified: true }),
        (
            vec![Some((500, "")), Some((200, GOOD))],
            Step::Pass { verified: true },
        ),
        (
            vec![Some((200, internal)), Some((200, GOOD))],
            Step::Pass { verified: true },
        ),
        (vec![None, None], Step::Refuse(Refusal::Unreachable)),
    ] {
        let mut guard = read(&post("/contact", body));
        guard.ask(Some("s"), "key").unwrap();
        let mut steps = answers
            .iter()
            .map(|answer| guard.hear(*answer, NOW))
            .collect::<Vec<_>>();
        assert_eq!(steps.pop(), Some(step), "{answers:?}");
        assert!(steps.iter().all(|step| *step == Step::Again));
    }
    // By the site's choice, without our word; but a no stays a no.
    let mut open = read(&post("/join", body));
    open.ask(Some("s"), "key").unwrap();
    assert_eq!(open.hear(None, NOW), Step::Again);
    let passed = open.hear(None, NOW);
    assert_eq!(passed, Step::Pass { verified: false });
    let (fault, detail) = open.report(passed).unwrap();
    assert_eq!(fault, "turnstile-unreachable");
    assert!(detail.starts_with("forms /join: "), "{detail}");
    let no = "{\"success\":false,\"error-codes\":[\"invalid-input-response\"]}";
    assert_eq!(
        open.hear(Some((200, no)), NOW),
        Step::Refuse(Refusal::Rejected)
    );
    assert_eq!(open.report(Step::Refuse(Refusal::Rejected)), None);
}

#[test]
fn the_token_stays_or_goes_as_the_site_says() {
    let body = "a=1&cf-turnstile-response=T&b=2";
    assert_eq!(read(&post("/contact", body)).cut, 0..0);
    let ask = post("/join", body).with("cf-turnstile-response", "T");
    let (changes, _) = pass(&ask, read(&ask), true);
    assert_eq!(last(&changes, "cf-turnstile-response"), Some(&None));
    let cut = read(&post("/join", body)).cut;
    assert_eq!(&body[cut], "cf-turnstile-response=T&");
}

#[test]
fn a_consent_is_kept_without_the_form() {
    let body = "mail=a%40b.test&newsletter=on&terms=false&cf-turnstile-response=T";
    let ask = post("/join", body).with("accept-language", "de");
    let (changes, writes) = pass(&ask, read(&ask), true);
    let [write] = writes.as_slice() else {
        panic!("{writes:?}");
    };
    let record: serde_json::Value = serde_json::from_str(&write.value).unwrap();
    let id = record["id"].as_str().unwrap();
    assert_eq!(write.key, format!("form:forms:2026-11-22:{id}"));
    assert_eq!(
        last(&changes, "x-consent-receipt"),
        Some(&Some(format!("newsletter={id}")))
    );
    assert_eq!(record["text"], "Ja, senden Sie mir den Newsletter.");
    assert_eq!(record["field"], "newsletter");
    assert_eq!(record["form"], "/join");
    assert_eq!(record["at"], "2026-11-22T10:00:00Z");
    assert!(!write.value.contains("b.test"), "{}", write.value);
    // Its id is its digest: nobody can change it, and keep the id.
    let again = write.value.replace(id, &id[..10]);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(again.as_bytes());
    let number = digest[..10]
        .iter()
        .fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
    assert_eq!(ulid::Ulid::from_parts(MOMENT.now, number).to_string(), id);
    // Without a yes there is nothing to keep, and a receipt that the client made up goes.
    for body in [
        "cf-turnstile-response=T",
        "newsletter=&terms=0&cf-turnstile-response=T",
    ] {
        let ask = post("/join", body).with("x-consent-receipt", "newsletter=X");
        let (changes, writes) = pass(&ask, read(&ask), true);
        assert_eq!(writes, []);
        assert_eq!(last(&changes, "x-consent-receipt"), Some(&None));
    }
    let json = "{\"newsletter\":true,\"terms\":\"yes\",\"cf-turnstile-response\":\"T\"}";
    let ask = Ask::json("/join", json).at("forms.test");
    let (_, writes) = pass(&ask, read(&ask), true);
    assert_eq!(writes.len(), 2);
    assert_ne!(writes[0].key, writes[1].key);
}

fn refused(ask: &Ask, refusal: Refusal) -> Reply {
    let (guard, _) = begin(ask);
    guard.refuse(refusal, Some((&ask.body, true)))
}

#[test]
fn a_program_gets_a_problem_and_a_person_a_page() {
    let body = "a=1";
    for (accept, kind) in [
        (
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "text/html; charset=utf-8",
        ),
        ("application/json", "application/problem+json"),
        ("*/*", "application/problem+json"),
        (
            "application/json, text/html;q=0.5",
            "application/problem+json",
        ),
    ] {
        let ask = Ask::form("/contact", body).with("accept", accept);
        let reply = refused(&ask, Refusal::Used);
        assert_eq!(reply.status, 409);
        assert_eq!(reply.header("content-type"), Some(kind), "{accept}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    let ask = post("/contact", body);
    assert_eq!(
        refused(&ask, Refusal::Unreachable).header("retry-after"),
        Some("30")
    );
    assert_eq!(refused(&ask, Refusal::Rejected).header("retry-after"), None);
}

#[test]
fn a_page_keeps_what_may_be_kept() {
    let body = "name=%22%3Cb%3E&text=a%0D%0Ab&password=hunter2&cf-turnstile-response=TOKEN";
    let page = refused(&post("/contact?to=us&x=%22", body), Refusal::Rejected).body;
    for part in [
        "action=\"/contact?to=us&amp;x=%22\"",
        "<input type=\"hidden\" name=\"name\" value=\"&quot;&lt;b&gt;\">",
        "<input type=\"hidden\" name=\"text\" value=\"a\r\nb\">",
        "type=\"password\" name=\"password\" autocomplete=\"off\">",
        "data-sitekey=\"0x4AAAAAAAtestsOnlyXXXXXX\" data-action=\"contact\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    for never in ["hunter2", "TOKEN"] {
        assert!(!page.contains(never), "{never}");
    }
    // What comes from elsewhere is not shown at all.
    let foreign = refused(&post("/contact", body), Refusal::CrossSite).body;
    assert!(!foreign.contains("<form") && !foreign.contains("a\r\nb"));
}

#[test]
fn methods_have_names() {
    for name in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        assert_eq!(Method::read(name).name(), name);
    }
    assert_eq!(Method::read("post").name(), "");
}
