//! The only room with Workers in it: reads requests into plain data, fetches, streams, writes KV, knows the time.
//!
//! Not here: anything that could be tested without Workers.
#![allow(
    unsafe_code,
    reason = "wasm-bindgen writes its exports with unsafe code"
)]

mod bridge;
mod edit;
mod export;
mod gaps;
mod kv;
mod operator;
mod quick;
mod records;

use crate::{
    app::{Command, MOST_BODY, Moment, Next, Reply, begin, download, limit_key, unreachable},
    declared,
    origin::{Answer, Errand, Head},
    record::{Due, Write},
    site::Site,
    visit::{Headers, Incoming, Method},
};
use kv::Kv;
use records::Keeping;
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
        return upstream.fetch(raw, &[]).await.map(Into::into);
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
    let kv = Kv(env.into());
    let door = Door {
        kv: &kv,
        context: &context,
        site,
        method,
        now,
    };
    match begin(site, &incoming, now) {
        Next::Reply(mut reply) => {
            if !matches!(method, Method::Get | Method::Head) {
                bridge::read(raw, 0).await?;
            }
            if !reply.writes.is_empty() && door.limits(&incoming).await {
                reply.wait();
            }
            door.send(reply).await
        }
        Next::Untouched => upstream.fetch(raw, &[]).await.map(Into::into),
        Next::Origin(mut errand, mut due) => {
            gaps::take(site, std::mem::take(&mut errand.seen));
            if !due.writes.is_empty() && door.limits(&incoming).await {
                due = Due::default();
            }
            match door.through(&upstream, raw, *errand, &incoming, due).await {
                Ok(response) => {
                    gaps::write(now, &kv, &context);
                    Ok(response)
                }
                Err(fault) => {
                    records::log("origin", &fault.to_string());
                    door.send(unreachable(site, &incoming)).await
                }
            }
        }
        Next::Records(mut receipts) => {
            // A record that can't be read now is left out; it isn't lost.
            if let Err(fault) = records::follow(&mut receipts.chain, &kv).await {
                records::log("kv-get", &fault.0);
            }
            door.send(receipts.finish()).await
        }
        Next::Operator(operator) => {
            let body = bridge::read(raw, MOST_BODY).await?;
            let body = body.unwrap_or_default();
            match operator::answer(&operator, &body, &env, &kv).await {
                operator::Answer::Reply(reply) => door.send(reply).await,
                operator::Answer::Export(export) => {
                    let head = download(&export);
                    if method == Method::Head {
                        return door.send(head).await;
                    }
                    let source = export::Source::new(export, kv.clone());
                    Ok(bridge::streamed(&head.headers, source)?.into())
                }
            }
        }
        Next::Body(pending) => {
            let body = bridge::read(raw, MOST_BODY).await?;
            let limited = door.limits(&incoming).await;
            if let (Some(chain), Some(_)) = (pending.erases(now), &body) {
                if limited {
                    return door.send(pending.limited()).await;
                }
                if let Err(fault) = records::erase(chain, &kv, site, now).await {
                    records::log("kv-delete", &fault.0);
                    return door.send(pending.not_erased()).await;
                }
            }
            let moment = Moment {
                limited,
                ..moment()
            };
            door.send(pending.finish(body.as_deref(), moment)).await
        }
    }
}

/// What the clock asks for, once an hour.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub async fn scheduled(env: JsValue) {
    records::tend(&Kv(env), bridge::now() / 1000).await;
}

/// What it takes to answer one request.
struct Door<'a> {
    kv: &'a Kv,
    context: &'a Context,
    site: &'static Site,
    method: Method,
    now: u64,
}

