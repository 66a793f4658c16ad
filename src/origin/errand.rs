use super::{
    added::{Added, Guard},
    asked::{embedder, is_document, is_page, may_be_read_as_page, names_a_file},
    cookies::{kept, look, name_of},
    csp,
    hold::Plan,
    inject::{Inject, Markup, Passage},
    kind::{Page, is_shown},
    report::Report,
    seen::Seen,
    validators,
    widgets::{Shown, Widgets},
};
use crate::{
    decision::Decision,
    digest::short,
    html::{Charset, Insertion, Place},
    page::{View, banner, news, placeholder_csp_source},
    site::{self, Site},
    visit::{COOKIE, Headers, Incoming, Method, PENDING, Visit},
};
use std::sync::Arc;

/// Header changes: a value to set, or `None` to take the header away.
pub type Changes = Vec<(&'static str, Option<String>)>;

/// Headers that tell the origin what became of a form.
const OURS: [&str; 2] = ["x-turnstile", RECEIPT];

/// The header by which an origin orders something; it never gets to the browser.
pub const COMMAND: &str = "x-consent-command";

/// The header by which an origin learns the ids of consents given with a form, and names those to erase; nor does this one.
pub const RECEIPT: &str = "x-consent-receipt";

/// A request on its way to the origin.
#[derive(Debug)]
pub struct Errand<'a> {
    /// The site it is for.
    pub site: &'a Site,
    /// What holds for the visitor.
    pub decision: Decision,
    /// What the request needs changed.
    pub request: Changes,
    edit: Option<Edit>,
    /// Cookies of the request that nobody declared.
    pub seen: Seen,
    report: Option<Report>,
    /// Whether a 304 may be about a page that was edited: only then was it asked for by a tag of ours.
    asked_as_page: bool,
    /// Whether a browser shows the answer by itself, if it said so.
    shown: Option<bool>,
    /// Whether the same headers, in the same second, come to the same request at any other of the origin's addresses, if what
    /// stands behind the last dot of its path is the same; and to the same of the answer, unless it may be a page.
    pub alike: bool,
}

/// What to do to a page.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The banner, and where it goes, if there is something to ask.
    pub insertion: Option<Insertion>,
    /// The tags to make inert, if something is withheld.
    pub hold: Option<Plan>,
    /// Whether a form of the page may get a widget: the page's address, and the visitor's language.
    widgets: Option<Shown>,
    /// What is the same for all pages.
    fixed: Arc<Fixed>,
    /// Whether it is a page of its own, in which scripts run.
    runs: bool,
    /// Digest of all that it was made from: what an edited page's `ETag` differs by.
    state: String,
}

/// What pages with one decision and language get, wherever they are: made once.
#[derive(Debug)]
struct Fixed {
    banner: Option<banner::Template>,
    /// What is put in for what is granted.
    inject: Inject,
    /// What a yes would put in at once.
    offered: Option<Inject>,
    /// What keeps scripts from adding tags.
    added: Added,
    /// Digest of all that it was made from, this worker's own code and declarations included.
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
    /// What to do to the body; none means that it passes unread.
    pub edit: Option<&'a Edit>,
    /// What to put into the page, with the nonce of this answer.
    pub markup: Markup,
    /// Cookies of the answer that nobody declared.
    pub seen: Seen,
    /// Of a page, in a rehearsal: what would have been withheld besides what is in it.
    pub report: Option<Report>,
    /// What to put into its forms.
    pub widgets: Option<Widgets>,
    /// The page's encoding, as far as its headers say it.
    pub charset: Charset,
}

