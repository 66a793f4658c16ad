//! The operator's pages, `{base}/admin` and what is below it.
//!
//! Whoever may not come in gets the same answer in every case: that there is nothing. Not here: how the pages look
//! (`page`), reading KV and checking signatures (`shell`).

mod access;
mod door;

pub use access::{Access, Assertion};
pub use door::door;

use super::{
    Rejection,
    reply::{NOTHING, Reply},
};
use crate::{
    calendar::day_of,
    page::operator as page,
    record::{Day, Export, Format, Listed, day_key, fold_key, keys_with, mends_of, seen_of},
    site::{Site, sorted},
    visit::{Incoming, Method},
};

const DAY: u64 = 86_400;

/// What opens the pages: neither may be there.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    /// `ADMIN_TOKEN`.
    pub token: Option<String>,
    /// `ACCESS_TEAM` and `ACCESS_AUD`.
    pub access: Option<Access>,
}

/// What becomes of somebody at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Let in.
    In,
    /// Not let in: [`Operator::nothing`].
    Out,
    /// Let in if this signature is right.
    Ask(Assertion),
    /// Answered at the door.
    Reply(Reply),
}

/// What has to be read for a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// Keys with these beginnings, with their metadata.
    pub lists: Vec<String>,
    /// Values.
    pub gets: Vec<String>,
}

/// What was read for a page, in the order of [`Wants`].
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Keys and their metadata.
    pub lists: Vec<Vec<Listed>>,
    /// Values.
    pub gets: Vec<Option<String>>,
}

/// A request for an operator's page.
#[derive(Debug)]
pub struct Operator<'a> {
    site: &'a Site,
    place: Place,
    method: Method,
    cross_site: bool,
    rest: String,
    authorization: String,
    assertion: Option<String>,
    cookies: String,
    nothing: Reply,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// The numbers of so many days.
    Overview(u64),
    /// Records, and one of them.
    Records(Option<String>),
    Gaps,
    /// An export; nothing if it was asked for wrongly.
    Export(Option<Span>),
    SignOut,
    Elsewhere,
}

/// What an export is of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    from: String,
    to: String,
    after: Option<String>,
    format: Format,
}

impl Span {
    fn read(incoming: &Incoming<'_>) -> Option<Self> {
        let from = incoming.query("from")?;
        Some(Self {
            to: incoming.query("to").unwrap_or_else(|| from.clone()),
            from,
            after: incoming.query("after"),
            format: match incoming.query("format").as_deref() {
                None | Some("ndjson") => Format::Ndjson,
                Some("csv") => Format::Csv,
                Some(_) => return None,
            },
        })
    }
}

impl<'a> Operator<'a> {
    pub(super) fn new(site: &'a Site, language: &str, incoming: &Incoming<'_>) -> Self {
        let path = incoming.path.strip_prefix(site.base.as_str());
        let rest = path
            .and_then(|path| path.strip_prefix("/admin"))
            .unwrap_or_default();
        let reads = matches!(incoming.method, Method::Get | Method::Head);
        let place = match rest {
            "" | "/" if reads => {
                let days = incoming.query("days").and_then(|days| days.parse().ok());
                Place::Overview(days.filter(|days| page::SPANS.contains(days)).unwrap_or(30))
            }
            "/records" if reads => Place::Records(
                incoming
                    .query("id")
                    .map(|id| id.trim().to_ascii_uppercase()),
            ),
            "/gaps" if reads => Place::Gaps,
            "/export" if reads => Place::Export(Span::read(incoming)),
            "/sign-out" if incoming.method == Method::Post => Place::SignOut,
            _ => Place::Elsewhere,
        };
        let header = |name| incoming.header(name).unwrap_or_default();
        Self {
            site,
            place,
            method: incoming.method,
            cross_site: super::action::is_cross_site(incoming),
            rest: rest.to_owned(),
            authorization: header("authorization"),
            assertion: incoming.header("cf-access-jwt-assertion"),
            cookies: header("cookie"),
            nothing: Rejection::NotFound.reply(site, language, incoming.wants_json()),
        }
    }

    /// Whether to let them in. `body` is what a form has sent.
    #[must_use]
    pub fn knock(&self, locks: &Locks, body: &[u8], now: u64) -> Entry {
        if self.cross_site && self.method != Method::Get && self.method != Method::Head {
            return Entry::Out;
        }
        if let Some(token) = &locks.token {
            let at_door = self
                .rest
                .strip_prefix('/')
                .zip(door(token))
                .is_some_and(|(rest, door)| rest == door);
            if at_door {
                return self.at_door(token, body, now);
            }
            if door::opens(token, &self.authorization)
                || door::is_signed_in(token, &self.site.id, &self.cookies, now)
            {
                return Entry::In;
            }
        }
        let access = locks.access.as_ref().zip(self.assertion.as_deref());
        access
            .and_then(|(access, jwt)| access.read(jwt, now))
            .map_or(Entry::Out, Entry::Ask)
    }

