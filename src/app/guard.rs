//! A form that only people may send, on its way to the origin: the token is found, siteverify asked, and the form passes
//! or is refused.

use super::{Moment, action::is_cross_site, rejection::problem, reply::Reply};
use crate::{
    decision::Decision,
    form::{
        ATTEMPTS, Expected, FIELD, Kind, MOST_READ, Mistake, Refusal, Value, in_fields, in_header,
        is_local, is_test_key, is_test_secret, kept, question, verdict,
    },
    origin::{Errand, RECEIPT},
    page::{Retry, refused, refused_csp},
    record::{Occasion, Write, given},
    site::{Form, Site, Unreachable},
    visit::{Incoming, Visit},
    wording::{fill, words},
};
use std::ops::Range;

/// A form that waits for its token to be checked.
#[derive(Debug)]
pub struct Guard<'a> {
    site: &'a Site,
    form: &'a Form,
    visit: Visit,
    decision: Decision,
    kind: Option<Kind>,
    token: Option<String>,
    /// What the origin doesn't get of the body.
    pub cut: Range<usize>,
    /// The consents that were given with it, by their places.
    given: Vec<usize>,
    json: bool,
    address: String,
    host: String,
    visitor: Option<String>,
    country: Option<String>,
    testing: bool,
    asked: u8,
}

/// What follows from an answer of siteverify's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask again.
    Again,
    /// It may pass; with our word for it, or without.
    Pass {
        /// Whether siteverify said yes.
        verified: bool,
    },
    /// It may not.
    Refuse(Refusal),
}

/// What the shell tells the origin with a form, and what it keeps once the origin has taken it.
#[derive(Debug)]
pub struct Passed<'a> {
    /// The request.
    pub errand: Errand<'a>,
    /// The consents that were given.
    pub writes: Vec<Write>,
}

impl<'a> Guard<'a> {
    /// Begins with what the head of a request says. The refusal stands for what can be refused by that alone.
    pub(super) fn new(
        site: &'a Site,
        form: &'a Form,
        visit: Visit,
        decision: Decision,
        incoming: &Incoming<'_>,
    ) -> (Self, Option<Refusal>) {
        let kind = incoming
            .header("content-type")
            .and_then(|kind| Kind::read(&kind));
        let page = incoming.takes_pages();
        let mut guard = Self {
            site,
            form,
            visit,
            decision,
            token: None,
            cut: 0..0,
            given: Vec::new(),
            json: !page || incoming.wants_json(),
            address: incoming.address(),
            host: incoming.host.clone(),
            visitor: form
                .remote_ip
                .then(|| incoming.header("cf-connecting-ip"))
                .flatten(),
            country: incoming.country.clone(),
            testing: false,
            asked: 0,
            kind,
        };
        let refusal = guard.head(incoming).err();
        (guard, refusal)
    }

    fn head(&mut self, incoming: &Incoming<'_>) -> Result<(), Refusal> {
        if is_cross_site(incoming) && !comes_from(&self.site.hosts, incoming) {
            return Err(Refusal::CrossSite);
        }
        if let Some(value) = incoming.header(FIELD) {
            self.token = Some(in_header(&value)?);
        } else if self.kind.is_none() {
            return Err(Refusal::MediaType);
        }
        let length = incoming
            .header("content-length")
            .and_then(|length| length.parse::<usize>().ok());
        if self.token.is_none() && !self.has_files() && length.is_some_and(|all| all > MOST_READ) {
            return Err(Refusal::TooLarge);
        }
        Ok(())
    }

    fn has_files(&self) -> bool {
        matches!(self.kind, Some(Kind::Multipart(_)))
    }

