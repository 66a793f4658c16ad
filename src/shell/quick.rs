//! What needs no promise on our side: pages of ours that are there at once, and what goes to the origin. JavaScript asks what
//! to send, fetches, and asks what becomes of the answer. Each question crosses once, with all the headers that are likely to
//! matter in one text; any other is read where it is. Only what may be edited is remembered meanwhile.
//!
//! Not here: actions of ours, and what else has to wait for bodies or KV (`fetch`).
#![allow(
    unreachable_pub,
    reason = "wasm-bindgen takes no other exports, and nobody in here calls them"
)]

use super::{
    Address, Live, bridge,
    door::{answered, written},
    gaps,
    records::log,
};
use crate::{
    app::{self, Next, begin, not_of_origin},
    declared,
    origin::{self, Errand},
    site::Site,
    visit::{Headers, Incoming, Method},
};
use std::cell::{Cell, RefCell};
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
    known: Vec<(&'static str, &'a str)>,
    live: Live,
    /// Whether another header was asked for.
    strayed: Cell<bool>,
}

impl<'a> Packed<'a> {
    fn new(names: [&'static [&'static str]; 2], lines: &'a str, live: web_sys::Headers) -> Self {
        let names = names.into_iter().flatten().copied();
        Self {
            known: names.zip(lines.split('\n')).collect(),
            live: Live(live),
            strayed: Cell::new(false),
        }
    }
}

impl Headers for Packed<'_> {
    fn get(&self, name: &str) -> Option<String> {
        match self.known.iter().find(|(own, _)| *own == name) {
            Some((_, "\0")) => None,
            Some((_, value)) => Some((*value).to_owned()),
            // With one of these it would have gone the long way.
            None if OF_ORDERS.contains(&name) => None,
            None => {
                self.strayed.set(true);
                self.live.get(name)
            }
        }
    }
}

/// A request as JavaScript describes it: its site, and what of it is read. `head` is address, method and [`OF_REQUESTS`],
/// `local` the site of a local run.
fn arrived<T>(
    head: &str,
    headers: web_sys::Headers,
    local: Option<String>,
    then: impl FnOnce(&'static Site, &Incoming<'_>, &Packed<'_>) -> Option<T>,
) -> Option<T> {
    let (url, rest) = head.split_once('\n')?;
    let (method, lines) = rest.split_once('\n')?;
    let address = Address::read(url)?;
    let site = declared::by_host(address.host).or_else(|| declared::by_id(&local?))?;
    let headers = Packed::new([OF_REQUESTS, &[]], lines, headers);
    let incoming = Incoming {
        method: Method::read(method),
        host: address.host.to_ascii_lowercase(),
        path: address.path.to_owned(),
        search: address.search.to_owned(),
        country: None,
        headers: &headers,
    };
    then(site, &incoming, &headers)
}

/// Requests on their way that are remembered. Of one that breaks off nobody tells us; the oldest goes, and is read again
/// should its answer come after all.
const MOST: usize = 64;

thread_local! {
    static OUT: RefCell<Out> = const { RefCell::new(Out { last: 0, errands: Vec::new() }) };
}

/// Requests on their way to the origin whose answers may be edited, by numbers from 1.
struct Out {
    last: u32,
    errands: Vec<(u32, Box<Errand<'static>>)>,
}

impl Out {
    fn remember(&mut self, errand: Box<Errand<'static>>) -> u32 {
        if self.errands.len() >= MOST {
            self.errands.remove(0);
        }
        self.last = self.last.wrapping_add(1).max(1);
        self.errands.push((self.last, errand));
        self.last
    }

    fn recall(&mut self, number: u32) -> Option<Box<Errand<'static>>> {
        let at = self.errands.iter().position(|(own, _)| *own == number)?;
        Some(self.errands.remove(at).1)
    }
}

/// What a request comes to that is sent on, and, behind a line end, the header changes that it needs, packed, if there are
/// any. Before it stands its number if it is remembered; or, if whoever sends the same method and lines to the same host in
/// the same second gets the same said, what addresses begin with that are excepted.
fn sent(errand: Box<Errand<'static>>, headers: &Packed<'_>) -> String {
    let changes = bridge::packed(&errand.request);
    let mut text = String::new();
    if errand.alike && !headers.strayed.get() {
        text = not_of_origin(errand.site).join(" ");
    } else if errand.may_edit() {
        text = OUT.with_borrow_mut(|out| out.remember(errand)).to_string();
    }
    if let Some(changes) = changes {
        text.extend(["\n", &changes]);
    }
    text
}

/// Takes a request as far as it can be taken: a text if it goes to the origin, an answer if it is there, nothing if it is for
/// somebody else, or of a kind that has to wait for something.
#[wasm_bindgen]
pub fn set_out(
    head: &str,
    headers: web_sys::Headers,
    local: Option<String>,
    now: f64,
) -> Option<JsValue> {
    arrived(head, headers, local, |site, incoming, headers| {
        let now = bridge::whole(now) / 1000;
        match begin(site, incoming, now) {
            // Only the long way leads to KV.
            Next::Origin(mut errand, due) if due.held.is_none() && !gaps::is_due(now) => {
                gaps::take(site, std::mem::take(&mut errand.seen));
                Some(sent(errand, headers).into())
            }
            // A body has to be read, whatever becomes of it.
            Next::Reply(reply)
                if reply.is_all() && matches!(incoming.method, Method::Get | Method::Head) =>
            {
                written(&reply, incoming.method).ok().map(JsValue::from)
            }
            _ => None,
        }
    })
}

/// What becomes of the answer to a request of this number, or of none (0); nothing if it passes as it is. What isn't
/// remembered is read again. `lines` are [`OF_ANSWERS`], and [`OF_PAGES`] if it was given a number.
#[wasm_bindgen]
pub fn answer(
    number: u32,
    head: &str,
    headers: web_sys::Headers,
    local: Option<String>,
    now: f64,
    lines: &str,
    response: &web_sys::Response,
) -> Result<Option<web_sys::Response>, JsValue> {
    let again = |site, incoming: &Incoming<'_>, _: &Packed<'_>| match begin(
        site,
        incoming,
        bridge::whole(now) / 1000,
    ) {
        Next::Origin(errand, _) => Some(errand),
        _ => None,
    };
    let errand = OUT
        .with_borrow_mut(|out| out.recall(number))
        .or_else(|| arrived(head, headers, local, again))
        .ok_or("nobody has asked for this")?;
    let headers = Packed::new([OF_ANSWERS, OF_PAGES], lines, response.headers());
    answered(&errand, response, &headers).map_err(JsValue::from)
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
    arrived(head, headers, local, |site, incoming, _| {
        written(&app::unreachable(site, incoming), incoming.method).ok()
    })
}
