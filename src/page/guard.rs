//! The guard: a script in front of everything that adds tags to a page, with the table of what is withheld.

use super::layout::{FORGETTING, GUARD};
use crate::{
    decision::{Decision, Forget},
    site::{
        Service, Site, UnknownHosts,
        hosts::{is_below, squeeze},
    },
};
use std::fmt::Write as _;

/// A service as the guard knows it: its id, or nothing if it is granted; its hosts; its marks, squeezed.
type Rule<'a> = (&'a str, Vec<&'a str>, Vec<String>);

/// The text of the script; `None` if there is nothing to watch for.
#[must_use]
pub fn guard(site: &Site, decision: &Decision) -> Option<String> {
    let unknown = site.consent.unknown_hosts == UnknownHosts::Hold;
    let verdicts = || site.services.iter().zip(&decision.services);
    let (mut rules, mut near): (Vec<Rule<'_>>, Vec<&str>) = Default::default();
    for (service, granted) in verdicts() {
        if *granted {
            // Only where a host may be taken for a withheld one's, or where the unknown ones have to be told from the rest.
            let tells = |host: &&String| unknown || verdicts().any(|other| shares(host, other));
            near.extend(service.hosts.iter().filter(tells).map(String::as_str));
        } else if !service.hosts.is_empty() || !service.markers.is_empty() {
            let marks = service.markers.iter().map(|mark| {
                let squeezed = squeeze(mark.as_bytes());
                String::from_utf8_lossy(&squeezed).into_owned()
            });
            let hosts = service.hosts.iter().map(String::as_str);
            rules.push((&service.id, hosts.collect(), marks.collect()));
        }
    }
    if !near.is_empty() {
        rules.push(("", near, Vec::new()));
    }
    let forget = Forget::new(site, decision);
    if rules.is_empty() && forget.is_empty() && !unknown {
        return None;
    }
    let own = unknown.then_some(&site.hosts);
    // Strings only: there is nothing in it that could fail.
    let (rules, own) = (crate::json::write(&rules), crate::json::write(&own));
    // Gone before a framework hydrates the document: it would take the element for a mistake of the server's.
    let mut text = "try{document.currentScript.remove();".to_owned();
    if !forget.is_empty() {
        text.extend([FORGETTING, "forget(", &script(&forget.json()), ");"]);
    }
    text.extend([
        GUARD.trim_end_matches(';'),
        "(",
        &script(&rules),
        ",",
        &script(&own),
        ")}catch{}",
    ]);
    Some(text)
}

/// Whether a withheld service has the host of a granted pattern, or one above it.
fn shares(granted: &str, (service, is_granted): (&Service, &bool)) -> bool {
    let host = |pattern: &str| pattern.split('/').next().unwrap_or_default().to_owned();
    let own = host(granted);
    !is_granted
        && service
            .hosts
            .iter()
            .any(|withheld| is_below(&own, &host(withheld)))
}

/// JSON as script, in a page of any encoding: it can't end the element.
fn script(json: &str) -> String {
    json.encode_utf16()
        .fold(String::with_capacity(json.len()), |mut text, unit| {
            match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() && byte != b'<' => text.push(char::from(byte)),
                // Writing into a String can't fail.
                _ => drop(write!(text, "\\u{unit:04x}")),
            }
            text
        })
}
