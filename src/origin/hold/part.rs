//! Tags of which only the beginning is known, the first [`MAX_TAG`](crate::html::MAX_TAG) bytes: mostly images written out
//! in their own address.

use super::{
    plan::Parties,
    sink::{Hold, dropped},
    sources,
    write::{Name as To, write},
};
use crate::html::{Attribute, Namespace, StartTag, Then, name};

impl Hold {
    /// Lets a tag begin whose further attributes can do no harm: each that could load something is there already, and the
    /// first of a name counts. Whatever can't be known is dropped.
    pub(super) fn part(&self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        let image = |kind: Attribute<'_>| kind.value().eq_ignore_ascii_case(b"image");
        match tag.name() {
            name::BASE | name::META | name::TEMPLATE => return Then::Pass,
            // The first type counts, and it was seen: a form's state can be this long.
            name::INPUT if tag.attribute("type").is_some_and(|kind| !image(kind)) => {
                return Then::Pass;
            }
            name::NOSCRIPT | name::SCRIPT => return dropped(out),
            name if sources::runs(name) => return dropped(out),
            _ => {}
        }
        let names = sources::attributes(tag);
        let Some(last) = tag.attributes().last() else {
            return dropped(out);
        };
        let is_source = |attribute: &Attribute<'_>| names.iter().any(|name| attribute.is(name));
        let data = |attribute: &Attribute<'_>| {
            let start = attribute.raw_value().trim_ascii_start().get(..5);
            start.is_some_and(|start| start.eq_ignore_ascii_case(b"data:"))
        };
        // Cut in the middle of a name, or of an address that may lead anywhere.
        if last.raw_value().is_empty() || (is_source(&last) && !data(&last)) {
            return dropped(out);
        }
        // In a drawing `href` hides `xlink:href`: an empty one would hide the image itself.
        if tag.namespace() != Namespace::Html && tag.attribute("href").is_none() {
            return dropped(out);
        }
        let mut added = String::new();
        let drawn = tag.namespace() != Namespace::Html;
        let own = |name: &&&str| drawn == name.ends_with("href") || tag.name() != name::IMAGE;
        let missing = names.iter().filter(|name| tag.attribute(name).is_none());
        for name in missing.filter(own) {
            added.extend([" ", name, "=\"\""]);
        }
        let held = |attribute: &Attribute<'_>| {
            let mut parties = Parties::default();
            if is_source(attribute) && !data(attribute) {
                self.attribute(tag, attribute, &mut parties);
            }
            if parties.is_empty() {
                To::Stays
            } else {
                To::Taken
            }
        };
        write(tag, &added, held, out);
        Then::Begun
    }
}
