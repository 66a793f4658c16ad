//! A request as plain data, and what the browser says in it: the consent cookie, the signals, the language.
//!
//! Not here: what follows from it (`decision`), and anything that reads a body.

mod choice;
mod cookie;
mod incoming;
mod language;
mod signals;

pub use choice::{Answer, Choice, Made};
pub(crate) use cookie::values_in;
pub use cookie::{COOKIE, PENDING, SEEN, decode, encode, expire, is_ulid, read, write, write_seen};
pub use incoming::{Headers, Incoming, Method};
pub use language::best;
pub use signals::{Signal, Signals};

use crate::site::Site;

/// The request's headers that a visit is read from, for `Vary`.
pub const READ: &str = "Cookie, Sec-GPC, DNT, Accept-Language";

/// What a browser said about consent in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The answer it carries.
    pub choice: Choice,
    /// The signals it sends.
    pub signals: Signals,
    /// The site's language that suits it best.
    pub language: String,
    /// The day of the last change that he was told about, as his browser has it; only where there is one to tell.
    pub seen: Option<String>,
    /// What it holds of records that are still to be written, as sent.
    pub pending: Option<String>,
}

impl Visit {
    /// Reads cookie, signals and language.
    #[must_use]
    pub fn read(site: &Site, incoming: &Incoming<'_>) -> Self {
        let cookies = incoming.header("cookie");
        let cookies = cookies.as_deref();
        Self {
            seen: cookies
                .filter(|_| site.has_news())
                .and_then(|cookies| values_in(cookies, SEEN).next())
                .map(str::to_owned),
            choice: read(cookies),
            signals: Signals::read(incoming),
            language: best(
                site,
                incoming.query("lang").as_deref(),
                incoming.header("accept-language").as_deref(),
            ),
            pending: cookies
                .and_then(|cookies| values_in(cookies, PENDING).next())
                .map(str::to_owned),
        }
    }
}
