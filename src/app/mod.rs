//! The one path of a request. Nothing here waits for anything: where a body has to be read or the origin asked, the
//! shell is told so ([`Next`]) and comes back with the answer. So the whole path runs in `cargo test`.

mod action;
mod body;
mod command;
mod gaps;
mod guard;
mod json;
mod limit;
mod operator;
mod own;
mod receipts;
mod rejection;
mod reply;
mod route;

pub use action::{Moment, Pending};
pub use command::Command;
pub use gaps::Gaps;
pub use guard::{Guard, Passed, Step};
pub use limit::limit_key;
pub use operator::{Access, Assertion, Entry, Found, Locks, Operator, Wants, door};
pub use receipts::Receipts;
pub use rejection::Rejection;
pub use reply::Reply;
pub use route::not_of_origin;

use crate::{
    decision::{Decision, decide},
    form::{Refusal, guarding},
    origin::{Errand, may_be_a_page},
    record::{Due, Export},
    site::Site,
    visit::{Incoming, Visit},
};
use route::{Ours, Route};

/// The largest body of a choice, in bytes.
pub const MOST_BODY: usize = 16 * 1024;

/// What has to happen next.
#[derive(Debug)]
pub enum Next<'a> {
    /// Send this.
    Reply(Reply),
    /// Read the body, at most [`MOST_BODY`] bytes, and go on with [`Pending::finish`].
    Body(Box<Pending<'a>>),
    /// Read the visitor's records, and go on with [`Receipts::finish`].
    Records(Box<Receipts<'a>>),
    /// See who it is ([`Operator::knock`]), read what [`Operator::wants`], and go on with [`Operator::finish`].
    Operator(Box<Operator<'a>>),
    /// Write what is due while the origin is asked, and go on with [`Errand::answer`].
    Origin(Box<Errand<'a>>, Due),
    /// Check the form, and let it pass or refuse it; at once if it is refused already.
    Form(Box<Guard<'a>>, Option<Refusal>),
    /// Ask the origin and pass everything as it is.
    Untouched,
}

/// What a visitor gets when the origin can't be reached, or answers with what can't be passed on.
#[must_use]
pub fn unreachable(site: &Site, incoming: &Incoming<'_>) -> Reply {
    let language = Visit::read(site, incoming).language;
    Rejection::Unreachable.reply(site, &language, incoming.wants_json())
}

/// The head of the answer that carries an export; its body comes in pieces ([`Export::more`]).
#[must_use]
pub fn download(export: &Export) -> Reply {
    let nothing = reply::NOTHING.to_owned();
    Reply::new(200, export.content_type(), nothing, String::new())
        .with(
            "content-disposition",
            format!("attachment; filename=\"{}\"", export.file_name()),
        )
        .private()
}

/// Takes a request as far as it can be taken without waiting.
///
/// 1. Find whose address it is. 2. Read what the browser says. 3. Decide. 4. Answer, or say what is needed.
#[must_use]
pub fn begin<'a>(site: &'a Site, incoming: &Incoming<'_>, now: u64) -> Next<'a> {
    let route = route::find(site, incoming);
    if let Route::Reserved = route {
        return Next::Untouched;
    }
    let visit = Visit::read(site, incoming);
    let decision = decide(site, &visit.choice, visit.signals, now);
    if let Route::Ours(asked) = route {
        return ours(asked, site, visit, decision, incoming, now);
    }
    if let Some(form) = guarding(site, incoming.method.name(), &incoming.path) {
        let (guard, refusal) = Guard::new(site, form, visit, decision, incoming);
        return Next::Form(Box::new(guard), refusal);
    }
    // One request of a page's many is enough.
    let asks = may_be_a_page(incoming);
    let due = if asks {
        Due::read(site, visit.pending.as_deref(), now)
    } else {
        Due::default()
    };
    let errand = Errand::new(site, &visit, decision, incoming);
    Next::Origin(Box::new(errand), due)
}

/// The same at an address of ours.
#[inline(never)] // apart: scripts/build.mjs
fn ours<'a>(
    asked: Ours,
    site: &'a Site,
    visit: Visit,
    decision: Decision,
    incoming: &Incoming<'_>,
    now: u64,
) -> Next<'a> {
    let refuse = |rejection: Rejection| {
        Next::Reply(rejection.reply(site, &visit.language, incoming.wants_json()))
    };
    let due = || Due::read(site, visit.pending.as_deref(), now);
    match asked {
        Ours::WrongMethod(allow) => refuse(Rejection::Method { allow }),
        Ours::Receipts { page } => Next::Records(Box::new(Receipts::new(
            site,
            &visit,
            decision,
            incoming,
            page,
            &due(),
        ))),
        Ours::Operator => Next::Operator(Box::new(Operator::new(site, &visit.language, incoming))),
        Ours::Page(page) => {
            Next::Reply(own::page(page, site, &visit, &decision, incoming).owing(due()))
        }
        Ours::Action(action) => match action::check(action, incoming) {
            Err(rejection) => refuse(rejection),
            Ok(kind) => Next::Body(Box::new(Pending::new(
                site, action, kind, visit, decision, incoming,
            ))),
        },
    }
}
