use super::{
    MOST_BODY, Rejection,
    body::{self, Kind},
    reply::Reply,
    route::Action,
};
use crate::{
    decision::{Asked, Decision, State, Submission, Surface, decide, settle},
    find::cut,
    origin::{expiries, forget, inject::Act},
    page::RELEASE,
    record::{Chain, Circumstances, Deed, Due, Proof, owed, prove},
    site::Site,
    visit::{COOKIE, Choice, Incoming, Made, PENDING, SEEN, Visit, expire, write, write_seen},
    wording::words,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Pages that the browser kept as the origin sent them were made for a visitor who had granted more, or who had answered:
/// the origin may have allowed to show them again for hours without asking.
const FORGET_PAGES: (&str, &str) = ("clear-site-data", "\"cache\"");

/// What only the outside knows: time and chance.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub now: u64,
    /// 80 bits from a cryptographic source; only the lower ones count.
    pub random: u128,
    /// Whether this visitor has written too often: then a yes is refused, and a no takes effect without KV.
    pub limited: bool,
}

/// Seconds within which the same answer, given again, is the same answer.
const SAME: u64 = 86_400;

/// An action that waits for its body.
#[derive(Debug)]
pub struct Pending<'a> {
    site: &'a Site,
    action: Action,
    kind: Kind,
    visit: Visit,
    before: Decision,
    json: bool,
    host: String,
    cookies: Option<String>,
    country: Option<String>,
}

/// Whether an action may be done at all: from the site's own pages, in a form that we read.
pub(super) fn check(action: Action, incoming: &Incoming<'_>) -> Result<Kind, Rejection> {
    if is_cross_site(incoming) {
        return Err(Rejection::CrossSite);
    }
    let length = incoming
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_BODY) {
        return Err(Rejection::TooLarge);
    }
    match (action, incoming.header("content-type")) {
        // These need nothing said, and so no body.
        (Action::Reset | Action::Erase | Action::Seen, None) => Ok(Kind::Form),
        (_, kind) => Kind::read(&kind.unwrap_or_default()).ok_or(Rejection::MediaType),
    }
}

/// Whether to answer in JSON: to who asks for it, and to who sends it and does not ask for a page.
fn wants_json(kind: Kind, incoming: &Incoming<'_>) -> bool {
    incoming.wants_json() || (kind == Kind::Json && !incoming.takes_pages())
}

/// The browser's own word first (Fetch Metadata), else the `Origin` it sends with every POST; a client that sends
/// neither is no browser, and carries nobody's cookies but its own.
pub(super) fn is_cross_site(incoming: &Incoming<'_>) -> bool {
    if let Some(site) = incoming.header("sec-fetch-site") {
        return !matches!(site.as_str(), "same-origin" | "same-site" | "none");
    }
    incoming.header("origin").is_some_and(|origin| {
        cut(&origin, "://").is_none_or(|(_, host)| !host.eq_ignore_ascii_case(&incoming.host))
    })
}

impl<'a> Pending<'a> {
    pub(super) fn new(
        site: &'a Site,
        action: Action,
        kind: Kind,
        visit: Visit,
        before: Decision,
        incoming: &Incoming<'_>,
    ) -> Self {
        Self {
            site,
            action,
            kind,
            visit,
            before,
            json: wants_json(kind, incoming),
            host: incoming.host.clone(),
            cookies: incoming.header("cookie"),
            country: incoming.country.clone(),
        }
    }

    /// Does it. `None` stands for a body over [`MOST_BODY`].
    #[must_use]
    pub fn finish(&self, body: Option<&[u8]>, moment: Moment) -> Reply {
        let done = match (body, self.action) {
            (None, _) => Err(Rejection::TooLarge),
            (Some(body), Action::Choice) => self.choose(body, moment),
            (Some(body), Action::Reset) => Ok(self.reset(body, Some(moment), moment.now)),
            (Some(body), Action::Erase) => Ok(self.reset(body, None, moment.now)),
            (Some(body), Action::Seen) => Ok(self.seen(body)),
        };
        match done {
            Ok(reply) if moment.limited => held_back(reply),
            Ok(reply) => reply,
            Err(rejection) => rejection.reply(self.site, &self.visit.language, self.json),
        }
    }

