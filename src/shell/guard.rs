//! Forms: reads what it takes to find the token, asks siteverify, and sends the form on, once.

use super::{
    bridge::{self, Response, log},
    door::{Door, moment},
    wait::Came,
};
use crate::{
    app::{Guard, Passed, Step},
    form::{ADDRESS, MOST_READ, Refusal, TIMEOUT, secret_names},
    record::Due,
};

/// Checks a form, and lets it pass or refuses it; at once, if it is refused already.
pub(super) async fn form(
    door: &Door<'_>,
    mut guard: Guard<'static>,
    refusal: Option<Refusal>,
) -> Came<Response> {
    if let Some(refusal) = refusal {
        return refuse(door, &guard, refusal, None).await;
    }
    let beginning = if guard.reads() {
        Some(bridge::beginning(door.request, MOST_READ).await?)
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
        log(fault, &detail);
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
        .find_map(|name| bridge::text(&door.kv.0, name));
    let question = match guard.ask(secret.as_deref(), &bridge::uuid()) {
        Ok(question) => question,
        Err(refusal) => return Step::Refuse(refusal),
    };
    let address = bridge::text(&door.kv.0, "TURNSTILE_SITEVERIFY_URL");
    let address = address.as_deref().unwrap_or(ADDRESS);
    loop {
        let answer = bridge::verify(address, &question, TIMEOUT).await;
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
) -> Came<Response> {
    let begun = beginning.map(|beginning| bridge::Begun {
        beginning,
        cut: guard.cut.clone(),
    });
    let Passed { errand, writes } = guard.pass(door.incoming, verified, moment());
    let response = door.errand(errand, begun.as_ref(), Due::default()).await?;
    // What the origin didn't take, nobody has consented to. Nobody waits for it.
    if bridge::status(&response) < 400 {
        door.kv.insist(door.context, &writes);
    }
    Ok(response)
}

async fn refuse(
    door: &Door<'_>,
    guard: &Guard<'_>,
    refusal: Refusal,
    beginning: Option<&bridge::Beginning>,
) -> Came<Response> {
    if !beginning.is_some_and(bridge::Beginning::whole) {
        bridge::read(door.request, 0).await?;
    }
    let bytes = beginning.map(|begun| (begun.bytes(), begun.whole()));
    let body = bytes
        .as_ref()
        .map(|(bytes, whole)| (bytes.as_slice(), *whole));
    door.send(guard.refuse(refusal, body)).await
}
