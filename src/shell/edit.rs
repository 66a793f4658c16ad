use super::gaps;
use crate::{
    html::Editor,
    origin::{self, Report, Seen, hold::Hold, inject::Markup},
    site::Site,
};
use worker::wasm_bindgen::{self, prelude::wasm_bindgen};

/// An edit of one page, driven from JavaScript piece by piece.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Edit {
    editor: Editor<Hold>,
    site: &'static Site,
    report: Option<Report>,
}

impl Edit {
    pub(super) fn new(
        site: &'static Site,
        edit: &origin::Edit,
        markup: &Markup,
        report: Option<Report>,
    ) -> Self {
        let hold = edit
            .hold
            .clone()
            .map(|plan| Hold::new(plan).with(markup.clone()));
        Self {
            editor: Editor::with(edit.insertion.clone(), hold),
            site,
            report,
        }
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
        if let Some(hold) = self.editor.sink() {
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
