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
    /// Ours, by GET or HEAD.
    Page(Page),
    /// The visitor's records: ours, by GET or HEAD, but they have to be read first; as a page, or for programs.
    Receipts { page: bool },
    /// The operator's, by whatever method: who is not let in learns nothing from it.
    Operator,
    /// Ours, by POST.
    Action(Action),
    /// Ours, by another method than these.
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
    if path == site.policy_path {
        return read(incoming, Page::Policy);
    }
    if path == GPC {
        return read(incoming, Page::Gpc);
    }
    match path.strip_prefix(site.base.as_str()) {
        Some("") => read(incoming, Page::ToPreferences),
        Some("/") => read(incoming, Page::Preferences),
        Some("/state") => read(incoming, Page::State),
        Some("/policy.json") => read(incoming, Page::Inventory),
        Some("/consent.js") => read(incoming, Page::Script),
        Some("/records") if incoming.query("erase").is_some() => read(incoming, Page::Erase),
        Some(path @ ("/receipts" | "/records")) if is_read(incoming) => Route::Receipts {
            page: path == "/records",
        },
        Some("/receipts" | "/records") => Route::WrongMethod(READ),
        Some("/admin") => Route::Operator,
        Some(rest) if rest.starts_with("/admin/") => Route::Operator,
        Some("/choice") => act(incoming, Action::Choice),
        Some("/reset") => act(incoming, Action::Reset),
        Some("/erase") => act(incoming, Action::Erase),
        Some("/seen") if site.has_news() => act(incoming, Action::Seen),
        Some(path) if path.starts_with(EARLIER) => read(incoming, Page::Archived),
        _ => Route::Origin,
    }
}

/// Where earlier policies lie below our own addresses.
pub(super) const EARLIER: &str = "/policy/";

/// The methods that read.
const READ: &str = "GET, HEAD";

fn is_read(incoming: &Incoming<'_>) -> bool {
    matches!(incoming.method, Method::Get | Method::Head)
}

fn read(incoming: &Incoming<'_>, page: Page) -> Route {
    if is_read(incoming) {
        Route::Page(page)
    } else {
        Route::WrongMethod(READ)
    }
}

fn act(incoming: &Incoming<'_>, action: Action) -> Route {
    match incoming.method {
        Method::Post => Route::Action(action),
        _ => Route::WrongMethod("POST"),
    }
}
