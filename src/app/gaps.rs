//! What traffic shows that nobody declared, on its way into KV: the policy's gaps, found without a crawler.
//!
//! An isolate remembers what it has met and writes only what is new to it, under a key of its own that is never read
//! before it is written. Not here: what may be kept of a name (`origin`), reading it all again.

use crate::{
    calendar::day_of,
    origin::Seen,
    record::{Write, seen_key},
    site::Site,
};
use serde::Serialize;

/// Names that an isolate remembers in a day.
const MOST: usize = 256;
/// Seconds that are waited for more names after the first.
const GATHER: u64 = 2;
/// Seconds between two writes: at most four in an hour.
const PAUSE: u64 = 900;
/// Bytes of a write. KV takes 1,024 of metadata, which a list of keys shows without reading them.
const LARGEST: usize = 1000;
/// Days that names are kept.
const DAYS: u64 = 30;

/// What one isolate has met today.
#[derive(Debug, Default)]
pub struct Gaps {
    names: Vec<Met>,
    /// The day that they are of.
    day: u64,
    /// When the first of the names that are not yet written was met.
    since: Option<u64>,
    /// When something was written last.
    written: Option<u64>,
}

/// Names as they are kept.
#[derive(Serialize)]
struct Noted<'a> {
    #[serde(rename = "c")]
    cookies: Vec<&'a str>,
    #[serde(rename = "h")]
    hosts: Vec<&'a str>,
}

#[derive(Debug)]
struct Met {
    site: String,
    kind: Kind,
    name: String,
    written: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cookie,
    Host,
}

impl Gaps {
    /// With nothing met.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            names: Vec::new(),
            day: 0,
            since: None,
            written: None,
        }
    }

    /// Takes what one request, or one page, has shown. `lot` is drawn once per isolate: it says whether this is one of
    /// those that note anything for the site.
    pub fn take(&mut self, site: &Site, seen: Seen, lot: u64, now: u64) {
        let share = u64::from(site.records.gaps);
        if seen.is_empty() || lot.checked_rem(share) != Some(0) {
            return;
        }
        if self.day != now / 86_400 {
            self.day = now / 86_400;
            self.names.clear();
            self.since = None;
        }
        let cookies = seen.cookies.into_iter().map(|name| (Kind::Cookie, name));
        let hosts = seen.hosts.into_iter().map(|name| (Kind::Host, name));
        for (kind, name) in cookies.chain(hosts) {
            let known = |own: &Met| own.name == name && own.kind == kind && own.site == site.id;
            if self.names.len() < MOST && !self.names.iter().any(known) {
                self.since.get_or_insert(now);
                self.names.push(Met {
                    site: site.id.clone(),
                    kind,
                    name,
                    written: false,
                });
            }
        }
    }

    /// Whether it is time to write.
    #[must_use]
    pub fn is_due(&self, now: u64) -> bool {
        let rested = self.written.is_none_or(|written| now >= written + PAUSE);
        rested && self.since.is_some_and(|since| now >= since + GATHER)
    }

    /// What is to be written now: of one site, as much as one write takes. `random` makes the key one of its own.
    pub fn write(&mut self, random: u128, now: u64) -> Option<Write> {
        let site = self.names.iter().find(|name| !name.written)?.site.clone();
        let (mut cookies, mut hosts) = (Vec::new(), Vec::new());
        // Names hold nothing that JSON escapes: each costs its letters, two quotes and a comma.
        let mut length = "{\"c\":[],\"h\":[]}".len();
        for own in &mut self.names {
            if own.written || own.site != site || length + own.name.len() + 3 > LARGEST {
                continue;
            }
            length += own.name.len() + 3;
            own.written = true;
            match own.kind {
                Kind::Cookie => cookies.push(own.name.as_str()),
                Kind::Host => hosts.push(own.name.as_str()),
            }
        }
        let value = crate::json::write(&Noted { cookies, hosts });
        self.written = Some(now);
        self.since = self.names.iter().any(|name| !name.written).then_some(now);
        Some(Write {
            key: seen_key(&site, &day_of(now), random),
            metadata: Some(value.clone()),
            value,
            ttl: DAYS * 86_400,
            owed: None,
        })
    }
}