    /// A person with a browser and no Cloudflare Access.
    fn at_door(&self, token: &str, body: &[u8], now: u64) -> Entry {
        let wrong = match self.method {
            Method::Get | Method::Head => false,
            Method::Post => {
                let sent = form_urlencoded::parse(body).find(|(name, _)| name == "token");
                if sent.is_some_and(|(_, sent)| crate::digest::same(token, sent.trim())) {
                    let session = door::session(token, &self.site.id, now);
                    return Entry::Reply(self.to("/admin", &session));
                }
                true
            }
            Method::Put | Method::Patch | Method::Delete | Method::Other => return Entry::Out,
        };
        let status = if wrong { 403 } else { 200 };
        Entry::Reply(self.page(status, page::sign_in(self.site, wrong)))
    }

    /// The answer to everybody who isn't let in, and to whoever asks for a page that there isn't.
    #[must_use]
    pub fn nothing(&self) -> Reply {
        self.nothing.clone()
    }

    /// What to read for the page that was asked for.
    #[must_use]
    pub fn wants(&self, now: u64) -> Wants {
        let site = self.site.id.as_str();
        match &self.place {
            Place::Overview(days) => Wants {
                lists: days_listed(&day_of(now.saturating_sub(days * DAY)), &day_of(now))
                    .into_iter()
                    .map(|days| day_key(site, &days))
                    .collect(),
                gets: Vec::new(),
            },
            Place::Records(id) => Wants {
                lists: vec![mends_of(site, "")],
                gets: std::iter::once(fold_key(site))
                    .chain(id.iter().filter_map(|id| keys_with(site, id)).flatten())
                    .collect(),
            },
            Place::Gaps => Wants {
                lists: vec![seen_of(site)],
                gets: Vec::new(),
            },
            Place::Export(_) | Place::SignOut | Place::Elsewhere => Wants::default(),
        }
    }

    /// The export that was asked for, for somebody who was let in; nothing where it is no export, or one of no days.
    #[must_use]
    pub fn export(&self) -> Option<Export> {
        let Place::Export(Some(span)) = &self.place else {
            return None;
        };
        let Span {
            from,
            to,
            after,
            format,
        } = span;
        Export::new(&self.site.id, from, to, after.as_deref(), *format)
    }

    /// The page, for somebody who was let in.
    #[must_use]
    pub fn finish(&self, found: &Found, now: u64) -> Reply {
        let site = self.site;
        let list: Vec<&Listed> = found.lists.iter().flatten().collect();
        let body = match &self.place {
            Place::Overview(span) => {
                let (from, to) = (day_of(now.saturating_sub(span * DAY)), day_of(now));
                let days = list
                    .into_iter()
                    .filter_map(|own| crate::json::read(own.metadata.as_deref()?));
                let days = days.filter(|day: &Day| from <= day.day && day.day <= to);
                let days = sorted(days, |one, other| one.day < other.day);
                page::overview(site, &days, *span, now)
            }
            Place::Records(id) => {
                let record = found.gets.iter().skip(1).flatten().next();
                let record = record.map(String::as_str);
                let state = found.gets.first().and_then(Option::as_deref);
                page::records(site, id.as_deref(), record, list.len(), state, &day_of(now))
            }
            Place::Gaps => page::gaps(site, &list),
            Place::Export(_) => return self.page(400, page::wrong_days(site)),
            Place::SignOut => return self.to("/", ""),
            Place::Elsewhere => return self.nothing(),
        };
        self.page(200, body)
    }

    /// When KV can't be read.
    #[must_use]
    pub fn unread(&self) -> Reply {
        self.page(503, page::unread(self.site))
            .with("retry-after", "30")
    }

    fn page(&self, status: u16, body: String) -> Reply {
        Reply::html(status, page::admin_csp(self.site), body)
            .private()
            .with("cross-origin-resource-policy", "same-origin")
    }

    /// On to another page, with a session or without.
    fn to(&self, path: &str, session: &str) -> Reply {
        Reply::html(303, NOTHING.to_owned(), String::new())
            .private()
            .with("location", format!("{}{path}", self.site.base))
            .with("set-cookie", door::cookie(&self.site.base, session))
    }
}

/// What the keys of these days begin with, so that one list has them all; two at the turn of a year, since no site has to
/// have all its years listed for that.
fn days_listed(from: &str, to: &str) -> Vec<String> {
    let same = from
        .bytes()
        .zip(to.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    if same >= 4 {
        return from.get(..same).map(str::to_owned).into_iter().collect();
    }
    [from, to]
        .iter()
        .filter_map(|day| day.get(..4))
        .map(str::to_owned)
        .collect()
}
