//! Carries out a plan, tag by tag.

use super::{
    address::{Address, resolve},
    markup::Said,
    plan::{Parties, Plan},
    script::{Kind, kind},
    sources,
    write::{MARK, Name as To, quoted, write},
};
use crate::html::{
    Attribute, EndTag, Ending, NOTHING, Name, Namespace, Scanner, Sink, StartTag, Text, Then, name,
};
use crate::origin::inject::Markup;

/// How much text of a script or `noscript` is held until its end is seen, in bytes.
pub const MOST_TEXT: usize = 1024 * 1024;

/// The `http-equiv` of a policy that a page carries itself.
const POLICY: &[u8] = b"content-security-policy";

/// `noscript` in `srcdoc` in `noscript`: nobody writes more than that.
const DEEPEST: u8 = 4;

/// Makes inert, in one page, what its plan withholds.
#[derive(Debug, Clone)]
pub struct Hold {
    pub(super) plan: Plan,
    /// What relative addresses may be relative to: the page's own, and what `<base>` says.
    pub(super) bases: Vec<Address>,
    /// How many documents this one is nested in.
    depth: u8,
    /// On whose account something was held by now.
    pub(super) held: Parties,
    /// What still has to be put into the page.
    markup: Markup,
    /// Whether the head has yet to end.
    in_head: bool,
    /// How many templates are open: what stands in them doesn't run there.
    templates: usize,
}

