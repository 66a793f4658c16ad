//! Forms: reads what it takes to find the token, asks siteverify, and sends the form on, once.

use super::{Upstream, bridge, gaps, records, send, through};
use crate::{
    app::{Guard, Moment, Passed, Reply, Step, unreachable},
    form::{ADDRESS, MOST_READ, Refusal, TIMEOUT, secret_names},
    site::Site,
    visit::Incoming,
};
use worker::{Context, Env, Response, Result, web_sys};

/// What a form comes with.
pub(super) struct Door<'a> {
    pub(super) raw: &'a web_sys::Request,
    pub(super) incoming: &'a Incoming<'a>,
    pub(super) upstream: &'a Upstream<'a>,
    pub(super) site: &'a Site,
    pub(super) env: &'a Env,
    pub(super) context: &'a Context,
}

impl Door<'_> {
    /// Checks a form, and lets it pass or refuses it; at once, if it is refused already.
    pub(super) async fn form(
        &self,
        mut guard: Guard<'static>,
        refusal: Option<Refusal>,
    ) -> Result<Response> {
        if let Some(refusal) = refusal {
            return self.refuse(&guard, refusal, None).await;
        }
        let beginning = if guard.reads() {
            Some(bridge::beginning(self.raw, MOST_READ).await?)
        } else {
            None
        };
        if let Some(begun) = &beginning
            && let Err(refusal) = guard.read(&begun.bytes(), begun.whole())
        {
            return self.refuse(&guard, refusal, beginning.as_ref()).await;
        }
        let step = self.ask(&mut guard).await;
        if let Some((fault, detail)) = guard.report(step) {
            records::log(fault, &detail);
        }
        match step {
            Step::Pass { verified } => self.pass(guard, verified, beginning).await,
            Step::Refuse(refusal) => self.refuse(&guard, refusal, beginning.as_ref()).await,
            // Asking has come to its end.
            Step::Again => {
                self.refuse(&guard, Refusal::Unreachable, beginning.as_ref())
                    .await
            }
        }
    }

    /// Asks until there is something to go by.
    async fn ask(&self, guard: &mut Guard<'_>) -> Step {
        let secret = secret_names(&self.site.id)
            .iter()
            .find_map(|name| self.env.var(name).ok())
            .map(|secret| secret.to_string());
        let question = match guard.ask(secret.as_deref(), &bridge::uuid()) {
            Ok(question) => question,
            Err(refusal) => return Step::Refuse(refusal),
        };
        let address = self.env.var("TURNSTILE_SITEVERIFY_URL");
        let address = address.map_or_else(|_| ADDRESS.to_owned(), |address| address.to_string());
        loop {
            let answer = bridge::verify(&address, &question, TIMEOUT).await;
            let answer = answer
                .as_ref()
                .map(|(status, text)| (*status, text.as_str()));
            match guard.hear(answer, bridge::now() / 1000) {
                Step::Again => {}
                step => return step,
            }
        }
    }

    async fn pass(
        &self,
        guard: Guard<'static>,
        verified: bool,
        beginning: Option<bridge::Beginning>,
    ) -> Result<Response> {
        let moment = Moment {
            now: bridge::now(),
            random: bridge::random(),
        };
        let begun = beginning.map(|beginning| bridge::Begun {
            beginning,
            cut: guard.cut.clone(),
        });
        let Passed { mut errand, writes } = guard.pass(self.incoming, verified, moment);
        gaps::take(self.site, std::mem::take(&mut errand.seen));
        let request = (self.raw, begun.as_ref());
        let (env, context) = (self.env, self.context);
        match through(self.upstream, request, errand, self.incoming, env, context).await {
            Ok(response) => {
                gaps::write(moment.now / 1000, self.env, self.context);
                // What the origin didn't take, nobody has consented to.
                if response.status_code() < 400 {
                    records::keep(writes, &self.site.id, self.env, self.context);
                }
                Ok(response)
            }
            Err(fault) => {
                records::log("origin", &fault.to_string());
                self.send(&unreachable(self.site, self.incoming))
            }
        }
    }

    async fn refuse(
        &self,
        guard: &Guard<'_>,
        refusal: Refusal,
        beginning: Option<&bridge::Beginning>,
    ) -> Result<Response> {
        if !beginning.is_some_and(bridge::Beginning::whole) {
            bridge::read(self.raw, 0).await?;
        }
        let bytes = beginning.map(|begun| (begun.bytes(), begun.whole()));
        let body = bytes
            .as_ref()
            .map(|(bytes, whole)| (bytes.as_slice(), *whole));
        self.send(&guard.refuse(refusal, body))
    }

    fn send(&self, reply: &Reply) -> Result<Response> {
        let method = self.incoming.method;
        send(reply, method, self.site, self.env, self.context)
    }
}
