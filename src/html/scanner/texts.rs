//! Elements that hold text: read to their end tag, collected for a sink that asked for it.

use super::tags::{Kind, Tag};
use super::{Goes, Scanner, State};
use crate::html::name::{self, Name};
use crate::html::raw_text::{self, Script, Search};
use crate::html::sink::{Sink, Text, Then};
use crate::html::tag::{Namespace, StartTag};
use crate::html::window::Window;

/// An element that holds text.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextElement {
    pub(super) name: Name,
    pub(super) script: Script,
    pub(super) collecting: Option<Collecting>,
}

/// A sink wants the text too; all from the start tag on is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collecting {
    pub(super) tag_len: usize,
    pub(super) most: usize,
}

impl Scanner {
    pub(super) fn text_element(
        &mut self,
        mut element: TextElement,
        window: &mut Window<'_>,
        sink: &mut dyn Sink,
    ) -> Goes {
        if element.collecting.is_none() {
            window.pass();
        }
        let rest = window.rest();
        let found = match element.name {
            name::PLAINTEXT => Search::Nowhere,
            name::SCRIPT => element.script.search(rest, 0),
            name => raw_text::search(name, rest, 0),
        };
        match found {
            Search::End(at) | Search::Wait(at) => window.skip(at),
            Search::Nowhere => window.skip_rest(),
        }
        let ends = matches!(found, Search::End(_));
        if let Some(collecting) = element.collecting {
            let len = window.held().len().saturating_sub(collecting.tag_len);
            if ends || len > collecting.most {
                let drawn = self.foreign.is_open();
                report_element(element.name, collecting, drawn, window, ends, sink);
                element.collecting = None;
            }
        }
        if ends {
            let name = element.name;
            let held = !window.is_dropping() && sink.wants(name);
            self.state = State::Tag(Tag::new(name, Kind::EndOfText, held, window));
            window.skip("</".len() + name.len().unwrap_or_default());
            return true;
        }
        if matches!(found, Search::Wait(_)) && !window.is_held() {
            window.hold();
        }
        self.state = State::Text(element);
        false
    }
}

/// Reports an element with its text, which stands in the window as far as it was read.
pub(super) fn report_element(
    name: Name,
    collecting: Collecting,
    drawn: bool,
    window: &mut Window<'_>,
    ended: bool,
    sink: &mut dyn Sink,
) {
    let Some((raw, text)) = window.held().split_at_checked(collecting.tag_len) else {
        return;
    };
    let whole = ended && text.len() <= collecting.most;
    let text = text.get(..collecting.most).unwrap_or(text);
    let tag = StartTag {
        raw,
        name,
        namespace: Namespace::Html,
        whole: true,
        drawn,
    };
    match sink.element(&tag, Text { raw: text, whole }, window.out()) {
        Then::Pass | Then::Collect(_) => window.pass(),
        // Exactly what was reported, so that it doesn't matter how the stream was cut.
        Then::Written | Then::Begun => window.discard(raw.len() + text.len()),
        Then::Drop => {
            window.discard(usize::MAX);
            window.set_dropping(true);
        }
    }
}
