//! Forms: reads what it takes to find the token, asks siteverify, and sends the form on, once.

use super::{
    bridge::{self, Beginning, log},
    door::{Door, Outcome, moment},
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
) -> Came<Outcome> {
    let mut beginning = None;
    let refusal = match refusal {
        Some(refusal) => refusal,
        None => match check(door, &mut guard, &mut beginning).await? {
            Ok(verified) => return pass(door, guard, verified, beginning).await,
            Err(refusal) => refusal,
        },
    };
    if !beginning.as_ref().is_some_and(Beginning::whole) {
        bridge::read(door.request, 0).await?;
    }
    let bytes = beginning.map(|begun| (begun.bytes(), begun.whole()));
    let body = bytes
        .as_ref()
        .map(|(bytes, whole)| (bytes.as_slice(), *whole));
    Ok(Outcome::Reply(guard.refuse(refusal, body)))
}

/// Whether siteverify has said yes, if it had anything to say; or why the form may not pass.
async fn check(
    door: &Door<'_>,
    guard: &mut Guard<'_>,
    beginning: &mut Option<Beginning>,
) -> Came<Result<bool, Refusal>> {
    if guard.reads() {
        let begun = beginning.insert(bridge::beginning(door.request, MOST_READ).await?);
        if let Err(refusal) = guard.read(&begun.bytes(), begun.whole()) {
            return Ok(Err(refusal));
        }
    }
    let step = ask(door, guard).await;
    if let Some((fault, detail)) = guard.report(step) {
        log(fault, &detail);
    }
    Ok(match step {
        Step::Pass { verified } => Ok(verified),
        Step::Refuse(refusal) => Err(refusal),
        // Asking has come to its end.
        Step::Again => Err(Refusal::Unreachable),
    })
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
    beginning: Option<Beginning>,
) -> Came<Outcome> {
    let begun = beginning.map(|beginning| bridge::Begun {
        beginning,
        cut: guard.cut.clone(),
    });
    let Passed { errand, writes } = guard.pass(door.incoming, verified, moment());
    let outcome = door.errand(errand, begun.as_ref(), Due::default()).await?;
    // What the origin didn't take, nobody has consented to. Nobody waits for it.
    if let Outcome::Response(response) = &outcome
        && bridge::status(response) < 400
    {
        door.kv.insist(door.context, &writes);
    }
    Ok(outcome)
}
