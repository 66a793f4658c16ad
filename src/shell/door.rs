//! What is done with a request that has to wait: bodies read, records written, the origin asked, the answer sent.

use super::{
    bridge::{self, Request, Response, log},
    edit, export, gaps, guard,
    kv::Kv,
    operator,
    records::{self, Keeping},
    wait::{Came, Task},
};
use crate::{
    app::{
        Command, MOST_BODY, Moment, Next, Operator, Pending, Reply, download, limit_key,
        unreachable,
    },
    origin::{Answer, Errand, Head},
    record::{Chain, Due, Fault, Write},
    site::Site,
    visit::{Headers, Incoming, Method},
};
use wasm_bindgen::JsValue;

/// What it takes to answer one request.
pub(super) struct Door<'a> {
    pub(super) request: &'a Request,
    pub(super) incoming: &'a Incoming<'a>,
    pub(super) kv: &'a Kv,
    pub(super) context: &'a JsValue,
    pub(super) site: &'static Site,
    /// Seconds since 1970.
    pub(super) now: u64,
}

/// The headers of an answer, read where they are.
struct Live<'a>(&'a Response);

impl Headers for Live<'_> {
    fn get(&self, name: &str) -> Option<String> {
        bridge::header(self.0, name)
    }
}

/// What a request comes to: an answer that can be sent as it is, or one of ours.
pub(super) enum Outcome {
    Response(Response),
    Reply(Reply),
}