    fn choose(&self, body: &[u8], moment: Moment) -> Result<Reply, Rejection> {
        let site = self.site;
        let submission = body::submission(self.kind, body)?;
        let now = moment.now / 1000;
        let mut made = settle(site, &submission, &self.before, now).map_err(Rejection::Unknown)?;
        if !site.has_choice() {
            // Nothing to choose, nothing to keep: not even our own cookie.
            let after = decide(site, &Choice::Unasked, self.visit.signals, now);
            return Ok(self.done(&after, submission.return_to.as_deref()));
        }
        if moment.limited && made.grants() {
            return Err(Rejection::Limited);
        }
        let deed = self.deed(&submission, &made);
        let given = self.given(&made, now);
        let written = if let Some(before) = given {
            made = before;
            None
        } else {
            let after = decide(site, &Choice::Made(made.clone()), self.visit.signals, now);
            let written = self.record(&after, deed, submission.surface, moment);
            // A refusal leaves nothing with the visitor that could tell him from anybody else.
            let id = written.as_ref().map(|proof| proof.id.clone());
            made.receipt = id.filter(|_| made.grants());
            written.filter(|_| deed != Deed::Reject || site.records.refusals)
        };
        let cookie = write(site, &made);
        let after = decide(site, &Choice::Made(made), self.visit.signals, now);
        let mut reply = self
            .done(&after, submission.return_to.as_deref())
            .with("set-cookie", cookie);
        self.clean(&mut reply, &after);
        if deed != Deed::Accept && self.granted_before() && !site.rehearses() {
            reply = reply.with(FORGET_PAGES.0, FORGET_PAGES.1);
        }
        if let Some(proof) = written {
            reply.writes.push(proof.record);
            reply.notice = Some(proof.notice);
        }
        Ok(reply.owing(self.due(now)))
    }

    /// The answer that he has given already, if it was the same and not long ago: a button pressed twice is one answer.
    fn given(&self, made: &Made, now: u64) -> Option<Made> {
        let before = self.before.made.as_ref()?;
        let fresh = before.at <= now && now < before.at + SAME;
        let same = before.answers == made.answers
            && (before.gpc, before.dnt) == (made.gpc, made.dnt)
            && before.receipt.is_some() == made.grants();
        (fresh && same).then(|| before.clone())
    }

    fn due(&self, now: u64) -> Due {
        Due::read(self.site, self.visit.pending.as_deref(), now)
    }

    /// The records to read and delete before [`Pending::finish`], if that is what was asked for.
    #[must_use]
    pub fn erases(&self, now: u64) -> Option<Chain> {
        let receipt = self
            .before
            .made
            .as_ref()
            .and_then(|made| made.receipt.as_deref());
        (self.action == Action::Erase)
            .then(|| Chain::new(&self.site.id, receipt).with(&self.due(now)))
    }

    /// The answer to who has asked too often.
    #[must_use]
    pub fn limited(&self) -> Reply {
        Rejection::Limited.reply(self.site, &self.visit.language, self.json)
    }

    /// The answer when the records could not be deleted: everything stays, so that he can try again.
    #[must_use]
    pub fn not_erased(&self) -> Reply {
        Rejection::NotErased.reply(self.site, &self.visit.language, self.json)
    }

    /// The answer when there are more records than could be deleted at once: the choice stays until they all are, and
    /// leads to the rest.
    #[must_use]
    pub fn erases_on(&self, body: &[u8], rest: &str) -> Option<Reply> {
        let cookie = leads_on(self.site, &self.before, rest)?;
        let return_to = body::return_to(self.kind, body);
        let reply = self.done(&self.before, return_to.as_deref());
        let reply = reply.with("set-cookie", cookie);
        let pending = self.visit.pending.as_ref();
        Some(pending.into_iter().fold(reply, |reply, _| {
            reply.with("set-cookie", expire(PENDING, None, "/"))
        }))
    }

    /// Forgets the choice. An erasure (no `record`) leaves no record of itself: it would name what it erased.
    fn reset(&self, body: &[u8], record: Option<Moment>, now: u64) -> Reply {
        let now = now / 1000;
        let after = decide(self.site, &Choice::Unasked, self.visit.signals, now);
        let return_to = body::return_to(self.kind, body);
        let mut reply = self.done(&after, return_to.as_deref());
        for expiry in forget(&self.host) {
            reply = reply.with("set-cookie", expiry);
        }
        if self.visit.seen.is_some() {
            reply = reply.with("set-cookie", expire(SEEN, None, "/"));
        }
        self.clean(&mut reply, &after);
        reply = reply.with(FORGET_PAGES.0, FORGET_PAGES.1);
        let Some(moment) = record else {
            if self.visit.pending.is_some() {
                reply = reply.with("set-cookie", expire(PENDING, None, "/"));
            }
            return reply;
        };
        if self.granted_before()
            && let Some(proof) = self.record(&after, Deed::Withdraw, Surface::Preferences, moment)
        {
            reply.writes.push(proof.record);
            reply.notice = Some(proof.notice);
        }
        reply.owing(self.due(now))
    }

    /// Notes that he was told what has changed.
    fn seen(&self, body: &[u8]) -> Reply {
        let return_to = body::return_to(self.kind, body);
        let reply = self.done(&self.before, return_to.as_deref());
        let told = self.before.untold(self.site, self.visit.seen.as_deref());
        match told.first() {
            Some(change) => reply.with("set-cookie", write_seen(self.site, &change.date)),
            None => reply,
        }
    }