impl Door<'_> {
    /// Whether this visitor has written too often. Without an address nobody can be told from anybody else.
    async fn limits(&self, incoming: &Incoming<'_>) -> bool {
        match incoming.header("cf-connecting-ip") {
            Some(address) => {
                let key = limit_key(self.site, &address, self.now);
                self.kv.limited(&key).await
            }
            None => false,
        }
    }

    /// Asks the origin and hands on its answer, changed where the decision wants it. What is due is written meanwhile.
    async fn through(
        &self,
        upstream: &Upstream<'_>,
        request: &web_sys::Request,
        errand: Errand<'static>,
        incoming: &Incoming<'_>,
        due: Due,
    ) -> Result<Response> {
        let keeping = Keeping::begin(self.kv, self.context, due.writes.clone(), due.held.clone());
        let response = upstream.fetch(request, &errand.request).await?;
        let mut cookie = keeping.settle().await;
        let headers = Live(response.headers());
        let set_cookies = || bridge::set_cookies(&response);
        let head = Head {
            status: response.status(),
            headers: &headers,
            set_cookies: &set_cookies,
        };
        let mut answer = errand.answer(&head);
        if let Some(command) = Command::read(&errand, &head) {
            if let Some(ignored) = command.ignored() {
                records::log("command", &ignored);
            }
            let erased = match command.erases(&due) {
                Some(chain) => {
                    // What was due goes with the rest.
                    cookie = None;
                    records::erase(chain, self.kv, self.site, self.now).await
                }
                None => Ok(()),
            };
            if let Err(fault) = &erased {
                records::log("kv-delete", &fault.0);
            }
            let proof = command.obey(&mut answer, &head, incoming, erased.is_ok(), moment());
            if let Some(proof) = proof {
                self.keep_notice(proof.notice);
                let writes = due.writes.into_iter().chain([proof.record]).collect();
                let keeping = Keeping::begin(self.kv, self.context, writes, due.held);
                cookie = keeping.settle().await;
            }
        }
        if let Some(cookie) = cookie {
            answer
                .set_cookies
                .get_or_insert_with(set_cookies)
                .push(cookie);
        }
        let edited = carried_out(errand.site, &mut answer, &response)?;
        Ok(edited.unwrap_or(response).into())
    }

    /// Sends an answer of ours, once what it wants recorded is written, or KV has had its time.
    async fn send(&self, mut reply: Reply) -> Result<Response> {
        if let Some(notice) = reply.notice.take() {
            self.keep_notice(notice);
        }
        let keeping = Keeping::begin(self.kv, self.context, reply.writes, reply.held);
        if let Some(cookie) = keeping.settle().await {
            reply.headers.push(("set-cookie", cookie));
        }
        let bodiless = self.method == Method::Head || matches!(reply.status, 204 | 303 | 304 | 308);
        let body = (!bodiless).then_some(reply.body.as_str());
        Ok(bridge::answer(reply.status, &reply.headers, body)?.into())
    }

    fn keep_notice(&self, notice: Write) {
        let (kv, site, now) = (self.kv.clone(), self.site, self.now);
        self.context
            .wait_until(async move { records::keep_notice(&kv, site, notice, now).await });
    }
}

/// The origin's answer, changed where the decision wants it, should nothing have to be waited for; nothing if it passes
/// as it is.
fn answered(
    errand: &Errand<'static>,
    response: &web_sys::Response,
    headers: &dyn Headers,
) -> Result<Option<web_sys::Response>> {
    let set_cookies = || bridge::set_cookies(response);
    let head = Head {
        status: response.status(),
        headers,
        set_cookies: &set_cookies,
    };
    carried_out(errand.site, &mut errand.answer(&head), response)
}

/// An answer of the origin's as it was decided; nothing if it passes as it is.
fn carried_out(
    site: &'static Site,
    answer: &mut Answer<'_>,
    response: &web_sys::Response,
) -> Result<Option<web_sys::Response>> {
    gaps::take(site, std::mem::take(&mut answer.seen));
    let report = answer.report.take();
    if answer.edit.is_none() {
        gaps::report(report.as_ref());
    }
    if answer.is_untouched() {
        return Ok(None);
    }
    let edit = answer
        .edit
        .map(|edit| edit::Edit::new(site, edit, &answer.markup, report));
    let cookies = answer.set_cookies.as_deref();
    bridge::edited(response, &answer.headers, cookies, edit).map(Some)
}

fn moment() -> Moment {
    Moment {
        now: bridge::now(),
        random: bridge::random(),
        limited: false,
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
        bridge::forward(request, elsewhere.as_deref(), &changes).await
    }
}