    /// Whether the beginning of the body is needed: [`MOST_READ`] bytes at least, if there are so many.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.kind.is_some() && (self.token.is_none() || !self.form.consents.is_empty())
    }

    /// Takes the body, or its beginning if it isn't `whole`.
    ///
    /// # Errors
    ///
    /// If there is no token in it that siteverify could be asked about.
    pub fn read(&mut self, body: &[u8], whole: bool) -> Result<(), Refusal> {
        let Some(kind) = &self.kind else {
            return Ok(());
        };
        let fields = kind.fields(body);
        if self.token.is_none() {
            let missing = || {
                if whole {
                    Refusal::Missing
                } else {
                    Refusal::TooLarge
                }
            };
            if !whole && !self.has_files() {
                return Err(missing());
            }
            let (token, span) = match in_fields(&fields) {
                Err(Refusal::Missing) => return Err(missing()),
                other => other?,
            };
            self.token = Some(token);
            if !self.form.keep_token {
                self.cut = span;
            }
        }
        let consents = self.form.consents.iter().enumerate();
        self.given = consents
            .filter(|(_, consent)| {
                let mut values = fields.iter().filter(|field| field.name == consent.field);
                values.any(|field| says_yes(&field.value))
            })
            .map(|(at, _)| at)
            .collect();
        Ok(())
    }

    /// What siteverify is to be asked; `key` is a new UUID.
    ///
    /// # Errors
    ///
    /// If the site's owner has to mend something first.
    pub fn ask(&mut self, secret: Option<&str>, key: &str) -> Result<String, Refusal> {
        let local = is_local(&self.host);
        let secret = secret.map(str::trim).filter(|secret| !secret.is_empty());
        let wrong = |mistake| Err(Refusal::Misconfigured(mistake));
        let Some(secret) = secret else {
            return wrong(Mistake::NoSecret);
        };
        self.testing = is_test_secret(secret);
        if self.testing && !local {
            return wrong(Mistake::TestSecret);
        }
        if is_test_key(&self.form.site_key) && !local {
            return wrong(Mistake::TestKey);
        }
        let token = self.token.as_deref().unwrap_or_default();
        Ok(question(secret, token, self.visitor.as_deref(), key))
    }

    /// Takes an answer: its status and body, nothing if there was none in time; `now` in seconds since 1970.
    pub fn hear(&mut self, answer: Option<(u16, &str)>, now: u64) -> Step {
        self.asked += 1;
        let verdict = verdict(answer);
        if verdict.may_change() && self.asked < ATTEMPTS {
            return Step::Again;
        }
        let judged = verdict.judge(Expected {
            hosts: &self.site.hosts,
            host: &self.host,
            action: self.form.action.as_deref(),
            testing: self.testing,
            now,
        });
        match judged {
            Ok(()) => Step::Pass { verified: true },
            Err(Refusal::Unreachable) if self.form.unreachable == Unreachable::Open => {
                Step::Pass { verified: false }
            }
            Err(refusal) => Step::Refuse(refusal),
        }
    }

    /// The form as it goes to the origin.
    #[must_use]
    pub fn pass(self, incoming: &Incoming<'_>, verified: bool, moment: Moment) -> Passed<'a> {
        let mut header = String::new();
        let mut writes = Vec::new();
        for (random, at) in (moment.random..).zip(&self.given) {
            let Some(consent) = self.form.consents.get(*at) else {
                continue;
            };
            let occasion = Occasion {
                language: &self.visit.language,
                country: self.country.as_deref(),
                now: moment.now,
                random,
            };
            let (id, write) = given(self.site, self.form, consent, &occasion);
            if !header.is_empty() {
                header.push_str(", ");
            }
            header.extend([&consent.field, "=", &id]);
            writes.push(write);
        }
        let mut errand = Errand::new(self.site, &self.visit, self.decision, incoming);
        if verified {
            errand
                .request
                .push(("x-turnstile", Some("verified".to_owned())));
        }
        if !self.form.keep_token {
            errand.request.push((FIELD, None));
        }
        if !header.is_empty() {
            errand.request.push((RECEIPT, Some(header)));
        }
        Passed { errand, writes }
    }

    /// What an owner has to know, if it is for him: a word for the fault, and a sentence.
    #[must_use]
    pub fn report(&self, step: Step) -> Option<(&'static str, String)> {
        let form = self.form.paths.first().map_or("", String::as_str);
        let (fault, what) = match step {
            Step::Refuse(Refusal::Misconfigured(mistake)) => ("turnstile-setup", mistake.advice()),
            Step::Refuse(Refusal::Unreachable) => (
                "turnstile-unreachable",
                "siteverify gave no answer, the form was refused",
            ),
            Step::Pass { verified: false } => (
                "turnstile-unreachable",
                "siteverify gave no answer, the form passed unchecked (`unreachable = \"open\"`)",
            ),
            _ => return None,
        };
        Some((fault, format!("{} {form}: {what}", self.site.id)))
    }

    /// The answer to a form that may not pass, with what was read of its body.
    #[must_use]
    pub fn refuse(&self, refusal: Refusal, body: Option<(&[u8], bool)>) -> Reply {
        let status = refusal.status();
        let reply = if self.json {
            let (title, detail) = refusal.problem();
            problem(status, title, detail)
        } else {
            let language = &self.visit.language;
            let retry = self.retry(refusal, body);
            let sentence = self.sentence(refusal);
            Reply::html(
                status,
                refused_csp(self.site),
                refused(self.site, language, &sentence, retry.as_ref()),
            )
        };
        let reply = reply.private();
        if status == 503 {
            reply.with("retry-after", "30")
        } else {
            reply
        }
    }

    /// The form for another try, if all of it is known and may be handed back.
    fn retry(&self, refusal: Refusal, body: Option<(&[u8], bool)>) -> Option<Retry<'_>> {
        // Another site's fields have no business in a page of ours.
        let (body, _) = body.filter(|(_, whole)| *whole && refusal != Refusal::CrossSite)?;
        let kind = self.kind.as_ref().filter(|kind| **kind != Kind::Json)?;
        Some(Retry {
            form: self.form,
            action: &self.address,
            multipart: self.has_files(),
            fields: kept(kind.fields(body))?,
        })
    }

    /// For people, in their language.
    fn sentence(&self, refusal: Refusal) -> String {
        let Some(words) = words(self.site, &self.visit.language) else {
            return refusal.problem().1.to_owned();
        };
        let said = match refusal {
            Refusal::CrossSite => &words.error_cross_site,
            Refusal::Missing | Refusal::Repeated | Refusal::Oversized | Refusal::Rejected => {
                &words.form_rejected
            }
            Refusal::Used => &words.form_used,
            Refusal::TooLarge => &words.form_too_large,
            Refusal::MediaType => &words.error_media_type,
            Refusal::Misconfigured(_) => &words.form_ours,
            Refusal::Unreachable => &words.form_unreachable,
        };
        fill(said, &[("email", &self.site.owner.email)])
    }
}

/// Whether a field that stands for a consent gives it.
fn says_yes(value: &Value) -> bool {
    match value {
        Value::Text(text) => {
            let text = text.trim().to_ascii_lowercase();
            !matches!(text.as_str(), "" | "0" | "false" | "off" | "no" | "null")
        }
        Value::File | Value::Unreadable => false,
    }
}

/// Whether a page of one of these hosts sent it: a site's hosts need not share a domain.
fn comes_from(hosts: &[String], incoming: &Incoming<'_>) -> bool {
    let origin = incoming.header("origin").unwrap_or_default();
    let host = origin.strip_prefix("https://").unwrap_or_default();
    hosts.iter().any(|own| own == host)
}