impl Door<'_> {
    /// Does what is next.
    pub(super) async fn answer(&self, next: Next<'static>) -> Came<Response> {
        let outcome = match next {
            Next::Reply(mut reply) => {
                if !matches!(self.incoming.method, Method::Get | Method::Head) {
                    bridge::read(self.request, 0).await?;
                }
                if !reply.writes.is_empty() && self.limits().await {
                    reply.wait();
                }
                Outcome::Reply(reply)
            }
            Next::Untouched => {
                let response = bridge::forward(self.request, &self.kv.0, &[], None).await?;
                Outcome::Response(response)
            }
            Next::Origin(errand, due) => self.errand(*errand, None, due).await?,
            Next::Form(form, refusal) => guard::form(self, *form, refusal).await?,
            Next::Records(mut receipts) => {
                Outcome::Reply(match records::show(&mut receipts, self.kv).await {
                    Ok(()) => receipts.finish(),
                    Err(fault) => {
                        log("kv-get", &fault.0);
                        receipts.failed()
                    }
                })
            }
            Next::Operator(operator) => self.operator(&operator).await?,
            Next::Body(pending) => Outcome::Reply(self.act(&pending).await?),
        };
        match outcome {
            Outcome::Response(response) => Ok(response),
            Outcome::Reply(reply) => self.send(reply).await,
        }
    }

    /// Sends a request on its errand; of its body, what was read already has `begun`. Should the origin fail, a page says so.
    pub(super) async fn errand(
        &self,
        mut errand: Errand<'static>,
        begun: Option<&bridge::Begun>,
        mut due: Due,
    ) -> Came<Outcome> {
        if !due.writes.is_empty() && self.limits().await {
            due = Due::default();
        }
        gaps::take(self.site, std::mem::take(&mut errand.seen));
        // What is due is written while the origin is asked.
        let keeping = Keeping::begin(self.kv, self.context, due.writes.clone(), due.held.clone());
        let changes = &errand.request;
        match bridge::forward(self.request, &self.kv.0, changes, begun).await {
            Ok(response) => {
                let cookie = keeping.settle().await;
                let answer = self.hand_on(&errand, response, due, cookie).await;
                gaps::write(self.now, self.kv, self.context);
                answer.map(Outcome::Response)
            }
            Err(fault) => {
                log("origin", &bridge::said(fault));
                Ok(Outcome::Reply(unreachable(self.site, self.incoming)))
            }
        }
    }

    async fn operator(&self, operator: &Operator<'_>) -> Came<Outcome> {
        let body = bridge::read(self.request, MOST_BODY).await?;
        match operator::answer(operator, &body.unwrap_or_default(), self.kv).await {
            operator::Answer::Reply(reply) => Ok(Outcome::Reply(reply)),
            operator::Answer::Export(export) => {
                let head = download(&export);
                if self.incoming.method == Method::Head {
                    return Ok(Outcome::Reply(head));
                }
                let source = export::Source::new(export, self.kv.clone());
                bridge::streamed(&head.headers, source).map(Outcome::Response)
            }
        }
    }

    async fn act(&self, pending: &Pending<'_>) -> Came<Reply> {
        let body = bridge::read(self.request, MOST_BODY).await?;
        let limited = self.limits().await;
        if let (Some(chain), Some(body)) = (pending.erases(self.now), &body) {
            if limited {
                return Ok(pending.limited());
            }
            match records::erase(chain, self.kv, self.site, self.now).await {
                Ok(rest) => {
                    if let Some(reply) = rest.and_then(|rest| pending.erases_on(body, &rest)) {
                        return Ok(reply);
                    }
                }
                Err(fault) => {
                    log("kv-delete", &fault.0);
                    return Ok(pending.not_erased());
                }
            }
        }
        let moment = Moment {
            limited,
            ..moment()
        };
        Ok(pending.finish(body.as_deref(), moment))
    }

    /// Whether this visitor has written too often. Without an address nobody can be told from anybody else.
    async fn limits(&self) -> bool {
        match self.incoming.header("cf-connecting-ip") {
            Some(address) => {
                let key = limit_key(self.site, &address, self.now);
                self.kv.limited(&key).await
            }
            None => false,
        }
    }

    /// Hands on the origin's answer, changed where the decision wants it. `cookie` holds what of `due` isn't written.
    pub(super) async fn hand_on(
        &self,
        errand: &Errand<'static>,
        response: Response,
        due: Due,
        mut cookie: Option<String>,
    ) -> Came<Response> {
        let headers = Live(&response);
        let set_cookies = || bridge::set_cookies(&response);
        let head = Head {
            status: bridge::status(&response),
            headers: &headers,
            set_cookies: &set_cookies,
        };
        let mut answer = errand.answer(&head);
        if let Some(command) = Command::read(errand, &head) {
            if let Some(ignored) = command.ignored() {
                log("command", &ignored);
            }
            let mut erased = true;
            if let Some(chain) = command.erases(&due) {
                // What was due goes with the rest.
                cookie = None;
                match self.erase(chain, command.forms()).await {
                    Ok(None) => {}
                    Ok(Some(rest)) => {
                        cookie = command.leads_on(&rest);
                        erased = false;
                    }
                    Err(fault) => {
                        log("kv-delete", &fault.0);
                        erased = false;
                    }
                }
            }
            let proof = command.obey(&mut answer, &head, self.incoming, erased, moment());
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
        Ok(edited.unwrap_or(response))
    }

    async fn erase(&self, chain: Chain, forms: &[String]) -> Result<Option<String>, Fault> {
        records::erase_forms(forms, self.kv, self.site, self.now).await?;
        records::erase(chain, self.kv, self.site, self.now).await
    }

    /// Sends an answer of ours, once what it wants recorded is written, or KV has had its time.
    async fn send(&self, mut reply: Reply) -> Came<Response> {
        if let Some(notice) = reply.notice.take() {
            self.keep_notice(notice);
        }
        let keeping = Keeping::begin(
            self.kv,
            self.context,
            std::mem::take(&mut reply.writes),
            reply.held.take(),
        );
        if let Some(cookie) = keeping.settle().await {
            reply.headers.push(("set-cookie", cookie));
        }
        written(&reply, self.incoming.method)
    }

    fn keep_notice(&self, notice: Write) {
        let (kv, site, now) = (self.kv.clone(), self.site, self.now);
        if !records::is_kept(&notice, now) {
            let work = async move { records::keep_notice(&kv, site, notice, now).await };
            Task::later(work, self.context);
        }
    }
}

/// The origin's answer, changed where the decision wants it, should nothing have to be waited for; nothing if it passes
/// as it is.
pub(super) fn answered(
    errand: &Errand<'static>,
    response: &Response,
    headers: &dyn Headers,
) -> Came<Option<Response>> {
    let set_cookies = || bridge::set_cookies(response);
    let head = Head {
        status: bridge::status(response),
        headers,
        set_cookies: &set_cookies,
    };
    carried_out(errand.site, &mut errand.answer(&head), response)
}

/// An answer of the origin's as it was decided; nothing if it passes as it is.
fn carried_out(
    site: &'static Site,
    answer: &mut Answer<'_>,
    response: &Response,
) -> Came<Option<Response>> {
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

/// An answer of ours as it is sent.
pub(super) fn written(reply: &Reply, method: Method) -> Came<Response> {
    let bodiless = method == Method::Head || matches!(reply.status, 204 | 303 | 304 | 308);
    let body = (!bodiless).then_some(reply.body.as_bytes());
    bridge::answer(reply.status, &reply.headers, body)
}

/// Now, and chance.
pub(super) fn moment() -> Moment {
    Moment {
        now: bridge::now(),
        random: bridge::random(),
        limited: false,
    }
}
