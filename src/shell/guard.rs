//! Forms: reads what it takes to find the token, asks siteverify, and sends the form on, once.

use super::{
    bridge,
    door::{Door, moment},
    records,
};
use crate::{
    app::{Guard, Passed, Step},
    form::{ADDRESS, MOST_READ, Refusal, TIMEOUT, secret_names},
    record::Due,
};
use worker::{Response, Result};

/// Checks a form, and lets it pass or refuses it; at once, if it is refused already.
pub(super) async fn form(
    door: &Door<'_>,
    mut guard: Guard<'static>,
    refusal: Option<Refusal>,
) -> Result<Response> {
    if let Some(refusal) = refusal {
        return refuse(door, &guard, refusal, None).await;
    }
    let beginning = if guard.reads() {
        Some(bridge::beginning(door.raw, MOST_READ).await?)
    } else {
        None
    };
    if let Some(begun) = &beginning
        && let Err(refusal) = guard.read(&begun.bytes(), begun.whole())
    {
        return refuse(door, &guard, refusal, beginning.as_ref()).await;
    }
    let step = ask(door, &mut guard).await;
    if let Some((fault, detail)) = guard.report(step) {
        records::log(fault, &detail);
    }
    match step {
        Step::Pass { verified } => pass(door, guard, verified, beginning).await,
        Step::Refuse(refusal) => refuse(door, &guard, refusal, beginning.as_ref()).await,
        // Asking has come to its end.
        Step::Again => refuse(door, &guard, Refusal::Unreachable, beginning.as_ref()).await,
    }
}

/// Asks until there is something to go by.
async fn ask(door: &Door<'_>, guard: &mut Guard<'_>) -> Step {
    let secret = secret_names(&door.site.id)
        .iter()
        .find_map(|name| door.env.var(name).ok())
        .map(|secret| secret.to_string());
    let question = match guard.ask(secret.as_deref(), &bridge::uuid()) {
        Ok(question) => question,
        Err(refusal) => return Step::Refuse(refusal),
    };
    let address = door.env.var("TURNSTILE_SITEVERIFY_URL");
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
    door: &Door<'_>,
    guard: Guard<'static>,
    verified: bool,
    beginning: Option<bridge::Beginning>,
) -> Result<Response> {
    let begun = beginning.map(|beginning| bridge::Begun {
        beginning,
        cut: guard.cut.clone(),
    });
    let Passed { errand, writes } = guard.pass(door.incoming, verified, moment());
    let response = door.errand(errand, begun.as_ref(), Due::default()).await?;
    // What the origin didn't take, nobody has consented to. Nobody waits for it.
    if response.status_code() < 400 {
        door.kv.insist(door.context.as_ref(), &writes);
    }
    Ok(response)
}

async fn refuse(
    door: &Door<'_>,
    guard: &Guard<'_>,
    refusal: Refusal,
    beginning: Option<&bridge::Beginning>,
) -> Result<Response> {
    if !beginning.is_some_and(bridge::Beginning::whole) {
        bridge::read(door.raw, 0).await?;
    }
    let bytes = beginning.map(|begun| (begun.bytes(), begun.whole()));
    let body = bytes
        .as_ref()
        .map(|(bytes, whole)| (bytes.as_slice(), *whole));
    door.send(guard.refuse(refusal, body)).await
}
