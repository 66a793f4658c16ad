//! Tags that aren't granted, made inert.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod addresses;
mod chunks;
pub(crate) mod differential;
mod golden;
mod long;
mod rehearsal;
mod requests;

use edge_consent::{
    decision::{Decision, decide},
    declared,
    html::{Editor, Insertion},
    origin::hold::{Hold, Plan},
    page::View,
    site::{AddedTags, SaleOrShare, Service, Site},
    visit::{Choice, Signal, Signals},
};

/// Balanced Mastering with more services than it has.
fn site() -> Site {
    let mut site = declared::by_id("balanced-mastering").unwrap().clone();
    // This is about what the HTML carries.
    site.consent.added_tags = AddedTags::Leave;
    let service =
        |id: &str, name: &str, category: &str, hosts: &[&str], markers: &[&str]| Service {
            id: id.into(),
            name: name.into(),
            company: format!("{name} Ltd & \"Söhne\""),
            own: false,
            category: category.into(),
            purpose: site.services[0].purpose.clone(),
            data: None,
            privacy: None,
            opt_out: None,
            hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
            markers: markers.iter().map(|&marker| marker.to_owned()).collect(),
            sale_or_share: SaleOrShare::No,
            settings: edge_consent::site::Map::new(),
            tag: None,
            signal: None,
            listed: String::new(),
            announced: false,
        };
    let more = [
        service(
            "microsoft-clarity",
            "Microsoft Clarity",
            "analytics",
            &["clarity.ms", "c.bing.com", "shared.example/js?id=HELD-"],
            &["clarity.ms/tag/"],
        ),
        service(
            "youtube",
            "YouTube",
            "functional",
            &["www.youtube.com", "youtube-nocookie.com", "i.ytimg.com"],
            &["new YT.Player"],
        ),
        service("free", "Free", "necessary", &["www.youtube.com/free/"], &[]),
    ];
    site.services.extend(more);
    site.consent.added_tags = AddedTags::Leave;
    site
}

/// A visitor who has said nothing.
fn undecided(site: &Site) -> Decision {
    let signals = Signals {
        gpc: Signal::Absent,
        dnt: Signal::Absent,
    };
    decide(site, &Choice::Unasked, signals, 1_800_000_000)
}

/// The same, with one category granted.
fn granting(site: &Site, category: &str) -> Decision {
    let mut decision = undecided(site);
    for (own, verdict) in site.optional().zip(&mut decision.categories) {
        verdict.granted |= own.id == category;
    }
    for (service, granted) in site.services.iter().zip(&mut decision.services) {
        *granted |= service.category == category;
    }
    decision
}

fn plan(site: &Site, decision: &Decision) -> Option<Plan> {
    let view = View {
        site,
        decision,
        language: "en",
        return_to: "/page?a=1&b",
    };
    Plan::new(&view, "page.example:8787", "/folder/page")
}

pub(crate) fn edit_pieces<'a>(
    plan: &Plan,
    insertion: Option<Insertion>,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<u8> {
    let mut editor = Editor::with(insertion, Some(Hold::new(plan.clone())));
    let mut out = Vec::new();
    for piece in pieces {
        assert!(!editor.done() && !editor.only_end_left());
        editor.push(piece, &mut out);
    }
    editor.end(&mut out);
    out
}

/// A page with what the plan withholds held; the same in any pieces.
fn hold(plan: &Plan, page: &str) -> String {
    let bytes = page.as_bytes();
    let whole = edit_pieces(plan, None, [bytes]);
    assert_eq!(
        edit_pieces(plan, None, bytes.chunks(1)),
        whole,
        "{page:.500}"
    );
    String::from_utf8(whole).unwrap()
}