impl Hold {
    /// For one page.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self {
            bases: vec![plan.0.page.clone()],
            plan,
            depth: 0,
            held: Parties::default(),
            markup: Markup::default(),
            in_head: false,
            templates: 0,
        }
    }

    /// The same, and puts this in: into the head what isn't in it already.
    #[must_use]
    pub fn with(self, markup: Markup) -> Self {
        Self {
            in_head: !markup.tags.is_empty() || markup.guard.is_some(),
            markup,
            ..self
        }
    }

    /// A script of the page's that runs: what it is the tag of needn't be put in, and whoever is to be told is told before.
    fn meet(&mut self, tag: &StartTag<'_>, text: &[u8], out: &mut Vec<u8>) {
        let rules = &*self.plan.0;
        if self.depth > 0 || !self.puts_in() || tag.namespace() != Namespace::Html {
            return;
        }
        let mut met = Vec::new();
        if let Some(src) = tag.attribute("src") {
            met = rules.granted_at(&resolve(&src.value(), &self.bases));
        } else if !rules.watched.is_empty() {
            met = rules.watched.within(text);
        }
        let told = met.iter().any(|at| rules.announced.contains(at));
        if self.templates > 0 {
            // Both may be cloned together later on; here neither counts.
            let told = self.markup.told.as_ref().filter(|_| told);
            out.extend_from_slice(told.map_or("", String::as_str).as_bytes());
            return;
        }
        if told && let Some(told) = self.markup.told.take() {
            out.extend_from_slice(told.as_bytes());
        }
        self.markup.tags.retain(|(at, _)| !met.contains(at));
    }

    /// Puts the guard in, once.
    fn stand_guard(&mut self, out: &mut Vec<u8>) {
        if let Some(guard) = self.markup.guard.take() {
            out.extend([b"<script>", guard.as_bytes(), b"</script>"].concat());
        }
    }

    fn puts_in(&self) -> bool {
        self.markup.told.is_some() || self.in_head
    }

    fn base(&mut self, tag: &StartTag<'_>) {
        // The first one counts, but one in a `noscript` or `template` is seen here as well.
        if self.bases.len() < 4
            && let Some(href) = tag.attribute("href")
        {
            let own = self.bases.first().cloned();
            for base in resolve(&href.value(), own.as_slice()) {
                if !self.bases.contains(&base) {
                    self.bases.push(base);
                }
            }
        }
    }

    fn script(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        let said = self.plan.0.said(tag);
        let kind = kind(tag);
        if matches!(said, Said::Ignore) || (kind == Kind::Inert && matches!(said, Said::Nothing)) {
            return Then::Pass;
        }
        let mut parties = Parties::default();
        self.attributes(tag, matches!(said, Said::Granted), &mut parties);
        let html = tag.namespace() == Namespace::Html;
        let sources = sources::instead_of_text(tag);
        let outside = tag
            .attributes()
            .any(|found| sources.iter().any(|name| found.is(name)));
        if !outside && html {
            return Then::Collect(MOST_TEXT);
        }
        if !outside {
            self.plan.0.any_marked(&mut parties);
        }
        self.finish_script(tag, said, parties, b"", out)
    }

    /// Writes a script's tag, if it has to change.
    fn finish_script(
        &mut self,
        tag: &StartTag<'_>,
        said: Said,
        mut parties: Parties,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Then {
        let was_inert = kind(tag) == Kind::Inert;
        let granted = matches!(said, Said::Granted);
        let reports = self.plan.0.reports;
        if let Said::Denied(denied) = said {
            parties.merge(denied);
        }
        let has_src = tag.attribute("src").is_some();
        // Where other tools keep what makes a script live.
        let kept = |attribute: &Attribute<'_>, kind: To, src: To| {
            if attribute.is("data-type") {
                kind
            } else if attribute.is("data-src") && !has_src {
                src
            } else {
                To::Stays
            }
        };
        if parties.is_empty() || reports {
            self.note(parties);
            if granted || !was_inert {
                self.meet(tag, text, out);
            }
            if !(granted && was_inert) || reports {
                return Then::Pass;
            }
            let live = |attribute: &Attribute<'_>| {
                if attribute.is("type") {
                    To::Becomes("data-consent-was")
                } else {
                    kept(attribute, To::Becomes("type"), To::Becomes("src"))
                }
            };
            write(tag, "", live, out);
            return Then::Written;
        }
        // A type that isn't code keeps a script from running; that it keeps every preload scanner from fetching it,
        // nobody promises, so the address goes as well.
        let added = format!(" type=\"text/plain\"{}", self.mark(&parties));
        let sources = sources::attributes(tag);
        let held = |attribute: &Attribute<'_>| {
            if sources.iter().any(|name| attribute.is(name)) {
                To::Taken
            } else if attribute.is("type") && was_inert {
                To::Becomes("data-consent-was")
            } else if attribute.is("type") {
                To::Taken
            } else if was_inert {
                let (kind, src) = ("data-consent-type", "data-consent-src");
                kept(attribute, To::Becomes(kind), To::Becomes(src))
            } else {
                To::Stays
            }
        };
        write(tag, &added, held, out);
        self.note(parties);
        Then::Written
    }

    /// Any element but a script.
    fn element_that_loads(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        let said = self.plan.0.said(tag);
        if matches!(said, Said::Ignore) {
            return Then::Pass;
        }
        let granted = matches!(said, Said::Granted);
        let mut parties = Parties::default();
        self.attributes(tag, granted, &mut parties);
        let denied = match said {
            Said::Denied(denied) => {
                parties.merge(denied);
                true
            }
            _ => false,
        };
        let sources = sources::attributes(tag);
        let has_src = tag.attribute("src").is_some();
        let kept = |attribute: &Attribute<'_>| {
            attribute.is("data-src") && !has_src && sources.contains(&"src")
        };
        let reports = self.plan.0.reports;
        if parties.is_empty() || reports {
            self.note(parties);
            if reports || !granted || !tag.attributes().any(|attribute| kept(&attribute)) {
                return Then::Pass;
            }
            let live = |attribute: &Attribute<'_>| {
                if kept(attribute) {
                    To::Becomes("src")
                } else {
                    To::Stays
                }
            };
            write(tag, "", live, out);
            return Then::Written;
        }
        let frame = tag.name() == name::IFRAME && tag.namespace() == Namespace::Html;
        let mut added = self.mark(&parties);
        if frame {
            let address = tag
                .attribute("src")
                .or_else(|| tag.attributes().find(kept))
                .map(|found| String::from_utf8_lossy(&found.value()).into_owned());
            let document = self.document(&parties, address.as_deref());
            added.extend([" srcdoc=\"", &quoted(&document), "\""]);
        }
        let held = |attribute: &Attribute<'_>| {
            if kept(attribute) {
                To::Becomes("data-consent-src")
            } else if sources.iter().any(|name| attribute.is(name))
                && (denied || frame || self.is_held(tag, attribute))
            {
                To::Taken
            } else {
                To::Stays
            }
        };
        write(tag, &added, held, out);
        self.note(parties);
        Then::Written
    }

    /// Adds those on whose account an attribute of the tag is withheld; `kept` if what another tool keeps in `data-src`
    /// is about to be made live.
    fn attributes(&self, tag: &StartTag<'_>, kept: bool, parties: &mut Parties) {
        let sources = sources::attributes(tag);
        for attribute in tag.attributes() {
            if sources.iter().any(|name| attribute.is(name)) || (kept && attribute.is("data-src")) {
                self.attribute(tag, &attribute, parties);
            }
        }
    }

    pub(super) fn attribute(
        &self,
        tag: &StartTag<'_>,
        attribute: &Attribute<'_>,
        parties: &mut Parties,
    ) {
        if !attribute.is("srcdoc") {
            let runs = sources::runs(tag.name());
            self.plan
                .0
                .in_attribute(attribute, runs, &self.bases, parties);
            return;
        }
        let mut inner = self.nested();
        if inner.depth > DEEPEST {
            self.plan.0.any_withheld(parties);
            return;
        }
        let (value, mut out) = (attribute.value(), Vec::new());
        let mut scanner = Scanner::new();
        scanner.push(&value, &mut inner, &mut out);
        scanner.end(&mut inner, &mut out);
        // What should be written in another way can be read in more than one, and nobody writes it here.
        if inner.held.is_empty() && out != *value {
            self.plan.0.any_withheld(parties);
        }
        parties.merge(inner.held);
    }

    fn is_held(&self, tag: &StartTag<'_>, attribute: &Attribute<'_>) -> bool {
        let mut parties = Parties::default();
        self.attribute(tag, attribute, &mut parties);
        !parties.is_empty()
    }

    /// `noscript` holds text where scripts run, and markup where they don't.
    fn noscript(&mut self, tag: &StartTag<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Then {
        let reports = self.plan.0.reports;
        // Shorter than asked for and yet not whole: the page ends here.
        if !text.whole && text.raw.len() >= MOST_TEXT && !reports {
            return dropped(out);
        }
        let mut inner = self.nested();
        let (mut scanner, mut rewritten) = (Scanner::new(), Vec::new());
        scanner.push(text.raw, &mut inner, &mut rewritten);
        let ending = scanner.end(&mut inner, &mut rewritten);
        let ends = ending == Ending::Between && !scanner.in_drawing();
        let nothing = inner.held.is_empty();
        self.note(inner.held);
        // In a drawing an element that is left open would change what everything behind it means, without scripts.
        let ends = ends && !(tag.in_drawing() && text.raw.contains(&b'<'));
        if reports || (ends && nothing && rewritten == text.raw) {
            return Then::Pass;
        }
        out.extend_from_slice(tag.raw());
        if ends {
            out.extend_from_slice(&rewritten);
        }
        Then::Written
    }

    fn nested(&self) -> Self {
        Self {
            depth: self.depth + 1,
            held: Parties::default(),
            markup: Markup::default(),
            in_head: false,
            templates: 0,
            ..self.clone()
        }
    }

    /// The attribute that says whose grants it takes.
    fn mark(&self, parties: &Parties) -> String {
        let ids: Vec<&str> = parties
            .0
            .iter()
            .map(|party| self.plan.0.id(*party))
            .collect();
        format!(" {MARK}hold=\"{}\"", quoted(&ids.join(" ")))
    }
}

