//! What is too long to be held until it is known.

use super::{hold, plan, site, undecided};
use edge_consent::{html::MAX_TAG, origin::hold::MOST_TEXT};

fn held(page: &str) -> String {
    let site = site();
    hold(&plan(&site, &undecided(&site)).unwrap(), page)
}

#[test]
fn a_long_tag_passes_if_nothing_in_it_can_load() {
    let long = "A".repeat(MAX_TAG);
    let page = format!(
        "a<img alt=x src=\"data:image/png;base64,{long}\" srcset=//clarity.ms/x>b<img src=//clarity.ms/>"
    );
    let out = held(&page);
    // The first of a name counts, and that one is empty.
    assert!(
        out.starts_with("a<img srcset=\"\" alt=x src=\"data:image/png;"),
        "{out:.200}"
    );
    assert!(out.ends_with(" srcset=//clarity.ms/x>b<img data-consent-hold=\"microsoft-clarity\" data-consent-src=//clarity.ms/>"));
    let page = format!("<svg><image href='data:{long}'/></svg>");
    assert_eq!(
        held(&page),
        page.replace("<image", "<image xlink:href=\"\"")
    );
    let page = format!("<input type=hidden value='{long}'>");
    assert_eq!(held(&page), page);
    let page = format!("<img src=//clarity.ms/ alt='{long}'>");
    assert!(held(&page).starts_with("<img srcset=\"\" data-consent-src=//clarity.ms/ alt"));
}

#[test]
fn a_long_tag_that_may_load_anything_is_dropped() {
    let long = "A".repeat(MAX_TAG);
    for tag in [
        format!("<img src='https://{long}@clarity.ms/'>"),
        format!("<img a='b' {long}=x>"),
        format!("<script data='{long}' src=//clarity.ms/></script>"),
        format!("<iframe data='{long}' src=//clarity.ms/></iframe>"),
        format!("<object data='data:{long}'>"),
        format!("<svg><image xlink:href='data:{long}'/></svg>"),
    ] {
        let out = held(&format!("a{tag}b"));
        assert_eq!(
            out.replace("<svg>", "").replace("</svg>", ""),
            "a<!---->b",
            "{tag:.40}"
        );
        // What stands around it makes no tag of its own.
        let joined = held(&format!("<{tag}img src=//clarity.ms>"));
        assert!(joined.contains("<!---->"), "{tag:.40}: {joined}");
    }
}

#[test]
fn a_script_too_long_to_tell_is_held_for_all() {
    let long = "x".repeat(MOST_TEXT + 1);
    let out = held(&format!("<script>{long}</script>"));
    assert!(out.starts_with("<script type=\"text/plain\" data-consent-hold=\"google-analytics microsoft-clarity youtube\">x"));
    assert!(out.ends_with("x</script>"));
    let page = format!("<script type=application/json>{long}</script>");
    assert_eq!(held(&page), page);
    let page = format!("a<noscript>{long}</noscript>b");
    assert_eq!(held(&page), "a<!---->b");
}
