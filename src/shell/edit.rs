use super::gaps;
use crate::{
    html::Editor,
    origin::{Answer, Both, Report, Seen, hold::Hold},
    site::Site,
};
use worker::wasm_bindgen::{self, prelude::wasm_bindgen};

/// An edit of one page, driven from JavaScript piece by piece.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Edit {
    editor: Editor<Both>,
    site: &'static Site,
    report: Option<Report>,
}

impl Edit {
    /// Nothing, if the body passes unread.
    pub(super) fn new(
        site: &'static Site,
        answer: &Answer<'_>,
        report: Option<Report>,
    ) -> Option<Self> {
        let edit = answer.edit?;
        let hold = edit
            .hold
            .clone()
            .map(|plan| Hold::new(plan).with(answer.markup.clone()));
        let both = Both::new(answer.widgets.clone(), hold);
        Some(Self {
            editor: Editor::with(edit.insertion.clone(), both),
            site,
            report,
        })
    }
}

#[wasm_bindgen]
impl Edit {
    /// Takes a piece of the page, gives what goes out for it.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len() + 8192);
        self.editor.push(piece, &mut out);
        out
    }

    /// Whether what follows can be piped without being looked at.
    pub fn rest(&self) -> bool {
        self.editor.done() || self.editor.only_end_left()
    }

    /// What goes out after the last piece.
    pub fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.editor.end(&mut out);
        if let Some(hold) = self.editor.sink().and_then(Both::hold) {
            let mut seen = Seen::default();
            hold.seen(&mut seen);
            gaps::take(self.site, seen);
            if let Some(report) = &mut self.report {
                hold.report(report);
            }
        }
        gaps::report(self.report.as_ref());
        out
    }
}