impl Answer<'_> {
    /// Whether the origin's response object can be returned as it is.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.headers.is_empty() && self.set_cookies.is_none() && self.edit.is_none()
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
        // Only we may say so.
        for name in OURS {
            if incoming.header(name).is_some() {
                request.push((name, None));
            }
        }
        let mut seen = Seen::default();
        let mut report = site.rehearses().then(|| Report::new(&site.id));
        if let Some(header) = incoming.header("cookie") {
            let mut withheld = false;
            for name in header.split(';').map(name_of) {
                withheld |= look(site, &decision, name, &mut seen, report.as_mut());
            }
            if (withheld || visit.pending.is_some())
                && let Some(kept) = kept(site, &decision, &header)
            {
                request.push(("cookie", (!kept.is_empty()).then_some(kept)));
            }
        }
        let edit = Edit::new(site, visit, &decision, incoming);
        // With other methods these headers guard against lost updates; they are none of ours (RFC 9110, section 13.1.2).
        let reads = matches!(incoming.method, Method::Get | Method::Head);
        let page = edit
            .as_ref()
            .filter(|_| reads && !names_a_file(&incoming.path));
        if let Some(tags) = incoming.header("if-none-match").filter(|_| reads) {
            let asked = validators::ask(&tags, page.map(|edit| edit.state.as_str()));
            if asked.as_deref() != Some(&tags) {
                request.push(("if-none-match", asked));
            }
        }
        let asked_as_page = page.is_some();
        // Addresses matter to forms, and to whole pages.
        let method = incoming.method.name();
        let unguarded = site.forms.iter().all(|form| !form.guards(method));
        let formless = site.forms.is_empty() || (unguarded && !may_be_read_as_page(incoming));
        // And the state of a page that was asked for again to those that are fetched.
        let again = incoming.header("if-none-match").is_some();
        let pageless = edit.is_none() || !(again || is_document(incoming));
        let alike = pageless && visit.pending.is_none() && formless;
        if asked_as_page {
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
            edit,
            seen,
            report,
            asked_as_page,
            shown: is_shown(incoming),
            alike,
        }
    }

    /// Whether the answer is edited, should it be a page.
    #[must_use]
    pub fn may_edit(&self) -> bool {
        self.edit.is_some()
    }

    /// Decides what becomes of the origin's answer.
    #[must_use]
    pub fn answer(&self, head: &Head<'_>) -> Answer<'_> {
        let mut answer = Answer::default();
        for name in [COMMAND, RECEIPT] {
            if head.headers.get(name).is_some() {
                answer.headers.push((name, None));
            }
        }
        let mut report = self.report.clone();
        if head.headers.get("set-cookie").is_some() {
            answer.set_cookies = self.filtered(head, &mut answer.seen, report.as_mut());
        }
        let Some(edit) = &self.edit else {
            return answer;
        };
        let revalidated = head.status == 304;
        if revalidated && !self.asked_as_page {
            return answer;
        }
        let page = if revalidated {
            Page::Editable
        } else {
            Page::of(head, self.shown)
        };
        answer.report = report.filter(|_| page != Page::Not && !revalidated);
        let withholds = edit.hold.as_ref().is_some_and(Plan::withholds);
        let closed = page == Page::Unreadable && withholds && !self.site.rehearses();
        if page != Page::Editable && !closed {
            return answer;
        }
        let tag = head
            .headers
            .get("etag")
            .and_then(|tag| validators::derive(&tag, &edit.state));
        answer.headers.extend([
            ("etag", tag),
            ("last-modified", None),
            ("cache-control", Some("private, no-cache".to_owned())),
            (
                "vary",
                Some(validators::vary(head.headers.get("vary").as_deref())),
            ),
            ("cdn-cache-control", None),
            ("surrogate-control", None),
            ("expires", None),
            ("age", None),
        ]);
        let policy = head.headers.get("content-security-policy");
        let passage = policy.as_deref().map(csp::passage).unwrap_or_default();
        let opened = policy
            .as_ref()
            .map(|policy| self.opened(edit, policy, &passage));
        let ours = edit.fixed.added.policy.as_deref().filter(|_| edit.runs);
        // A browser that revalidates takes the headers of this answer for the page it has kept. If the origin doesn't repeat
        // its policy, it keeps both; ours alone would take the place of both.
        if !closed && (opened.is_some() || (ours.is_some() && !revalidated)) {
            answer.headers.push((
                "content-security-policy",
                match ours {
                    Some(ours) => Some(csp::and(opened.as_deref(), ours)),
                    None => opened,
                },
            ));
        }
        if revalidated {
            return answer;
        }
        if closed {
            // What can't be read can't be held: the browser has to keep it from loading anything.
            answer.headers.push((
                "content-security-policy",
                Some(csp::and(
                    policy.as_deref(),
                    &csp::nothing_foreign(self.site),
                )),
            ));
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
        let kind = head.headers.get("content-type").unwrap_or_default();
        answer.charset = Charset::of(&kind);
        if matches!(answer.charset, Charset::Wide(_)) {
            // It is decoded on its way.
            let kind = "text/html; charset=utf-8".to_owned();
            answer.headers.push(("content-type", Some(kind)));
        }
        if !edit.fixed.inject.is_empty() {
            answer.markup = edit.fixed.inject.markup(self.site, &passage);
        }
        answer.markup.guard = edit.guard().map(|guard| guard.text.clone());
        let shown = edit.widgets.as_ref();
        answer.widgets = shown.and_then(|shown| shown.widgets(self.site, &passage));
        answer.edit = Some(edit);
        answer
    }

    /// The page's policy, with what we put in let in.
    #[inline(never)] // apart: scripts/build.mjs
    fn opened(&self, edit: &Edit, policy: &str, passage: &Passage) -> String {
        let mut allowed = match edit.insertion {
            Some(_) => {
                let (style, scripts) = banner::csp_sources(self.site);
                let asks = self.decision.asks();
                (style, if asks { scripts } else { String::new() })
            }
            None => Default::default(),
        };
        if edit.hold.as_ref().is_some_and(Plan::withholds) {
            allowed.0.push(' ');
            allowed.0.push_str(&placeholder_csp_source(self.site));
        }
        if let Some(guard) = edit.guard() {
            allowed.1.extend([" ", &guard.source]);
        }
        let mut policy = csp::allow(policy, allowed.0.trim(), allowed.1.trim());
        if edit.insertion.is_some() {
            policy = csp::allow_requests(&policy);
        }
        if edit.widgets.is_some() {
            policy = csp::allow_widget(&policy, passage, &Widgets::hashes(passage));
        }
        let lists = [&edit.fixed.inject].into_iter().chain(&edit.fixed.offered);
        lists.fold(policy, |policy, inject| {
            let (mut scripts, mut hosts) = (Vec::new(), Vec::new());
            for (service, tag) in inject.services(self.site) {
                let address = tag
                    .script
                    .as_ref()
                    .and_then(|script| script.split('?').next());
                let own = service.hosts.iter();
                hosts.extend(own.flat_map(|host| csp::sources("https://", host)));
                scripts.extend(address.map(str::to_owned));
            }
            scripts.extend_from_slice(&hosts);
            csp::allow_tags(&policy, passage, &inject.hashes(passage), &scripts, &hosts)
        })
    }

    /// The origin's `Set-Cookie` values without those withheld; `None` if all pass.
    #[inline(never)] // apart: scripts/build.mjs
    fn filtered(
        &self,
        head: &Head<'_>,
        seen: &mut Seen,
        mut report: Option<&mut Report>,
    ) -> Option<Vec<String>> {
        let all = (head.set_cookies)();
        let mut passes = |value: &String| {
            let name = name_of(value);
            let refused = look(self.site, &self.decision, name, seen, report.as_deref_mut());
            // The consent cookie is ours alone to set.
            !matches!(name, COOKIE | PENDING) && (!refused || self.site.rehearses())
        };
        let kept: Vec<String> = all.iter().filter(|value| passes(value)).cloned().collect();
        (kept.len() != all.len()).then_some(kept)
    }
}

impl Edit {
    /// What would have to be done if the answer is a page; `None` if nothing, or if it can't be one.
    fn new(
        site: &Site,
        visit: &Visit,
        decision: &Decision,
        incoming: &Incoming<'_>,
    ) -> Option<Self> {
        if !may_be_read_as_page(incoming) {
            return None;
        }
        let whole = is_document(incoming);
        let return_to = if whole {
            incoming.address()
        } else {
            embedder(incoming)
        };
        let view = View {
            site,
            decision,
            language: &visit.language,
            return_to: &return_to,
        };
        let fixed = Fixed::of(&view, whole);
        let hold = if fixed.inject.is_empty() {
            Plan::new(&view, &incoming.host, &incoming.path)
        } else {
            Some(Plan::full(&view, &incoming.host, &incoming.path))
        };
        let shown = Shown::new(incoming, &visit.language, is_document(incoming));
        let widgets = shown.widgets(site, &Passage::default());
        let told = decision.untold(site, visit.seen.as_deref());
        let news = (whole && !told.is_empty()).then(|| news::news(&view, &told));
        if fixed.banner.is_none() && news.is_none() && hold.is_none() && widgets.is_none() {
            return None;
        }
        let runs = hold.is_some() && is_page(incoming);
        let mut state = fixed.state.clone();
        if news.is_some() || widgets.is_some() || !whole {
            for change in &told {
                state.extend([" ", &change.date]);
            }
            if widgets.is_some() {
                state.push('w');
            }
            // The same part can stand in many pages, and shows which one it leads back to; and what is a page of its own
            // in a frame is none to a script that fetches it.
            if !whole {
                state.extend([if runs { " runs " } else { " " }, &return_to]);
            }
            state = short(state.as_bytes(), 12);
        }
        let banner = fixed.banner.as_ref();
        let markup = banner.map(|banner| banner.fill(&return_to)).or(news);
        let place = match site.banner.place {
            site::Place::First => Place::First,
            site::Place::Last => Place::Last,
            site::Place::Auto => Place::Auto,
        };
        Some(Self {
            insertion: markup.map(|markup| Insertion {
                place,
                first: banner::in_body(&markup).into_bytes().into(),
                last: banner::behind(&markup).into_bytes().into(),
            }),
            runs,
            hold,
            widgets: widgets.map(|_| shown),
            fixed,
            state,
        })
    }
}

impl Edit {
    fn guard(&self) -> Option<&Guard> {
        self.fixed.added.guard.as_ref().filter(|_| self.runs)
    }
}

impl Fixed {
    fn of(view: &View<'_>, whole: bool) -> Arc<Self> {
        let kind = if whole { "edit page " } else { "edit part " };
        let name = [kind, view.language, " ", &view.decision.key()].concat();
        let make = || Self::new(view, whole, &name);
        if view.decision.is_common() {
            view.site.kept.get(&name, make)
        } else {
            Arc::new(make())
        }
    }

    /// `name`: all that it is made from, besides the site.
    fn new(view: &View<'_>, whole: bool, name: &str) -> Self {
        let View { site, decision, .. } = *view;
        let asks = decision.asks() && whole;
        let banner = asks.then(|| banner::Template::new(view));
        let inject = if whole {
            Inject::new(site, decision)
        } else {
            Inject::default()
        };
        Self {
            banner,
            inject,
            offered: asks.then(|| Inject::every(site)),
            added: Added::new(site, decision),
            state: validators::state(site, name),
        }
    }
}
