use super::{
    cookies::{kept, name_of, withholds},
    csp, validators,
};
use crate::{
    decision::Decision,
    digest::short,
    html::{Insertion, Place},
    page::{View, banner},
    site::{self, Site},
    visit::{COOKIE, Headers, Incoming, Method, Visit},
};

/// Header changes: a value to set, or `None` to take the header away.
pub type Changes = Vec<(&'static str, Option<String>)>;

/// A request on its way to the origin.
#[derive(Debug)]
pub struct Errand<'a> {
    site: &'a Site,
    decision: Decision,
    /// What the request needs changed.
    pub request: Changes,
    banner: Option<Banner>,
}

/// The banner to put into a page.
#[derive(Debug, Clone)]
pub struct Banner {
    /// Its markup, and where it goes.
    pub insertion: Insertion,
    /// Digest of the markup: what an edited page's `ETag` differs by.
    state: String,
}

/// The beginning of the origin's answer.
pub struct Head<'a> {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a dyn Headers,
    /// Its `Set-Cookie` values, read only if wanted: each read crosses into JavaScript.
    pub set_cookies: &'a dyn Fn() -> Vec<String>,
}

impl std::fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What becomes of the origin's answer.
#[derive(Debug, Clone, Default)]
pub struct Answer<'a> {
    /// Header changes; none means that the headers pass as they are.
    pub headers: Changes,
    /// The `Set-Cookie` values that remain, if some were taken away.
    pub set_cookies: Option<Vec<String>>,
    /// What to put into the body; none means that it passes unread.
    pub banner: Option<&'a Banner>,
}

impl Answer<'_> {
    /// Whether the origin's response object can be returned as it is.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.headers.is_empty() && self.set_cookies.is_none() && self.banner.is_none()
    }
}

impl<'a> Errand<'a> {
    /// Prepares a request for the origin.
    #[must_use]
    pub fn new(site: &'a Site, visit: &Visit, decision: Decision, incoming: &Incoming<'_>) -> Self {
        let mut request: Changes = Vec::new();
        let consent = decision.header(site);
        if !consent.is_empty() {
            request.push(("x-consent", Some(consent)));
        } else if incoming.header("x-consent").is_some() {
            request.push(("x-consent", None));
        }
        if let Some(header) = incoming.header("cookie")
            && let Some(kept) = kept(site, &decision, &header)
        {
            request.push(("cookie", (!kept.is_empty()).then_some(kept)));
        }
        let banner = (decision.asks() && is_document(incoming)).then(|| {
            let return_to = incoming.address();
            let view = View {
                site,
                decision: &decision,
                language: &visit.language,
                return_to: &return_to,
            };
            let markup = banner::markup(&view);
            let state = short(markup.as_bytes(), 12);
            let place = match site.banner.place {
                site::Place::First => Place::First,
                site::Place::Last => Place::Last,
                site::Place::Auto => Place::Auto,
            };
            let insertion = Insertion {
                place,
                first: banner::in_body(&markup).into_bytes().into(),
                last: banner::behind(&markup).into_bytes().into(),
            };
            Banner { insertion, state }
        });
        if let Some(tags) = incoming.header("if-none-match") {
            let asked = validators::ask(&tags, banner.as_ref().map(|banner| banner.state.as_str()));
            if asked.as_deref() != Some(&tags) {
                request.push(("if-none-match", asked));
            }
        }
        if banner.is_some() {
            // A date can't tell our states apart, and a piece of a page can't be edited.
            request.extend([
                ("if-modified-since", None),
                ("range", None),
                ("if-range", None),
            ]);
        }
        Self {
            site,
            decision,
            request,
            banner,
        }
    }

    /// Decides what becomes of the origin's answer.
    #[must_use]
    pub fn answer(&self, head: &Head<'_>) -> Answer<'_> {
        let mut answer = Answer {
            set_cookies: self.filtered(head),
            ..Answer::default()
        };
        let Some(banner) = &self.banner else {
            return answer;
        };
        let revalidated = head.status == 304;
        if !revalidated && !is_editable(head) {
            return answer;
        }
        let tag = head
            .headers
            .get("etag")
            .and_then(|tag| validators::derive(&tag, &banner.state));
        answer.headers.extend([
            ("etag", tag),
            ("last-modified", None),
            ("cache-control", Some("private, no-cache".to_owned())),
            ("cdn-cache-control", None),
            ("surrogate-control", None),
            ("expires", None),
            ("age", None),
        ]);
        if revalidated {
            return answer;
        }
        // The body is read decoded and leaves plain: the edge compresses it for the browser, once.
        for name in [
            "content-encoding",
            "content-length",
            "accept-ranges",
            "content-md5",
            "digest",
            "repr-digest",
        ] {
            answer.headers.push((name, None));
        }
        if let Some(policy) = head.headers.get("content-security-policy") {
            let (style, script) = banner::csp_sources(self.site);
            answer.headers.push((
                "content-security-policy",
                Some(csp::allow(&policy, &style, &script)),
            ));
        }
        answer.banner = Some(banner);
        answer
    }

    /// The origin's `Set-Cookie` values without those withheld; `None` if all pass.
    fn filtered(&self, head: &Head<'_>) -> Option<Vec<String>> {
        head.headers.get("set-cookie")?;
        let all = (head.set_cookies)();
        // The consent cookie is ours alone to set.
        let withheld = |value: &String| {
            let name = name_of(value);
            name == COOKIE || withholds(self.site, &self.decision, name)
        };
        let kept: Vec<String> = all
            .iter()
            .filter(|value| !withheld(value))
            .cloned()
            .collect();
        (kept.len() != all.len()).then_some(kept)
    }
}

/// Whether a request is for a page that a person will look at. Where the browser says what it wants it for, only a whole
/// document counts: a fragment that a script fetches must stay what it is.
fn is_document(incoming: &Incoming<'_>) -> bool {
    matches!(incoming.method, Method::Get | Method::Head | Method::Post)
        && incoming
            .header("sec-fetch-dest")
            .is_none_or(|dest| dest == "document")
        && incoming.header("x-requested-with").is_none()
}

fn is_editable(head: &Head<'_>) -> bool {
    let header = |name| {
        head.headers
            .get(name)
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let kind = header("content-type");
    let mut parts = kind.split(';').map(str::trim);
    let html = parts.next() == Some("text/html");
    // The markup is ASCII: right in every encoding but the ones where a byte of ASCII may be half a character.
    let wide = parts.any(|part| {
        part.strip_prefix("charset=").is_some_and(|set| {
            let set = set.trim_matches('"');
            set.starts_with("utf-16") || set == "iso-2022-jp"
        })
    });
    let coding = header("content-encoding");
    let readable = coding.is_empty() || coding == "identity" || coding == "gzip" || coding == "br";
    let body = head.status >= 200 && !matches!(head.status, 204..=206 | 304);
    html && !wide && readable && body && !header("content-disposition").starts_with("attachment")
}
