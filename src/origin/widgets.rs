//! Puts Turnstile's widget into the forms of a page that are guarded, while the page streams by.

use super::{
    hold::{
        Hold,
        address::{Address, resolve},
        sources::loads,
    },
    inject::Passage,
};
use crate::{
    find::find,
    form::{matches, shown_on},
    html::{EndTag, Name, Namespace, Sink, StartTag, Text, Then, name},
    page::{api, widget, widget_csp_sources},
    site::{Form, Selector, Site, WidgetPlace},
    visit::Incoming,
};

/// What goes into the forms of one page.
#[derive(Debug, Clone)]
pub struct Widgets {
    forms: Vec<Guarded>,
    hosts: Vec<String>,
    page: Address,
    api: String,
    /// Whether a widget was put in and its script has yet to be.
    waits: bool,
    /// Whether the page has the script.
    loaded: bool,
    open: Option<Open>,
}

/// A page that may show a guarded form.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    host: String,
    path: String,
    language: String,
    /// Whether it is looked at as a page, alone or in a frame: there the widget's script finds it.
    looked_at: bool,
}

impl Shown {
    pub(super) fn new(incoming: &Incoming<'_>, language: &str, alone: bool) -> Self {
        let dest = || incoming.header("sec-fetch-dest");
        let framed = || dest().is_some_and(|dest| dest == "iframe" || dest == "frame");
        Self {
            looked_at: alone || framed(),
            host: incoming.host.clone(),
            path: incoming.path.clone(),
            language: language.to_owned(),
        }
    }

    /// The widgets for the page with this policy; `None` if no guarded form is shown there.
    pub(super) fn widgets(&self, site: &Site, passage: &Passage) -> Option<Widgets> {
        Widgets::new(site, self, passage)
    }
}

/// A form that was declared, and its widget.
#[derive(Debug, Clone)]
struct Guarded {
    form: Form,
    widget: String,
}

/// The form that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// The declared one that it is.
    form: Option<usize>,
    /// Whether it has its widget.
    done: bool,
}

impl Widgets {
    fn new(site: &Site, shown: &Shown, passage: &Passage) -> Option<Self> {
        // Most sites have none.
        if site.forms.is_empty() {
            return None;
        }
        Self::guarding(site, shown, passage)
    }

    #[inline(never)] // apart: scripts/build.mjs
    fn guarding(site: &Site, shown: &Shown, passage: &Passage) -> Option<Self> {
        let Shown {
            host,
            path,
            language,
            looked_at,
        } = shown;
        if !looked_at {
            return None;
        }
        let nonce = passage.nonce.as_deref();
        let forms: Vec<Guarded> = shown_on(site, path)
            .map(|form| Guarded {
                widget: widget(site, form, language, nonce),
                form: form.clone(),
            })
            .collect();
        let host = host
            .rsplit_once(':')
            .map_or(host.as_str(), |(name, _)| name);
        (!forms.is_empty()).then(|| Self {
            forms,
            hosts: site.hosts.clone(),
            page: Address {
                host: host.to_ascii_lowercase(),
                path: path.clone(),
                query: String::new(),
            },
            api: api(nonce, passage.loads_by_script()),
            waits: false,
            loaded: false,
            open: None,
        })
    }

    /// The sources of the scripts' texts, for a policy without a nonce.
    pub(super) fn hashes(passage: &Passage) -> String {
        widget_csp_sources(passage.loads_by_script())
    }

    /// The declared form that a `<form>` is: where it is sent to says so.
    fn guarded(&self, tag: &StartTag<'_>) -> Option<usize> {
        let method = tag.attribute("method")?.value().to_ascii_uppercase();
        let action = tag.attribute("action").map(|action| action.value());
        let to = match action.as_deref().map(<[u8]>::trim_ascii) {
            None | Some([]) => vec![self.page.clone()],
            Some(action) => resolve(action, std::slice::from_ref(&self.page)),
        };
        let here = |to: &Address| self.page.host == to.host || self.hosts.contains(&to.host);
        self.forms.iter().position(|Guarded { form, .. }| {
            form.methods
                .iter()
                .any(|own| own.as_bytes() == method.as_slice())
                && to.iter().any(|to| {
                    here(to) && form.paths.iter().any(|pattern| matches(pattern, &to.path))
                })
        })
    }

