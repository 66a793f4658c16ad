//! Where requests arrive. JavaScript describes each in one text, with all the headers that are likely to matter, and is told
//! what becomes of it: what to send to the origin, an answer, or a task that waits for something. Of what is sent it asks
//! once more when the answer has come, if that may need changing. Only what may be edited is remembered meanwhile.
//!
//! Not here: bodies, KV and what else has to be waited for (`door`).
#![allow(
    unreachable_pub,
    reason = "wasm-bindgen takes no other exports, and nobody in here calls them"
)]

use super::{
    bridge::{self, Request, Response, country, log},
    door::{Door, answered, written},
    gaps,
    kv::Kv,
    wait::{Came, Task},
};
use crate::{
    app::{self, Next, begin, not_of_origin},
    declared,
    origin::{self, Errand},
    record::Due,
    site::Site,
    visit::{Headers, Incoming, Method},
};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

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

/// Read besides, of what is posted.
const OF_POSTS: &[&str] = &[
    "content-type",
    "content-length",
    "accept",
    "sec-fetch-site",
    "origin",
    "cf-connecting-ip",
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

/// An answer with one of these has to wait for something.
const OF_ORDERS: &[&str] = &[origin::COMMAND, origin::RECEIPT];

/// Whether an answer of this `Content-Type` needn't be asked about.
#[wasm_bindgen]
pub fn is_never_a_page(kind: &str) -> bool {
    origin::is_never_a_page(kind)
}

/// The five lists, for JavaScript.
#[wasm_bindgen]
pub fn names() -> String {
    [OF_REQUESTS, OF_ANSWERS, OF_PAGES, OF_ORDERS, OF_POSTS]
        .map(|list| list.join(" "))
        .join("\n")
}

/// Headers that were sent along as lines, `\0` for one that isn't there; any other is read where it is.
struct Packed<'a> {
    known: Vec<(&'static str, &'a str)>,
    live: &'a JsValue,
    /// Whether another header was asked for.
    strayed: Cell<bool>,
}

impl<'a> Packed<'a> {
    fn new(names: [&'static [&'static str]; 2], lines: &'a str, live: &'a JsValue) -> Self {
        let names = names.into_iter().flatten().copied();
        Self {
            known: names.zip(lines.split('\n')).collect(),
            live,
            strayed: Cell::new(false),
        }
    }
}

impl Headers for Packed<'_> {
    fn get(&self, name: &str) -> Option<String> {
        match self.known.iter().find(|(own, _)| *own == name) {
            Some((_, "\0")) => None,
            Some((_, value)) => Some((*value).to_owned()),
            None => {
                self.strayed.set(true);
                bridge::header(self.live, name)
            }
        }
    }
}

/// An absolute URL in its parts. The runtime has parsed and normalized it; it only has to be cut.
struct Address<'a> {
    host: &'a str,
    path: &'a str,
    search: &'a str,
}

impl<'a> Address<'a> {
    fn read(url: &'a str) -> Option<Self> {
        let rest = url.split_once(':')?.1.strip_prefix("//")?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (host, address) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?;
        let (path, search) = address.split_once('?').unwrap_or((address, ""));
        Some(Self {
            host,
            path: if path.is_empty() { "/" } else { path },
            search,
        })
    }
}

/// A request as JavaScript describes it, and the site that it is for.
struct Arrived<'a> {
    site: &'static Site,
    method: Method,
    address: Address<'a>,
    headers: Packed<'a>,
}

impl<'a> Arrived<'a> {
    /// `head` is the site of a local run, address, method, [`OF_REQUESTS`] and, of a POST, [`OF_POSTS`]. Nothing if it is
    /// for somebody else.
    fn read(head: &'a str, request: &'a Request) -> Option<Self> {
        let (local, rest) = head.split_once('\n')?;
        let (url, rest) = rest.split_once('\n')?;
        let (method, lines) = rest.split_once('\n')?;
        let address = Address::read(url)?;
        let method = Method::read(method);
        let more = if method == Method::Post {
            OF_POSTS
        } else {
            &[]
        };
        Some(Self {
            site: declared::by_host(address.host).or_else(|| declared::by_id(local))?,
            method,
            address,
            headers: Packed::new([OF_REQUESTS, more], lines, request),
        })
    }

    /// Only records say the country.
    fn country(&self) -> Option<String> {
        let posted = self.method == Method::Post;
        posted.then(|| country(self.headers.live)).flatten()
    }

