//! The only room with Workers in it: reads requests into plain data, fetches, streams, writes KV, knows the time.
//!
//! Not here: anything that could be tested without Workers.
#![allow(
    unsafe_code,
    reason = "wasm-bindgen writes its exports with unsafe code"
)]

mod bridge;
mod door;
mod edit;
mod export;
mod gaps;
mod guard;
mod kv;
mod operator;
mod quick;
mod records;

use crate::{
    app::begin,
    declared,
    visit::{Headers, Incoming, Method},
};
use door::Door;
use kv::Kv;
use worker::{
    Context, Env, Request, Response, Result, event,
    wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
    web_sys,
};

/// Headers where they are: each read crosses into JavaScript, so only what is asked for is read.
struct Live(web_sys::Headers);

impl Headers for Live {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).ok().flatten()
    }
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    let raw = request.inner();
    let url = raw.url();
    let Some(address) = Address::read(&url) else {
        return Response::error("Bad Request", 400);
    };
    let origin = env.var("ORIGIN").ok().map(|origin| origin.to_string());
    let upstream = Upstream {
        origin: origin.as_deref(),
        address: &address,
    };

    let site = declared::by_host(address.host).or_else(|| {
        env.var("SITE")
            .ok()
            .and_then(|id| declared::by_id(&id.to_string()))
    });
    let Some(site) = site else {
        return upstream.fetch(raw, &[], None).await.map(Into::into);
    };

    let method = Method::read(&raw.method());
    let headers = Live(raw.headers());
    let incoming = Incoming {
        method,
        host: address.host.to_ascii_lowercase(),
        path: address.path.to_owned(),
        search: address.search.to_owned(),
        // Only records say it.
        country: if method == Method::Post {
            request.cf().and_then(worker::Cf::country)
        } else {
            None
        },
        headers: &headers,
    };
    let now = bridge::now() / 1000;
    let door = Door {
        raw,
        incoming: &incoming,
        upstream: &upstream,
        kv: &Kv(env.clone().into()),
        env: &env,
        context: &context,
        site,
        now,
    };
    door.answer(begin(site, &incoming, now)).await
}

/// What the clock asks for, once an hour.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub async fn scheduled(env: JsValue) {
    records::tend(&Kv(env), bridge::now() / 1000).await;
}

/// An absolute URL in its parts. The runtime has parsed and normalized it; it only has to be cut.
struct Address<'a> {
    host: &'a str,
    path: &'a str,
    search: &'a str,
}

impl<'a> Address<'a> {
    fn read(url: &'a str) -> Option<Self> {
        let rest = url.split_once("://")?.1;
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

/// Where requests go: the zone's own origin, or the one that `ORIGIN` names.
struct Upstream<'a> {
    origin: Option<&'a str>,
    address: &'a Address<'a>,
}

impl Upstream<'_> {
    async fn fetch(
        &self,
        request: &web_sys::Request,
        request_changes: &[(&'static str, Option<String>)],
        begun: Option<&bridge::Begun>,
    ) -> Result<web_sys::Response> {
        let mut changes = request_changes.to_vec();
        let elsewhere = self.origin.map(|origin| {
            changes.push(("x-forwarded-host", Some(self.address.host.to_owned())));
            let origin = origin.trim_end_matches('/');
            let mark = if self.address.search.is_empty() {
                ""
            } else {
                "?"
            };
            format!("{origin}{}{mark}{}", self.address.path, self.address.search)
        });
        bridge::forward(request, elsewhere.as_deref(), &changes, begun).await
    }
}
