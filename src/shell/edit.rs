use crate::{
    html::Editor,
    origin::{self, hold::Hold, inject::Markup},
};
use worker::wasm_bindgen::{self, prelude::wasm_bindgen};

/// An edit of one page, driven from JavaScript piece by piece.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Edit(Editor<Hold>);

impl Edit {
    pub(super) fn new(edit: &origin::Edit, markup: &Markup) -> Self {
        Self(Editor::with(
            edit.insertion.clone(),
            edit.hold
                .clone()
                .map(|plan| Hold::new(plan).with(markup.clone())),
        ))
    }
}

#[wasm_bindgen]
impl Edit {
    /// Takes a piece of the page, gives what goes out for it.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len() + 8192);
        self.0.push(piece, &mut out);
        out
    }

    /// Whether what follows can be piped without being looked at.
    pub fn rest(&self) -> bool {
        self.0.done() || self.0.only_end_left()
    }

    /// What goes out after the last piece.
    pub fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.0.end(&mut out);
        out
    }
}