    fn put(&mut self, at: usize, out: &mut Vec<u8>) {
        if let Some(guarded) = self.forms.get(at) {
            out.extend_from_slice(guarded.widget.as_bytes());
            self.waits = true;
        }
    }

    fn put_api(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.waits) && !self.loaded {
            self.loaded = true;
            out.extend_from_slice(self.api.as_bytes());
        }
    }

    /// Puts the open form's widget here, if it is to have one and hasn't.
    fn put_open(&mut self, out: &mut Vec<u8>) {
        if let Some(Open {
            form: Some(at),
            done: false,
        }) = self.open
        {
            self.open = Some(Open {
                form: Some(at),
                done: true,
            });
            self.put(at, out);
        }
    }

    fn place(&self) -> Option<&WidgetPlace> {
        let at = self.open?.form?;
        self.forms.get(at).map(|guarded| &guarded.form.place)
    }

    /// A form begins: what goes first in it.
    fn form(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        // A form in a form is none.
        if self.open.is_some() {
            return Then::Pass;
        }
        let form = self.guarded(tag);
        self.open = Some(Open { form, done: false });
        let files = tag.attribute("enctype").is_some_and(|kind| {
            kind.value()
                .trim_ascii()
                .eq_ignore_ascii_case(b"multipart/form-data")
        });
        let first = match self.place() {
            Some(WidgetPlace::First) => true,
            Some(WidgetPlace::Submit) => files,
            Some(WidgetPlace::Inside(_)) | None => false,
        };
        if !first || !tag.whole() {
            return Then::Pass;
        }
        out.extend_from_slice(tag.raw());
        self.put_open(out);
        Then::Written
    }

    /// An element that a declared form's place names: first in it, or before what can't hold anything.
    fn named(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        let found = self.forms.iter().position(|guarded| {
            matches!(&guarded.form.place, WidgetPlace::Inside(selector) if fits(selector, tag))
        });
        let done = self.open.is_some_and(|open| open.done);
        let Some(at) = found.filter(|_| !done && tag.whole()) else {
            return Then::Pass;
        };
        if let Some(open) = &mut self.open {
            open.done = true;
        }
        // What loads something is looked at by others, and has to reach them.
        if name::is_void(tag.name()) || name::holds_text(tag.name()) || loads(tag.name()) {
            self.put(at, out);
            return Then::Pass;
        }
        out.extend_from_slice(tag.raw());
        self.put(at, out);
        Then::Written
    }

    /// Whether the page brings its own.
    fn meet(&mut self, tag: &StartTag<'_>) {
        if tag.name() == name::SCRIPT {
            self.loaded |= tag.attribute("src").is_some_and(|src| {
                find(&src.value(), b"//challenges.cloudflare.com/turnstile/").is_some()
            });
        } else if let Some(open) = &mut self.open
            && tag
                .attribute("class")
                .is_some_and(|class| has_word(&class.value(), b"cf-turnstile"))
        {
            open.done = true;
        }
    }
}

const DIV: Name = Name::of("div");
const SPAN: Name = Name::of("span");

impl Sink for Widgets {
    fn wants(&self, name: Name) -> bool {
        // Any element may be the one that is named.
        let named = |guarded: &Guarded| matches!(guarded.form.place, WidgetPlace::Inside(_));
        matches!(
            name,
            name::FORM | name::BUTTON | name::INPUT | name::BODY | name::SCRIPT | DIV | SPAN
        ) || self.forms.iter().any(named)
    }

    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        if tag.namespace() != Namespace::Html {
            return Then::Pass;
        }
        self.meet(tag);
        if tag.name() == name::FORM && self.form(tag, out) == Then::Written {
            return Then::Written;
        }
        let named = self.named(tag, out);
        if sends(tag) && self.place() == Some(&WidgetPlace::Submit) {
            self.put_open(out);
        }
        named
    }

    fn end_tag(&mut self, tag: &EndTag<'_>, out: &mut Vec<u8>) -> Then {
        match tag.name() {
            _ if tag.namespace() != Namespace::Html => {}
            name::FORM => {
                if self.place() == Some(&WidgetPlace::Submit) {
                    self.put_open(out);
                }
                self.open = None;
            }
            name::BODY => self.put_api(out),
            _ => {}
        }
        Then::Pass
    }

    fn ended(&mut self, out: &mut Vec<u8>) {
        self.put_api(out);
    }
}

