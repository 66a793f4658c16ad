//! What goes to the origin, without a promise on our side: JavaScript asks what to send, fetches, and asks what becomes of
//! the answer. Each question crosses once, with all the headers that are likely to matter in one text; any other is read
//! where it is.
//!
//! Not here: our own pages and actions, and what else has to wait for bodies or KV (`fetch`).
#![allow(
    unreachable_pub,
    reason = "wasm-bindgen takes no other exports, and nobody in here calls them"
)]

use super::{Address, Live, bridge, door::answered, gaps, records::log};
use crate::{
    app::{self, Next, begin},
    declared, origin,
    site::Site,
    visit::{Headers, Incoming, Method},
};
use worker::{
    wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
    web_sys,
};

/// Read of every request.
const OF_REQUESTS: &[&str] = &[
    "cookie",
    "sec-gpc",
    "dnt",
    "sec-fetch-dest",
    "accept-language",
    "x-consent",
    "x-turnstile",
    "x-consent-receipt",
    "x-requested-with",
    "if-none-match",
    "referer",
];

/// Read of every answer: without any of these, one that isn't edited passes as it is.
const OF_ANSWERS: &[&str] = &["set-cookie"];

/// Read besides, of answers that may be edited.
const OF_PAGES: &[&str] = &[
    "content-type",
    "content-encoding",
    "content-disposition",
    "etag",
    "vary",
    "content-security-policy",
];

/// An answer with one of these has to wait for something, and goes the long way.
const OF_ORDERS: &[&str] = &[origin::COMMAND, origin::RECEIPT];

/// The four lists, for JavaScript.
#[wasm_bindgen]
pub fn names() -> String {
    [OF_REQUESTS, OF_ANSWERS, OF_PAGES, OF_ORDERS]
        .map(|list| list.join(" "))
        .join("\n")
}

/// Headers that were sent along as lines, `\0` for one that isn't there.
struct Packed<'a> {
    lines: &'a str,
    names: [&'static [&'static str]; 2],
    live: Live,
}

impl Headers for Packed<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let mut names = self.names.iter().copied().flatten();
        let line = names
            .position(|own| *own == name)
            .and_then(|at| self.lines.split('\n').nth(at));
        match line {
            Some("\0") => None,
            Some(value) => Some(value.to_owned()),
            // With one of these it would have gone the long way.
            None if OF_ORDERS.contains(&name) => None,
            None => self.live.get(name),
        }
    }
}

/// A request as JavaScript describes it: its site, and what of it is read. `head` is address, method and [`OF_REQUESTS`],
/// `local` the site of a local run.
fn arrived<T>(
    head: &str,
    headers: web_sys::Headers,
    local: Option<String>,
    then: impl FnOnce(&'static Site, &Incoming<'_>) -> Option<T>,
) -> Option<T> {
    let (url, rest) = head.split_once('\n')?;
    let (method, lines) = rest.split_once('\n')?;
    let address = Address::read(url)?;
    let site = declared::by_host(address.host).or_else(|| declared::by_id(&local?))?;
    let headers = Packed {
        lines,
        names: [OF_REQUESTS, &[]],
        live: Live(headers),
    };
    let incoming = Incoming {
        method: Method::read(method),
        host: address.host.to_ascii_lowercase(),
        path: address.path.to_owned(),
        search: address.search.to_owned(),
        country: None,
        headers: &headers,
    };
    then(site, &incoming)
}

/// A request on its way to the origin.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Errand(origin::Errand<'static>);

/// Takes a request as far as the origin; nothing if it is for somebody else, or of a kind that has to wait for something.
#[wasm_bindgen]
pub fn set_out(
    head: &str,
    headers: web_sys::Headers,
    local: Option<String>,
    now: f64,
) -> Option<Errand> {
    arrived(head, headers, local, |site, incoming| {
        let now = bridge::whole(now) / 1000;
        match begin(site, incoming, now) {
            // Only the long way leads to KV.
            Next::Origin(mut errand, due) if due.held.is_none() && !gaps::is_due(now) => {
                gaps::take(site, std::mem::take(&mut errand.seen));
                Some(Errand(*errand))
            }
            _ => None,
        }
    })
}

/// What a visitor gets whose errand came to nothing.
#[wasm_bindgen]
pub fn unreachable(
    head: &str,
    headers: web_sys::Headers,
    local: Option<String>,
    fault: &str,
) -> Option<web_sys::Response> {
    log("origin", fault);
    arrived(head, headers, local, |site, incoming| {
        let reply = app::unreachable(site, incoming);
        let body = (incoming.method != Method::Head).then_some(reply.body.as_str());
        bridge::answer(reply.status, &reply.headers, body).ok()
    })
}

#[wasm_bindgen]
impl Errand {
    /// Header changes of the request, packed; nothing if there are none.
    pub fn changes(&self) -> Option<String> {
        bridge::packed(&self.0.request)
    }

    /// Whether the answer is edited if it is a page.
    pub fn edits(&self) -> bool {
        self.0.may_edit()
    }

    /// What becomes of the answer; nothing if it passes as it is. `head` is [`OF_ANSWERS`], and [`OF_PAGES`] if it may be
    /// edited.
    pub fn answer(
        &self,
        head: &str,
        response: &web_sys::Response,
    ) -> Result<Option<web_sys::Response>, JsValue> {
        let headers = Packed {
            lines: head,
            names: [OF_ANSWERS, OF_PAGES],
            live: Live(response.headers()),
        };
        answered(&self.0, response, &headers).map_err(JsValue::from)
    }
}