impl Sink for Hold {
    fn wants(&self, name: Name) -> bool {
        if name == name::TEMPLATE && self.puts_in() {
            return true;
        }
        if !self.plan.0.withholds && !matches!(name, name::SCRIPT | name::BASE) {
            return false;
        }
        if self.markup.guard.is_some() && matches!(name, name::META | name::TEMPLATE) {
            return true;
        }
        sources::loads(name) || matches!(name, name::NOSCRIPT | name::BASE | name::FRAMESET)
    }

    fn settles(&self) -> bool {
        self.plan.withholds()
    }

    fn finished(&self) -> bool {
        !self.plan.0.withholds && !self.puts_in()
    }

    fn wants_head_end(&self) -> bool {
        self.in_head
    }

    fn head_ends(&mut self, out: &mut Vec<u8>) {
        self.in_head = false;
        self.stand_guard(out);
        let tags = std::mem::take(&mut self.markup.tags);
        let ours = |at: &usize| tags.iter().any(|(own, _)| own == at);
        if self.plan.0.announced.iter().any(ours)
            && let Some(told) = self.markup.told.take()
        {
            out.extend_from_slice(told.as_bytes());
        }
        if let Some(watch) = self.markup.watch.take().filter(|_| !tags.is_empty()) {
            out.extend_from_slice(watch.as_bytes());
        }
        for (_, markup) in &tags {
            out.extend_from_slice(markup.as_bytes());
        }
    }