/// Whether a click on it sends its form.
fn sends(tag: &StartTag<'_>) -> bool {
    let kind = tag
        .attribute("type")
        .map(|kind| kind.value().to_ascii_lowercase());
    match (tag.name(), kind.as_deref()) {
        (name::BUTTON, Some(kind)) => kind != b"button" && kind != b"reset",
        (name::BUTTON, None) | (name::INPUT, Some(b"submit" | b"image")) => true,
        _ => false,
    }
}

fn fits(selector: &Selector, tag: &StartTag<'_>) -> bool {
    let named = |own: &String| Name::of(own) == tag.name();
    selector.tag.as_ref().is_none_or(named)
        && selector.attributes.iter().all(|wanted| {
            let value = tag.attribute(&wanted.name).map(|found| found.value());
            match (value, &wanted.value) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(value), Some(word)) if wanted.word => has_word(&value, word.as_bytes()),
                (Some(value), Some(own)) => *value == *own.as_bytes(),
            }
        })
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    text.split(u8::is_ascii_whitespace).any(|own| own == word)
}

/// Both that may change elements of one page: the widgets, then the tags that are held.
#[derive(Debug)]
pub struct Both {
    widgets: Option<Widgets>,
    hold: Option<Hold>,
}

impl Both {
    /// `None` if there is nothing to change.
    #[must_use]
    pub fn new(widgets: Option<Widgets>, hold: Option<Hold>) -> Option<Self> {
        (widgets.is_some() || hold.is_some()).then_some(Self { widgets, hold })
    }

    /// The tags that are held.
    #[must_use]
    pub fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }
}

impl Sink for Both {
    fn wants(&self, name: Name) -> bool {
        self.widgets.as_ref().is_some_and(|own| own.wants(name))
            || self.hold.as_ref().is_some_and(|own| own.wants(name))
    }

    fn settles(&self) -> bool {
        self.hold.as_ref().is_some_and(Sink::settles)
    }

    fn finished(&self) -> bool {
        self.widgets.is_none() && self.hold.as_ref().is_none_or(Sink::finished)
    }

    fn wants_head_end(&self) -> bool {
        self.hold.as_ref().is_some_and(Sink::wants_head_end)
    }

    fn head_ends(&mut self, out: &mut Vec<u8>) {
        if let Some(hold) = &mut self.hold {
            hold.head_ends(out);
        }
    }

    fn ended(&mut self, out: &mut Vec<u8>) {
        if let Some(widgets) = &mut self.widgets {
            widgets.ended(out);
        }
    }

    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        if let Some(widgets) = &mut self.widgets
            && widgets.start_tag(tag, out) == Then::Written
        {
            return Then::Written;
        }
        match &mut self.hold {
            Some(hold) if hold.wants(tag.name()) => hold.start_tag(tag, out),
            _ => Then::Pass,
        }
    }

    fn element(&mut self, tag: &StartTag<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Then {
        match &mut self.hold {
            Some(hold) => hold.element(tag, text, out),
            None => Then::Pass,
        }
    }

    fn end_tag(&mut self, tag: &EndTag<'_>, out: &mut Vec<u8>) -> Then {
        let then = match &mut self.widgets {
            Some(widgets) => widgets.end_tag(tag, out),
            None => Then::Pass,
        };
        match &mut self.hold {
            Some(hold) if then == Then::Pass && hold.wants(tag.name()) => hold.end_tag(tag, out),
            _ => then,
        }
    }
}
