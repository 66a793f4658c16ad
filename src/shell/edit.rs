use super::gaps;
use crate::{
    html::{Charset, Editor, Escapes},
    origin::{
        Answer, Both, Report, Seen,
        hold::{Hold, Plan},
    },
    site::Site,
};
use js_sys::Uint8Array;
use std::mem;
use wasm_bindgen::prelude::wasm_bindgen;

/// An edit of one page, driven from JavaScript piece by piece.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Edit {
    editor: Editor<Both>,
    site: &'static Site,
    report: Option<Report>,
    charset: Charset,
    /// Whether it matters what a browser may guess.
    withholds: bool,
    escapes: Option<Escapes>,
    /// What goes out for one piece.
    out: Vec<u8>,
}

impl Edit {
    /// For an answer that needs one.
    pub(super) fn of(
        site: &'static Site,
        answer: &Answer<'_>,
        report: Option<Report>,
    ) -> Option<Self> {
        let edit = answer.edit?;
        let hold = edit.hold.clone();
        let withholds = hold.as_ref().is_some_and(Plan::withholds);
        let hold = hold.map(|plan| Hold::new(plan).with(answer.markup.clone()));
        Some(Self {
            withholds,
            editor: Editor::with(
                edit.insertion.clone(),
                Both::new(answer.widgets.clone(), hold),
            ),
            site,
            report,
            charset: answer.charset,
            escapes: None,
            out: Vec::new(),
        })
    }
}

#[wasm_bindgen]
impl Edit {
    /// Looks at the page's first bytes; gives the encoding that it has to be decoded from, if its markup isn't ASCII.
    pub fn decoded_from(&mut self, start: &[u8]) -> Option<String> {
        let wide = self.charset.decoded_from(start);
        if wide.is_none() && self.withholds && self.charset.is_guessed(start) {
            self.escapes = Some(Escapes::default());
        }
        wide.map(|wide| wide.label().to_owned())
    }

    /// Takes a piece of the page; says how much goes out for it, and puts that into `room`, if there is enough. Nothing is
    /// left behind for the collector then: a long page needs no more memory than a short one.
    pub fn push(&mut self, piece: &[u8], room: &Uint8Array) -> u32 {
        self.out.clear();
        match &mut self.escapes {
            Some(escapes) => self.editor.push(&escapes.push(piece), &mut self.out),
            None => self.editor.push(piece, &mut self.out),
        }
        let length = u32::try_from(self.out.len()).unwrap_or(u32::MAX);
        if length > 0 && length <= room.length() {
            room.subarray(0, length).copy_from(&self.out);
        }
        length
    }

    /// What went out for the last piece, if there wasn't enough room.
    pub fn pushed(&mut self) -> Vec<u8> {
        mem::take(&mut self.out)
    }

    /// Whether what follows can be piped without being looked at.
    pub fn rest(&self) -> bool {
        self.editor.done() || self.editor.only_end_left()
    }

    /// What goes out after the last piece.
    pub fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(escapes) = &mut self.escapes {
            self.editor.push(&escapes.end(), &mut out);
        }
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
