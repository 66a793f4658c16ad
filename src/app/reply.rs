use crate::record::{Due, Write};

/// An answer of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers; a name may stand twice (`Set-Cookie`).
    pub headers: Vec<(&'static str, String)>,
    /// Its body; the shell leaves it out for HEAD.
    pub body: String,
    /// What to put into KV, in this order.
    pub writes: Vec<Write>,
    /// What was shown, to be kept in KV: off the visitor's way, and only if it isn't there.
    pub notice: Option<Write>,
    /// The cookie that holds what was to be written before this, if the browser has one.
    pub held: Option<String>,
}

impl Reply {
    /// An answer with what all of ours have in common; `csp` is its Content-Security-Policy.
    pub(super) fn new(status: u16, kind: &str, csp: String, body: String) -> Self {
        let headers = vec![
            ("content-type", kind.to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("referrer-policy", "same-origin".to_owned()),
            ("content-security-policy", csp),
        ];
        Self {
            status,
            headers,
            body,
            writes: Vec::new(),
            notice: None,
            held: None,
        }
    }

    /// A page.
    pub(super) fn html(status: u16, csp: String, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", csp, body)
    }

    /// Data, for programs.
    pub(super) fn json(status: u16, body: String) -> Self {
        Self::new(status, "application/json", NOTHING.to_owned(), body)
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Makes it depend on nobody but this visitor, kept nowhere.
    pub(super) fn private(self) -> Self {
        self.with("cache-control", "no-store")
    }

    /// Puts what is due before what this answer has to write itself.
    pub(super) fn owing(mut self, due: Due) -> Self {
        self.writes.splice(0..0, due.writes);
        self.held = due.held;
        self
    }

    /// Leaves what is due for a later request: the browser holds it still.
    pub fn wait(&mut self) {
        self.writes.clear();
        self.held = None;
    }

    /// Whether it can be sent as it is: nothing has to be written for it.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.writes.is_empty() && self.notice.is_none() && self.held.is_none()
    }

    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The Content-Security-Policy of what isn't a page: nothing at all.
pub(super) const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";
