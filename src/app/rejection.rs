use super::reply::Reply;
use crate::{decision::Unknown, page, site::Site, wording};
use serde::Serialize;

/// Why an action was not done: one variant for each outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// 403: the browser says that another site sent this.
    CrossSite,
    /// 404: there is nothing, or nothing for him.
    NotFound,
    /// 405.
    Method {
        /// What goes, for `Allow`.
        allow: &'static str,
    },
    /// 400, and what is wrong.
    Malformed(&'static str),
    /// 413.
    TooLarge,
    /// 415.
    MediaType,
    /// 429: more answers than a person gives.
    Limited,
    /// 502: the origin gave no answer.
    Unreachable,
    /// 404: an earlier policy that isn't kept.
    NotKept,
    /// 503: KV did not give the records.
    NotRead,
    /// 503: KV did not let the records go.
    NotErased,
    /// 422: names that the site doesn't have.
    Unknown(Unknown),
}

impl Rejection {
    /// As HTTP says it: a problem document (RFC 9457) for programs, a page for people.
    #[must_use]
    pub fn reply(&self, site: &Site, language: &str, json: bool) -> Reply {
        let status = self.status();
        let reply = if json {
            problem(status, self.title(), &self.detail())
        } else {
            Reply::html(
                status,
                page::page_csp(site),
                page::error::error(site, language, &self.sentence(site, language)),
            )
        };
        let reply = reply.private();
        match self {
            Self::Method { allow } => reply.with("allow", *allow),
            Self::NotErased | Self::NotRead => reply.with("retry-after", "30"),
            Self::Limited => reply.with("retry-after", "60"),
            Self::MediaType => reply.with(
                "accept-post",
                "application/x-www-form-urlencoded, application/json",
            ),
            _ => reply,
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::CrossSite => 403,
            Self::NotKept | Self::NotFound => 404,
            Self::Method { .. } => 405,
            Self::Malformed(_) => 400,
            Self::TooLarge => 413,
            Self::MediaType => 415,
            Self::Unknown(_) => 422,
            Self::Limited => 429,
            Self::NotErased | Self::NotRead => 503,
            Self::Unreachable => 502,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::CrossSite => "Cross-site request refused",
            Self::NotKept => "No such policy",
            Self::NotFound => "Not found",
            Self::Method { .. } => "Method not allowed",
            Self::Malformed(_) => "Malformed request",
            Self::TooLarge => "Body too large",
            Self::MediaType => "Unsupported media type",
            Self::Unknown(_) => "Unknown name",
            Self::Limited => "Too many requests",
            Self::NotErased => "Records not erased",
            Self::NotRead => "Records not read",
            Self::Unreachable => "Origin unreachable",
        }
    }

    /// For programmers, in English.
    fn detail(&self) -> String {
        match self {
            Self::CrossSite => "A choice is only taken from the site's own pages.".to_owned(),
            Self::NotFound => "There is nothing at this address.".to_owned(),
            Self::Method { allow } => format!("This address answers to {allow}."),
            Self::Malformed(what) => (*what).to_owned(),
            Self::NotKept => "No policy of this version is kept.".to_owned(),
            Self::TooLarge => format!("A choice takes at most {} bytes.", super::MOST_BODY),
            Self::MediaType => {
                "Send application/x-www-form-urlencoded or application/json.".to_owned()
            }
            Self::Unreachable => "The origin gave no answer.".to_owned(),
            Self::NotRead => {
                "The records could not be read. Nothing is lost; try again.".to_owned()
            }
            Self::Limited => {
                "More answers than a person gives. A refusal is always taken; try the rest again in a minute.".to_owned()
            }
            Self::NotErased => {
                "The records could not be erased. Nothing has changed; try again.".to_owned()
            }
            Self::Unknown(Unknown { names, known, kind }) => {
                format!(
                    "This site has no {kind} `{}`. It has: {}.",
                    names.join("`, `"),
                    known.join(", ")
                )
            }
        }
    }

    /// For people, in their language.
    fn sentence(&self, site: &Site, language: &str) -> String {
        let Some(words) = wording::words(site, language) else {
            return self.detail();
        };
        match self {
            Self::CrossSite => words.error_cross_site.into(),
            Self::NotFound => words.error_not_found.into(),
            Self::Method { .. } => words.error_method.into(),
            Self::Malformed(_) => words.error_malformed.into(),
            Self::TooLarge => words.error_too_large.into(),
            Self::MediaType => words.error_media_type.into(),
            Self::Limited => words.error_limited.into(),
            Self::NotErased => words.error_not_erased.into(),
            Self::NotRead => words.error_not_read.into(),
            Self::Unreachable => words.error_ours.into(),
            Self::NotKept => words.error_not_kept.into(),
            Self::Unknown(_) => format!("{} {}", words.error_unknown, self.detail()),
        }
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

/// A problem document (RFC 9457).
pub(super) fn problem(status: u16, title: &str, detail: &str) -> Reply {
    let problem = Problem {
        kind: "about:blank",
        title,
        status,
        detail,
    };
    Reply::new(
        status,
        "application/problem+json",
        super::reply::NOTHING.to_owned(),
        crate::json::write(&problem),
    )
}