    fn start_tag(&mut self, tag: &StartTag<'_>, out: &mut Vec<u8>) -> Then {
        let html = tag.namespace() == Namespace::Html;
        if self.markup.guard.is_some() && html {
            // A policy in the page holds for what comes after it; in a template nothing runs.
            let first = match tag.name() {
                name::SCRIPT | name::NOSCRIPT | name::TEMPLATE => true,
                name::META => tag
                    .attribute("http-equiv")
                    .is_some_and(|kind| kind.value().eq_ignore_ascii_case(POLICY)),
                _ => false,
            };
            if first {
                self.stand_guard(out);
            }
        }
        let reports = self.plan.0.reports;
        if !tag.whole() {
            return if reports {
                Then::Pass
            } else {
                self.part(tag, out)
            };
        }
        match tag.name() {
            name::BASE => {
                self.base(tag);
                Then::Pass
            }
            // Whether the parser heeds it in there, nobody knows.
            name::FRAMESET if html && self.depth > 0 && !reports => {
                out.extend_from_slice(NOTHING);
                Then::Written
            }
            name::NOSCRIPT if html && self.depth >= DEEPEST && !reports => dropped(out),
            name::NOSCRIPT if html => Then::Collect(MOST_TEXT),
            name::META | name::FRAMESET | name::NOSCRIPT => Then::Pass,
            name::SCRIPT => self.script(tag, out),
            name::TEMPLATE => {
                self.templates += usize::from(html);
                Then::Pass
            }
            _ => self.element_that_loads(tag, out),
        }
    }

    fn end_tag(&mut self, tag: &EndTag<'_>, _: &mut Vec<u8>) -> Then {
        if tag.name() == name::TEMPLATE && tag.namespace() == Namespace::Html {
            self.templates = self.templates.saturating_sub(1);
        }
        Then::Pass
    }

    fn element(&mut self, tag: &StartTag<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Then {
        if tag.name() == name::NOSCRIPT {
            return self.noscript(tag, text, out);
        }
        let mut parties = Parties::default();
        let rules = &self.plan.0;
        rules.in_script(kind(tag), text.raw, &self.bases, &mut parties);
        if parties.is_empty() && !text.whole && text.raw.len() >= MOST_TEXT {
            rules.any_marked(&mut parties);
        }
        let said = self.plan.0.said(tag);
        let then = self.finish_script(tag, said, parties, text.raw, out);
        if then == Then::Written {
            out.extend_from_slice(text.raw);
        }
        then
    }
}

/// Drops an element. A comment takes its place: without one, a `<` before it and the text behind it would make a tag.
pub(super) fn dropped(out: &mut Vec<u8>) -> Then {
    out.extend_from_slice(NOTHING);
    Then::Drop
}