    fn incoming(&self, country: Option<String>) -> Incoming<'_> {
        let Address { host, path, search } = self.address;
        Incoming {
            method: self.method,
            host: host.to_ascii_lowercase(),
            path: path.to_owned(),
            search: search.to_owned(),
            country,
            headers: &self.headers,
        }
    }
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
/// the same second gets the same said, what addresses begin with that are excepted: behind a question mark if answers that
/// may be pages have to be asked about.
fn sent(errand: Box<Errand<'static>>, headers: &Packed<'_>) -> String {
    let changes = bridge::packed(&errand.request);
    let mut text = String::new();
    if errand.alike && !headers.strayed.get() {
        if errand.may_edit() {
            text.push('?');
        }
        text.push_str(&not_of_origin(errand.site).join(" "));
    } else if errand.may_edit() {
        text = OUT.with_borrow_mut(|out| out.remember(errand)).to_string();
    }
    if let Some(changes) = changes {
        text.extend(["\n", &changes]);
    }
    text
}

/// Takes a request as far as it can be taken: a text if it goes to the origin, an answer if it is there, a [`Task`] if it has
/// to wait for something, nothing if it is for somebody else.
#[wasm_bindgen]
pub fn set_out(
    head: &str,
    request: &Request,
    env: &JsValue,
    context: &JsValue,
    now: f64,
) -> Came<Option<JsValue>> {
    let Some(arrived) = Arrived::read(head, request) else {
        return Ok(None);
    };
    let now = bridge::whole(now) / 1000;
    let country = arrived.country();
    let next = begin(arrived.site, &arrived.incoming(country.clone()), now);
    let next = match next {
        // Else something is to be written to KV on the way.
        Next::Origin(mut errand, due) if due.held.is_none() && !gaps::is_due(now) => {
            gaps::take(arrived.site, std::mem::take(&mut errand.seen));
            return Ok(Some(sent(errand, &arrived.headers).into()));
        }
        // A body has to be read, whatever becomes of it.
        Next::Reply(reply)
            if reply.is_all() && matches!(arrived.method, Method::Get | Method::Head) =>
        {
            return written(&reply, arrived.method).map(|answer| Some(answer.into()));
        }
        next => next,
    };
    let (head, request, kv) = (head.to_owned(), request.clone(), Kv(env.clone()));
    let context = context.clone();
    let work = async move {
        let arrived = Arrived::read(&head, &request).ok_or("it was ours")?;
        let door = Door {
            request: &request,
            incoming: &arrived.incoming(country),
            kv: &kv,
            context: &context,
            site: arrived.site,
            now,
        };
        door.answer(next).await
    };
    Ok(Some(Task::answer(work).into()))
}

/// The errand of this number, or of a request that is read again.
fn recall(number: u32, head: &str, request: &Request, now: u64) -> Came<Box<Errand<'static>>> {
    let again = || {
        let arrived = Arrived::read(head, request)?;
        match begin(arrived.site, &arrived.incoming(None), now) {
            Next::Origin(errand, _) => Some(errand),
            _ => None,
        }
    };
    OUT.with_borrow_mut(|out| out.recall(number))
        .or_else(again)
        .ok_or_else(|| NOBODY.into())
}

/// What is said of an answer that belongs to no request of ours.
const NOBODY: &str = "nobody has asked for this";

/// What becomes of the answer to a request of this number, or of none (0); nothing if it passes as it is. What isn't
/// remembered is read again. `lines` are [`OF_ANSWERS`], and [`OF_PAGES`] if it may be edited.
#[wasm_bindgen]
pub fn answer(
    number: u32,
    head: &str,
    request: &Request,
    now: f64,
    lines: &str,
    response: &Response,
) -> Came<Option<Response>> {
    let errand = recall(number, head, request, bridge::whole(now) / 1000)?;
    // With one of these it would have gone to `order`.
    let none = OF_ORDERS.iter().map(|name| (*name, "\0"));
    let mut headers = Packed::new([OF_ANSWERS, OF_PAGES], lines, response);
    headers.known.extend(none);
    answered(&errand, response, &headers)
}

/// The same for an answer with one of [`OF_ORDERS`].
#[wasm_bindgen]
pub fn order(
    number: u32,
    head: String,
    request: Request,
    env: JsValue,
    context: JsValue,
    now: f64,
    response: Response,
) -> Task {
    Task::answer(async move {
        let now = bridge::whole(now) / 1000;
        let errand = recall(number, &head, &request, now)?;
        let arrived = Arrived::read(&head, &request).ok_or(NOBODY)?;
        let door = Door {
            request: &request,
            incoming: &arrived.incoming(arrived.country()),
            kv: &Kv(env),
            context: &context,
            site: arrived.site,
            now,
        };
        door.hand_on(&errand, response, Due::default(), None).await
    })
}

/// What a visitor gets whose errand came to nothing.
#[wasm_bindgen]
pub fn unreachable(head: &str, request: &Request, fault: &str) -> Option<Response> {
    log("origin", fault);
    let arrived = Arrived::read(head, request)?;
    let reply = app::unreachable(arrived.site, &arrived.incoming(None));
    written(&reply, arrived.method).ok()
}
