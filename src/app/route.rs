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
    /// The visitor's records: ours, by GET or HEAD, but they have to be read first.
    Receipts,
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
    Preferences,
    /// The same without its slash.
    ToPreferences,
    State,
    Inventory,
    Script,
    Gpc,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Choice,
    Reset,
    Erase,
}

pub(super) fn find(site: &Site, incoming: &Incoming<'_>) -> Route {
    let path = incoming.path.as_str();
    if path.starts_with("/cdn-cgi/") {
        return Route::Reserved;
    }
    if path == site.policy_path {
        return read(incoming, Page::Policy);
    }
    if path == "/.well-known/gpc.json" {
        return read(incoming, Page::Gpc);
    }
    match path.strip_prefix(site.base.as_str()) {
        Some("") => read(incoming, Page::ToPreferences),
        Some("/") => read(incoming, Page::Preferences),
        Some("/state") => read(incoming, Page::State),
        Some("/policy.json") => read(incoming, Page::Inventory),
        Some("/consent.js") => read(incoming, Page::Script),
        Some("/receipts") if is_read(incoming) => Route::Receipts,
        Some("/receipts") => Route::WrongMethod(READ),
        Some("/admin") => Route::Operator,
        Some(rest) if rest.starts_with("/admin/") => Route::Operator,
        Some("/choice") => act(incoming, Action::Choice),
        Some("/reset") => act(incoming, Action::Reset),
        Some("/erase") => act(incoming, Action::Erase),
        _ => Route::Origin,
    }
}

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
        Method::Get | Method::Head | Method::Other => Route::WrongMethod("POST"),
    }
}
