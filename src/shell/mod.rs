//! The only room with Workers in it: reads requests into plain data, fetches, streams, writes KV, knows the time.
//!
//! Not here: anything that could be tested without Workers.
#![allow(
    unsafe_code,
    reason = "wasm-bindgen writes its exports with unsafe code"
)]

mod bridge;
mod edit;
mod gaps;
mod guard;
mod operator;
mod quick;
mod records;

use crate::{
    app::{Command, MOST_BODY, Moment, Next, Reply, begin, unreachable},
    declared,
    origin::{Answer, Errand, Head},
    site::Site,
    visit::{Headers, Incoming, Method},
};
use worker::{Context, Env, Request, Response, Result, event, web_sys};

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
    match begin(site, &incoming, bridge::now() / 1000) {
        Next::Reply(reply) => {
            if !matches!(method, Method::Get | Method::Head) {
                bridge::read(raw, 0).await?;
            }
            send(&reply, method, site, &env, &context)
        }
        Next::Untouched => upstream.fetch(raw, &[], None).await.map(Into::into),
        Next::Origin(mut errand) => {
            gaps::take(site, std::mem::take(&mut errand.seen));
            let request = (raw, None);
            match through(&upstream, request, *errand, &incoming, &env, &context).await {
                Ok(response) => {
                    gaps::write(bridge::now() / 1000, &env, &context);
                    Ok(response)
                }
                Err(fault) => {
                    records::log("origin", &fault.to_string());
                    send(&unreachable(site, &incoming), method, site, &env, &context)
                }
            }
        }
        Next::Form(guard, refusal) => {
            let door = guard::Door {
                raw,
                incoming: &incoming,
                upstream: &upstream,
                site,
                env: &env,
                context: &context,
            };
            door.form(*guard, refusal).await
        }
        Next::Records(mut receipts) => {
            let reply = match records::show(&mut receipts, &env).await {
                Ok(()) => receipts.finish(),
                Err(fault) => {
                    records::log("kv-get", &fault.to_string());
                    receipts.failed()
                }
            };
            send(&reply, method, site, &env, &context)
        }
        Next::Operator(operator) => {
            let body = bridge::read(raw, MOST_BODY).await?;
            let reply = operator::answer(&operator, &body.unwrap_or_default(), &env).await;
            send(&reply, method, site, &env, &context)
        }
        Next::Body(pending) => {
            let body = bridge::read(raw, MOST_BODY).await?;
            if let (Some(chain), Some(_)) = (pending.erases(), &body)
                && let Err(fault) = records::erase(chain, &env).await
            {
                records::log("kv-delete", &fault.to_string());
                return send(&pending.not_erased(), method, site, &env, &context);
            }
            send(
                &pending.finish(body.as_deref(), moment()),
                method,
                site,
                &env,
                &context,
            )
        }
    }
}

/// Asks the origin and hands on its answer, changed where the decision wants it.
async fn through(
    upstream: &Upstream<'_>,
    (request, begun): (&web_sys::Request, Option<&bridge::Begun>),
    errand: Errand<'static>,
    incoming: &Incoming<'_>,
    env: &Env,
    context: &Context,
) -> Result<Response> {
    let response = upstream.fetch(request, &errand.request, begun).await?;
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
        let erased = match command.erases() {
            Some(chain) => records::erase(chain, env).await,
            None => Ok(()),
        };
        if let Err(fault) = &erased {
            records::log("kv-delete", &fault.to_string());
        }
        let writes = command.obey(&mut answer, &head, incoming, erased.is_ok(), moment());
        records::keep(writes, &errand.site.id, env, context);
    }
    let edited = carried_out(errand.site, &mut answer, &response)?;
    Ok(edited.unwrap_or(response).into())
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
    let edit = edit::Edit::of(site, answer, report);
    let cookies = answer.set_cookies.as_deref();
    bridge::edited(response, &answer.headers, cookies, edit).map(Some)
}

/// Sends an answer of ours; what it wants recorded is written while the answer is on its way.
fn send(
    reply: &Reply,
    method: Method,
    site: &Site,
    env: &Env,
    context: &Context,
) -> Result<Response> {
    records::keep(reply.writes.clone(), &site.id, env, context);
    let bodiless = method == Method::Head || matches!(reply.status, 204 | 303 | 304 | 308);
    let body = (!bodiless).then_some(reply.body.as_str());
    Ok(bridge::answer(reply.status, &reply.headers, body)?.into())
}

fn moment() -> Moment {
    Moment {
        now: bridge::now(),
        random: bridge::random(),
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
