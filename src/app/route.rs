use crate::{
    site::Site,
    visit::{Incoming, Method},
};

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Cloudflare's own; never touched.
    Reserved,
    /// The origin's.
    Origin,
    /// One of ours.
    Ours(Ours),
}

/// What is asked for at an address of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ours {
    /// By GET or HEAD.
    Page(Page),
    /// The visitor's records, by GET or HEAD, but they have to be read first; as a page, or for programs.
    Receipts { page: bool },
    /// The operator's, by whatever method: who is not let in learns nothing from it.
    Operator,
    /// By POST.
    Action(Action),
    /// By another method than these.
    WrongMethod(&'static str),
}

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Policy,
    /// An earlier policy, by what its path ends in.
    Archived,
    Preferences,
    /// The same without its slash.
    ToPreferences,
    State,
    Inventory,
    Script,
    Gpc,
    /// The question before an erasure.
    Erase,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Choice,
    Reset,
    Erase,
    /// Notes that he has seen what has changed.
    Seen,
}

/// What a path begins with that may be anybody's but the origin's.
#[must_use]
pub fn not_of_origin(site: &Site) -> [&str; 4] {
    [RESERVED, &site.policy_path, GPC, &site.base]
}

const RESERVED: &str = "/cdn-cgi/";
const GPC: &str = "/.well-known/gpc.json";

pub(super) fn find(site: &Site, incoming: &Incoming<'_>) -> Route {
    let path = incoming.path.as_str();
    if !not_of_origin(site).iter().any(|own| path.starts_with(own)) {
        return Route::Origin;
    }
    if path.starts_with(RESERVED) {
        return Route::Reserved;
    }
    ours(site, incoming).map_or(Route::Origin, Route::Ours)
}

fn ours(site: &Site, incoming: &Incoming<'_>) -> Option<Ours> {
    let path = incoming.path.as_str();
    if path == site.policy_path {
        return Some(read(incoming, Page::Policy));
    }
    if path == GPC {
        return Some(read(incoming, Page::Gpc));
    }
    Some(match path.strip_prefix(site.base.as_str())? {
        "" => read(incoming, Page::ToPreferences),
        "/" => read(incoming, Page::Preferences),
        "/state" => read(incoming, Page::State),
        "/policy.json" => read(incoming, Page::Inventory),
        "/consent.js" => read(incoming, Page::Script),
        "/records" if incoming.query("erase").is_some() => read(incoming, Page::Erase),
        path @ ("/receipts" | "/records") if is_read(incoming) => Ours::Receipts {
            page: path == "/records",
        },
        "/receipts" | "/records" => Ours::WrongMethod(READ),
        "/admin" => Ours::Operator,
        rest if rest.starts_with("/admin/") => Ours::Operator,
        "/choice" => act(incoming, Action::Choice),
        "/reset" => act(incoming, Action::Reset),
        "/erase" => act(incoming, Action::Erase),
        "/seen" if site.has_news() => act(incoming, Action::Seen),
        path if path.starts_with(EARLIER) => read(incoming, Page::Archived),
        _ => return None,
    })
}

/// Where earlier policies lie below our own addresses.
pub(super) const EARLIER: &str = "/policy/";

/// The methods that read.
const READ: &str = "GET, HEAD";

fn is_read(incoming: &Incoming<'_>) -> bool {
    matches!(incoming.method, Method::Get | Method::Head)
}

fn read(incoming: &Incoming<'_>, page: Page) -> Ours {
    if is_read(incoming) {
        Ours::Page(page)
    } else {
        Ours::WrongMethod(READ)
    }
}

fn act(incoming: &Incoming<'_>, action: Action) -> Ours {
    match incoming.method {
        Method::Post => Ours::Action(action),
        _ => Ours::WrongMethod("POST"),
    }
}
