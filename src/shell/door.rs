//! What is done with a request once it is known what it needs: bodies read, records written, the origin asked, the answer
//! sent.

use super::{
    Live, Upstream, bridge, edit, export, gaps, guard,
    kv::Kv,
    operator,
    records::{self, Keeping},
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
use worker::{Context, Env, Response, Result, web_sys};

/// What it takes to answer one request.
pub(super) struct Door<'a> {
    pub(super) raw: &'a web_sys::Request,
    pub(super) incoming: &'a Incoming<'a>,
    pub(super) upstream: &'a Upstream<'a>,
    pub(super) kv: &'a Kv,
    pub(super) env: &'a Env,
    pub(super) context: &'a Context,
    pub(super) site: &'static Site,
    /// Seconds since 1970.
    pub(super) now: u64,
}

impl Door<'_> {
    /// Does what is next.
    pub(super) async fn answer(&self, next: Next<'static>) -> Result<Response> {
        match next {
            Next::Reply(mut reply) => {
                if !matches!(self.incoming.method, Method::Get | Method::Head) {
                    bridge::read(self.raw, 0).await?;
                }
                if !reply.writes.is_empty() && self.limits().await {
                    reply.wait();
                }
                self.send(reply).await
            }
            Next::Untouched => self
                .upstream
                .fetch(self.raw, &[], None)
                .await
                .map(Into::into),
            Next::Origin(errand, due) => self.errand(*errand, None, due).await,
            Next::Form(form, refusal) => guard::form(self, *form, refusal).await,
            Next::Records(mut receipts) => {
                let reply = match records::show(&mut receipts, self.kv).await {
                    Ok(()) => receipts.finish(),
                    Err(fault) => {
                        records::log("kv-get", &fault.0);
                        receipts.failed()
                    }
                };
                self.send(reply).await
            }
            Next::Operator(operator) => self.operator(&operator).await,
            Next::Body(pending) => self.act(&pending).await,
        }
    }

    /// Sends a request on its errand; of its body, what was read already has `begun`. Should the origin fail, a page says so.
    pub(super) async fn errand(
        &self,
        mut errand: Errand<'static>,
        begun: Option<&bridge::Begun>,
        mut due: Due,
    ) -> Result<Response> {
        if !due.writes.is_empty() && self.limits().await {
            due = Due::default();
        }
        gaps::take(self.site, std::mem::take(&mut errand.seen));
        match self.through(errand, begun, due).await {
            Ok(response) => {
                gaps::write(self.now, self.kv, self.context);
                Ok(response)
            }
            Err(fault) => {
                records::log("origin", &fault.to_string());
                self.send(unreachable(self.site, self.incoming)).await
            }
        }
    }

    async fn operator(&self, operator: &Operator<'_>) -> Result<Response> {
        let body = bridge::read(self.raw, MOST_BODY).await?.unwrap_or_default();
        match operator::answer(operator, &body, self.env, self.kv).await {
            operator::Answer::Reply(reply) => self.send(reply).await,
            operator::Answer::Export(export) => {
                let head = download(&export);
                if self.incoming.method == Method::Head {
                    return self.send(head).await;
                }
                let source = export::Source::new(export, self.kv.clone());
                Ok(bridge::streamed(&head.headers, source)?.into())
            }
        }
    }

    async fn act(&self, pending: &Pending<'_>) -> Result<Response> {
        let body = bridge::read(self.raw, MOST_BODY).await?;
        let limited = self.limits().await;
        if let (Some(chain), Some(_)) = (pending.erases(self.now), &body) {
            if limited {
                return self.send(pending.limited()).await;
            }
            match records::erase(chain, self.kv, self.site, self.now).await {
                Ok(rest) => {
                    let body = body.as_deref().unwrap_or_default();
                    if let Some(reply) = rest.and_then(|rest| pending.erases_on(body, &rest)) {
                        return self.send(reply).await;
                    }
                }
                Err(fault) => {
                    records::log("kv-delete", &fault.0);
                    return self.send(pending.not_erased()).await;
                }
            }
        }
        let moment = Moment {
            limited,
            ..moment()
        };
        self.send(pending.finish(body.as_deref(), moment)).await
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

    /// Asks the origin and hands on its answer, changed where the decision wants it. What is due is written meanwhile.
    async fn through(
        &self,
        errand: Errand<'static>,
        begun: Option<&bridge::Begun>,
        due: Due,
    ) -> Result<Response> {
        let keeping = Keeping::begin(self.kv, self.context, due.writes.clone(), due.held.clone());
        let response = self
            .upstream
            .fetch(self.raw, &errand.request, begun)
            .await?;
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
                        records::log("kv-delete", &fault.0);
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
        Ok(edited.unwrap_or(response).into())
    }

    async fn erase(
        &self,
        chain: Chain,
        forms: &[String],
    ) -> core::result::Result<Option<String>, Fault> {
        records::erase_forms(forms, self.kv, self.site, self.now).await?;
        records::erase(chain, self.kv, self.site, self.now).await
    }

    /// Sends an answer of ours, once what it wants recorded is written, or KV has had its time.
    pub(super) async fn send(&self, mut reply: Reply) -> Result<Response> {
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
        Ok(written(&reply, self.incoming.method)?.into())
    }

    fn keep_notice(&self, notice: Write) {
        let (kv, site, now) = (self.kv.clone(), self.site, self.now);
        self.context
            .wait_until(async move { records::keep_notice(&kv, site, notice, now).await });
    }
}

/// The origin's answer, changed where the decision wants it, should nothing have to be waited for; nothing if it passes
/// as it is.
pub(super) fn answered(
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

/// An answer of ours as it is sent.
pub(super) fn written(reply: &Reply, method: Method) -> Result<web_sys::Response> {
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