    fn granted_before(&self) -> bool {
        self.before.made.as_ref().is_some_and(Made::grants)
    }

    /// A no after a yes is a withdrawal, whatever the button was called.
    fn deed(&self, submission: &Submission, made: &Made) -> Deed {
        match submission.asked {
            _ if !made.grants() && self.granted_before() => Deed::Withdraw,
            Asked::Accept => Deed::Accept,
            Asked::Save if made.grants() => Deed::Save,
            Asked::Save | Asked::Reject => Deed::Reject,
        }
    }

    fn record(
        &self,
        after: &Decision,
        deed: Deed,
        surface: Surface,
        moment: Moment,
    ) -> Option<Proof> {
        let circumstances = Circumstances {
            // A no is tied to nothing, whatever a cookie made by hand may say.
            previous: self
                .before
                .made
                .as_ref()
                .filter(|made| made.grants())
                .and_then(|made| made.receipt.as_deref()),
            deed,
            surface,
            language: &self.visit.language,
            country: self.country.as_deref(),
            random: moment.random,
        };
        prove(self.site, after, &circumstances, moment.now)
    }

    /// The answer to an action: back to the page for a form, the new state for a program.
    fn done(&self, after: &Decision, return_to: Option<&str>) -> Reply {
        let site = self.site;
        let reply = if self.json {
            let message = words(site, &self.visit.language).map_or("", |words| &words.saved);
            let mut state = State::new(site, after).with_message(message);
            let act = Act::new(site, &self.before, after);
            if after.grants_anything(site) || !act.is_empty() {
                state = state.with_release(RELEASE, act);
            }
            Reply::json(200, state.json())
        } else {
            Reply::html(303, super::reply::NOTHING.to_owned(), String::new())
                .with("location", own_path(return_to))
        };
        reply.private()
    }

    /// Removes what the visitor no longer grants, and a consent cookie that was set for another domain: two of them
    /// would ask him for ever.
    fn clean(&self, reply: &mut Reply, after: &Decision) {
        let header = self.cookies.as_deref();
        let copies = header.map_or(0, |header| crate::visit::values_in(header, COOKIE).count());
        if copies > 1 {
            if self.site.consent.domain.is_some() {
                reply
                    .headers
                    .push(("set-cookie", expire(COOKIE, None, "/")));
            }
            for domain in crate::origin::domains(&self.host) {
                if self.site.consent.domain.as_deref() != Some(domain) {
                    reply
                        .headers
                        .push(("set-cookie", expire(COOKIE, Some(domain), "/")));
                }
            }
        }
        if self.site.rehearses() {
            return;
        }
        for expiry in expiries(self.site, after, header, &self.host) {
            reply.headers.push(("set-cookie", expiry));
        }
    }
}

/// The `Set-Cookie` value of the choice that was, with another record.
pub(super) fn leads_on(site: &Site, before: &Decision, rest: &str) -> Option<String> {
    let made = before.made.clone()?;
    let receipt = Some(rest.to_owned());
    Some(write(site, &Made { receipt, ..made }))
}

/// An answer whose record has to wait: the browser holds it until a later request, which may not be one too many.
fn held_back(mut reply: Reply) -> Reply {
    let held = reply.held.take();
    if let Some(cookie) = owed(&reply.writes, 0, held.as_deref()) {
        reply = reply.with("set-cookie", cookie);
    }
    reply.writes.clear();
    reply
}

/// A path of this site to go back to; anything that could lead elsewhere means `/`. Browsers drop tabs and line breaks
/// from addresses and read `\\` as `/` (WHATWG URL), so that none of these may stand in it.
fn own_path(return_to: Option<&str>) -> String {
    const MOST: usize = 2048;
    let leads_away = |path: &str| {
        !path.starts_with('/')
            || path.starts_with("//")
            || path.contains('\\')
            || path.chars().any(char::is_control)
            || path.len() > MOST
    };
    return_to.filter(|path| !leads_away(path)).map_or_else(
        || "/".to_owned(),
        |path| utf8_percent_encode(path, NOT_IN_HEADERS).to_string(),
    )
}

/// What a header can't hold, and quotes and blanks; what is encoded already stays as it is.
const NOT_IN_HEADERS: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_own_paths_are_gone_back_to() {
        for (asked, expected) in [
            (None, "/"),
            (Some("/a?b=c#d"), "/a?b=c#d"),
            (Some("/ä b"), "/%C3%A4%20b"),
            (Some("//evil.example/x"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("/a%20b?c=%2F"), "/a%20b?c=%2F"),
            (Some("https://evil.example/"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some(""), "/"),
            (Some("x"), "/"),
            (Some("/a\r\nset-cookie: b=c"), "/"),
        ] {
            assert_eq!(own_path(asked), expected, "{asked:?}");
        }
    }
}
