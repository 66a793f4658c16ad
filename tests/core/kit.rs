//! Requests as tests write them, taken along the core's one path.
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests: where they fail, the test fails"
)]

use edge_consent::app::{MOST_BODY, Moment, Next, Reply, begin};
use edge_consent::decision::{Decision, decide};
use edge_consent::declared;
use edge_consent::html::Editor;
use edge_consent::origin::{Answer as Edited, Both, Errand, hold::Hold};
use edge_consent::site::Site;
use edge_consent::visit::{Answer, COOKIE, Incoming, Made, Method, Visit, encode};

/// 2026-11-22T10:00:00Z, in seconds since 1970.
pub(crate) const NOW: u64 = 1_795_341_600;
pub(crate) const DAY: u64 = 86_400;
pub(crate) const MOMENT: Moment = Moment {
    now: NOW * 1000,
    random: 0x1234_5678_9abc_def0_1234,
    limited: false,
};
/// How the id of a record made at [`MOMENT`] begins; the rest is a digest over the record.
pub(crate) const TIME: &str = "01M81B5H80";
/// The id of a record made before.
pub(crate) const EARLIER: &str = "01K00000000000000000000000";

pub(crate) const SITES: [&str; 4] = [
    "balanced-mastering",
    "musicmuse",
    "musictracker",
    "trackncloak",
];

pub(crate) fn site(id: &str) -> &'static Site {
    declared::by_id(id).expect("a site that ships")
}

/// Reads an id where there must be one.
pub(crate) fn digest(site: &Site, category: &str) -> String {
    let found = site.category(category);
    found.expect("a category of the site").digest.clone()
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) search: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, address: &str) -> Self {
        let (path, search) = address.split_once('?').unwrap_or((address, ""));
        Self {
            method: Method::read(method),
            host: "site.example".to_owned(),
            path: path.to_owned(),
            search: search.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(address: &str) -> Self {
        Self::new("GET", address)
    }

    pub(crate) fn form(address: &str, body: &str) -> Self {
        Self::new("POST", address)
            .with("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    pub(crate) fn json(address: &str, body: &str) -> Self {
        Self::new("POST", address)
            .with("content-type", "application/json")
            .with("accept", "application/json")
            .body(body)
    }

    pub(crate) fn body(self, body: &str) -> Self {
        let body = body.as_bytes().to_vec();
        Self { body, ..self }
    }

    pub(crate) fn at(self, host: &str) -> Self {
        let host = host.to_owned();
        Self { host, ..self }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn chose(self, made: &Made) -> Self {
        self.with("cookie", &format!("{COOKIE}={}", encode(made)))
    }

    pub(crate) fn incoming(&self) -> Incoming<'_> {
        Incoming {
            method: self.method,
            host: self.host.clone(),
            path: self.path.clone(),
            search: self.search.clone(),
            country: Some("DE".to_owned()),
            headers: &self.headers,
        }
    }

    pub(crate) fn decision(&self, site: &Site) -> Decision {
        let visit = Visit::read(site, &self.incoming());
        decide(site, &visit.choice, visit.signals, NOW)
    }

    pub(crate) fn begin<'a>(&self, site: &'a Site) -> Next<'a> {
        begin(site, &self.incoming(), NOW)
    }

    /// What we answer, with the body read as the shell would; KV holds nothing.
    pub(crate) fn reply(&self, site: &Site) -> Reply {
        match self.begin(site) {
            Next::Reply(reply) => reply,
            Next::Records(records) => records.finish(),
            // Nobody is let in.
            Next::Operator(operator) => operator.nothing(),
            Next::Body(pending) => {
                let body = (self.body.len() <= MOST_BODY).then_some(self.body.as_slice());
                pending.finish(body, MOMENT)
            }
            other @ (Next::Origin(..) | Next::Form(..) | Next::Untouched) => {
                panic!("{self:?} is not answered by us: {other:?}")
            }
        }
    }

    pub(crate) fn errand<'a>(&self, site: &'a Site) -> Errand<'a> {
        match self.begin(site) {
            Next::Origin(errand, _) => *errand,
            other => panic!("{self:?} doesn't go to the origin: {other:?}"),
        }
    }
}

/// A page as it leaves, read in pieces of this size.
pub(crate) fn edited(answer: &Edited<'_>, page: &str, size: usize) -> String {
    let Some(edit) = answer.edit else {
        return page.to_owned();
    };
    let hold = edit.hold.clone();
    let hold = hold.map(|plan| Hold::new(plan).with(answer.markup.clone()));
    let both = Both::new(answer.widgets.clone(), hold);
    let (mut editor, mut out) = (Editor::with(edit.insertion.clone(), both), Vec::new());
    for piece in page.as_bytes().chunks(size) {
        editor.push(piece, &mut out);
    }
    editor.end(&mut out);
    String::from_utf8(out).expect("pages are text")
}

/// An answer to each optional category of a site, made a day ago: granted if named.
pub(crate) fn made(site: &Site, granted: &[&str]) -> Made {
    let answers = site.optional().map(|category| Answer {
        digest: category.digest.clone(),
        granted: granted.contains(&category.id.as_str()),
        exceptions: Vec::new(),
    });
    Made {
        at: NOW - DAY,
        gpc: false,
        dnt: false,
        answers: answers.collect(),
        receipt: (!granted.is_empty()).then(|| EARLIER.to_owned()),
    }
}

/// The id of the record that a reply leaves.
pub(crate) fn id(reply: &Reply) -> String {
    let key = reply.writes.last().expect("a record").key.clone();
    key.rsplit(':').next().unwrap_or_default().to_owned()
}

/// Every `Set-Cookie` of a reply.
pub(crate) fn set_cookies(reply: &Reply) -> Vec<&str> {
    let values = reply
        .headers
        .iter()
        .filter(|(name, _)| *name == "set-cookie");
    values.map(|(_, value)| value.as_str()).collect()
}

/// The value of the consent cookie that a reply sets.
pub(crate) fn consent(reply: &Reply) -> Option<String> {
    let prefix = format!("{COOKIE}=");
    let value = set_cookies(reply)
        .into_iter()
        .find_map(|value| value.strip_prefix(&prefix))?;
    let value = value.split(';').next().unwrap_or_default();
    (!value.is_empty()).then(|| value.to_owned())
}
