//! What siteverify is asked, and what its answer means.
//! <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>

use super::{
    refusal::{Mistake, Refusal},
    secret::{is_local, name_of},
};
use crate::{calendar::seconds, json::Value};
use form_urlencoded::Serializer;

/// Where to ask.
pub const ADDRESS: &str = "https://challenges.cloudflare.com/turnstile/v0/siteverify";

/// How long an answer may take, in milliseconds.
pub const TIMEOUT: u32 = 5_000;

/// How often it is asked about one token.
pub const ATTEMPTS: u8 = 2;

/// How long a token is good, in seconds.
const GOOD_FOR: u64 = 300;

/// How far Cloudflare's clock and ours may be apart, in seconds.
const SKEW: u64 = 60;

/// The question. With the same `key` it may be asked again, though a token is good once.
#[must_use]
pub fn question(secret: &str, token: &str, remote_ip: Option<&str>, key: &str) -> String {
    let mut body = Serializer::new(String::new());
    body.append_pair("secret", secret)
        .append_pair("response", token);
    if let Some(address) = remote_ip {
        body.append_pair("remoteip", address);
    }
    body.append_pair("idempotency_key", key).finish()
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A person solved it: where, what for and when, in seconds since 1970.
    Passed {
        /// The host of the page.
        hostname: String,
        /// The form's action; empty if it has none.
        action: String,
        /// When.
        at: u64,
        /// Whether a secret for tests said so.
        testing: bool,
    },
    /// It didn't pass, and this is why.
    Failed(Code),
    /// No answer, or none that siteverify would give.
    Silent,
}

/// Why a token didn't pass; of several reasons the one that is ours or the owner's, before the visitor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// `missing-input-secret`.
    MissingSecret,
    /// `invalid-input-secret`.
    InvalidSecret,
    /// `bad-request`.
    BadRequest,
    /// `internal-error`.
    InternalError,
    /// `timeout-or-duplicate`.
    TimeoutOrDuplicate,
    /// `missing-input-response`.
    MissingResponse,
    /// `invalid-input-response`.
    InvalidResponse,
    /// One that nobody has told us of.
    Unknown,
}

impl Code {
    fn read(text: &str) -> Self {
        match text {
            "missing-input-secret" => Self::MissingSecret,
            "invalid-input-secret" => Self::InvalidSecret,
            "bad-request" => Self::BadRequest,
            "internal-error" => Self::InternalError,
            "timeout-or-duplicate" => Self::TimeoutOrDuplicate,
            "missing-input-response" => Self::MissingResponse,
            "invalid-input-response" => Self::InvalidResponse,
            _ => Self::Unknown,
        }
    }
}

/// Reads an answer: its status and body; nothing if there was none in time.
#[must_use]
pub fn verdict(answer: Option<(u16, &str)>) -> Verdict {
    let Some((status, text)) = answer.filter(|(status, _)| *status < 500) else {
        return Verdict::Silent;
    };
    let Some(said) = Value::read(text) else {
        return Verdict::Silent;
    };
    let word = |key: &str| said.get(key).and_then(Value::text);
    match said.get("success").and_then(Value::bool) {
        Some(true) if (200..300).contains(&status) => {
            let testing = said
                .get("metadata")
                .and_then(|metadata| metadata.get("result_with_testing_key")?.bool());
            Verdict::Passed {
                hostname: word("hostname").unwrap_or_default().to_owned(),
                action: word("action").unwrap_or_default().to_owned(),
                at: word("challenge_ts").and_then(seconds).unwrap_or(0),
                testing: testing.unwrap_or(false),
            }
        }
        Some(false) => {
            let codes = said.get("error-codes").map(Value::list_or_nothing);
            let codes = codes.into_iter().flatten().filter_map(Value::text);
            Verdict::Failed(codes.map(Code::read).min().unwrap_or(Code::Unknown))
        }
        _ => Verdict::Silent,
    }
}

/// What a token has to be good for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The site's hosts.
    pub hosts: &'a [String],
    /// The host that the request names, with its port.
    pub host: &'a str,
    /// The form's action.
    pub action: Option<&'a str>,
    /// Whether the secret is one for tests, which knows neither host nor action.
    pub testing: bool,
    /// Seconds since 1970.
    pub now: u64,
}

impl Verdict {
    /// Whether asking once more may help.
    #[must_use]
    pub fn may_change(&self) -> bool {
        matches!(self, Self::Silent | Self::Failed(Code::InternalError))
    }

    /// Whether the form may pass.
    ///
    /// # Errors
    ///
    /// If not, and why.
    pub fn judge(&self, expected: Expected<'_>) -> Result<(), Refusal> {
        match self {
            Self::Silent | Self::Failed(Code::InternalError) => Err(Refusal::Unreachable),
            Self::Failed(Code::MissingSecret | Code::InvalidSecret) => {
                Err(Refusal::Misconfigured(Mistake::WrongSecret))
            }
            Self::Failed(Code::BadRequest) => Err(Refusal::Misconfigured(Mistake::BadRequest)),
            Self::Failed(Code::TimeoutOrDuplicate) => Err(Refusal::Used),
            Self::Failed(Code::MissingResponse | Code::InvalidResponse | Code::Unknown) => {
                Err(Refusal::Rejected)
            }
            Self::Passed { testing, .. } if expected.testing || *testing => {
                if is_local(expected.host) {
                    Ok(())
                } else {
                    Err(Refusal::Misconfigured(Mistake::TestSecret))
                }
            }
            Self::Passed {
                hostname,
                action,
                at,
                ..
            } => {
                let own = expected.hosts.iter().any(|host| host == hostname)
                    || name_of(expected.host) == hostname;
                if !own || expected.action.is_some_and(|own| own != action) {
                    Err(Refusal::Rejected)
                } else if at.saturating_add(GOOD_FOR + SKEW) < expected.now {
                    Err(Refusal::Used)
                } else if *at > expected.now + SKEW {
                    Err(Refusal::Rejected)
                } else {
                    Ok(())
                }
            }
        }
    }
}
