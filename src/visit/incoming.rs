use crate::find::{find, has};
use std::fmt;

/// The request's headers; the shell reads each one only when asked for, since every read crosses into JavaScript.
pub trait Headers {
    /// The value of a header, by its lower-case name; several of the same name joined with `, `.
    fn get(&self, name: &str) -> Option<String>;
}

impl Headers for Vec<(String, String)> {
    fn get(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// A request, before its body is read.
pub struct Incoming<'a> {
    /// Its method.
    pub method: Method,
    /// The host it names, lower case, with its port if it names one.
    pub host: String,
    /// The path, as sent.
    pub path: String,
    /// The query, without its question mark.
    pub search: String,
    /// ISO 3166-1 alpha-2 code of the visitor's country, if the edge knows it.
    pub country: Option<String>,
    /// Its headers.
    pub headers: &'a dyn Headers,
}

/// The methods that mean something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Other,
}

impl Method {
    /// Reads a method's name; names are case-sensitive (RFC 9110, section 9.1).
    #[must_use]
    pub fn read(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }

    /// Its name; empty for any other.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Other => "",
        }
    }
}

impl Incoming<'_> {
    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name)
    }

    /// The first value of a query parameter, decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        if self.search.is_empty() {
            return None;
        }
        form_urlencoded::parse(self.search.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Path and query, as an address relative to the host.
    #[must_use]
    pub fn address(&self) -> String {
        if self.search.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.search)
        }
    }

    /// Whether the client says that it takes pages.
    #[must_use]
    pub fn takes_pages(&self) -> bool {
        self.header("accept")
            .is_some_and(|accept| has(&accept, "text/html"))
    }

    /// Whether the client would rather read JSON than a page.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        self.header("accept").is_some_and(|accept| {
            let at = |kind: &str| find(accept.as_bytes(), kind.as_bytes());
            let json = at("application/json").or_else(|| at("application/problem+json"));
            match (json, at("text/html")) {
                (Some(json), Some(html)) => json < html,
                (json, _) => json.is_some(),
            }
        })
    }
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
