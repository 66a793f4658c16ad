//! What two policies promise: a new category or tracker is asked about, and about nothing else.

use super::fixture::Fixture;
use crate::kit::{Ask, consent, made, site};
use edge_consent::page::{View, banner};
use edge_consent::site::Site;
use edge_consent::visit::decode;

/// The banner that a request would be answered with.
fn banner(site: &Site, ask: &Ask) -> String {
    let decision = ask.decision(site);
    let view = View {
        site,
        decision: &decision,
        language: "en",
        return_to: "/",
    };
    banner::markup(&view)
}

fn told(site: &Site, ask: &Ask) -> Option<String> {
    let errand = ask.errand(site);
    let header = errand.request.iter().find(|(name, _)| *name == "x-consent");
    header.and_then(|(_, value)| value.clone())
}

/// "If we introduce new categories of cookies (such as analytics or advertising cookies), we will provide prominent notice
/// and, where required, obtain your consent."
#[test]
fn music_muse_asks_as_soon_as_it_has_something_to_ask() {
    let ask = Ask::get("/");
    assert!(!ask.decision(site("musicmuse")).asks());
    let fixture = Fixture::of_shipped("again-muse", "musicmuse");
    let file = "sites/musicmuse/site.toml";
    let text = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    fixture.write(
        file,
        &format!(
            "{text}\n[[categories]]\nid = \"analytics\"\n\n[[services]]\nuse = \"microsoft-clarity\"\n"
        ),
    );
    fixture.edit(
        "sites/musicmuse/cookie-policy.md",
        "{{signals}}",
        "{{signals}}\n\n{{cookies analytics}}\n\n{{choice}}\n\n{{records}}",
    );
    let changed = fixture.site();
    let decision = ask.decision(&changed);
    assert!(decision.asks() && !decision.grants(&changed, "analytics"));
    assert_eq!(told(&changed, &ask).as_deref(), Some("analytics=0"));
    assert!(banner(&changed, &ask).contains("Microsoft Clarity"));
    // What the new category would set is held back until then.
    let sent = ask.with("cookie", "mm_session=1; _clck=2");
    let errand = sent.errand(&changed);
    let cookie = errand.request.iter().find(|(name, _)| *name == "cookie");
    assert_eq!(
        cookie.unwrap().1.as_deref().map(str::trim),
        Some("mm_session=1")
    );
}

/// "New cookie types will be added to this policy"; "Prompt: Ask before setting each cookie".
#[test]
fn balanced_mastering_asks_again_about_the_category_with_a_new_tracker_alone() {
    let shipped = site("balanced-mastering");
    let mut before = made(shipped, &["functional", "analytics"]);
    before.answers[0].exceptions = vec![0];
    let ask = Ask::get("/").chose(&before);
    assert!(!ask.decision(shipped).asks());

    let fixture = Fixture::of_shipped("again-mastering", "balanced-mastering");
    let file = "sites/balanced-mastering/site.toml";
    let text = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    fixture.write(
        file,
        &format!("{text}\n[[services]]\nuse = \"microsoft-clarity\"\n"),
    );
    let changed = fixture.site();
    let decision = ask.decision(&changed);
    assert!(decision.asks_some());
    assert_eq!(
        told(&changed, &ask).as_deref(),
        Some("functional=1, analytics=0")
    );
    let asked = banner(&changed, &ask);
    assert!(asked.contains("Something has changed since you chose: Analytics."));
    assert!(asked.contains("Microsoft Clarity"));
    assert!(!asked.contains("Functional"), "{asked}");

    // Both of its buttons repeat what stands.
    for (name, granted) in [("Accept", true), ("Reject", false)] {
        let button = format!(">{name}</button>");
        let (form, _) = asked.split_once(&button).unwrap();
        let (_, form) = form.rsplit_once("<form").unwrap();
        let mut body = String::new();
        for input in form.split("name=\"").skip(1) {
            let (name, rest) = input.split_once('"').unwrap();
            let value = rest.split_once("value=\"").unwrap().1;
            let value = value.split('"').next().unwrap();
            body = format!("{body}{name}={value}&");
        }
        let reply = Ask::form("/_privacy/choice", &body)
            .chose(&before)
            .reply(&changed);
        let after = decode(&consent(&reply).unwrap()).unwrap();
        assert_eq!(after.answers[0], before.answers[0], "{name}: {body}");
        assert_eq!(after.answers[1].granted, granted, "{name}");
        let next = Ask::get("/").chose(&after);
        assert!(!next.decision(&changed).asks());
        assert_eq!(
            next.decision(&changed)
                .grants_service(&changed, "microsoft-clarity"),
            granted
        );
    }
}
