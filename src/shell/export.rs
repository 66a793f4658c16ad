use super::{
    kv::Kv,
    wait::{Came, Task},
};
use crate::record::Export;
use js_sys::Uint8Array;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::wasm_bindgen;

/// An export on its way out: JavaScript asks for each piece when the reader is ready for it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Source(Rc<RefCell<Option<(Export, Kv)>>>);

impl Source {
    pub(super) fn new(export: Export, kv: Kv) -> Self {
        Self(Rc::new(RefCell::new(Some((export, kv)))))
    }
}

#[wasm_bindgen]
impl Source {
    /// The next piece, once the one before it is there; empty at the end.
    pub fn more(&self) -> Task {
        let source = self.0.clone();
        Task::new(async move {
            let taken = source.borrow_mut().take();
            let (mut export, kv) = taken.ok_or("the piece before isn't there yet")?;
            let piece = next(&mut export, &kv).await;
            source.replace(Some((export, kv)));
            piece.map(Into::into)
        })
    }
}

async fn next(export: &mut Export, kv: &Kv) -> Came<Uint8Array> {
    loop {
        match export.more(kv).await {
            // A day without records gives nothing.
            Ok(Some(piece)) if piece.is_empty() => {}
            Ok(piece) => return Ok(piece.unwrap_or_default().as_bytes().into()),
            Err(fault) => return Err(fault.0.into()),
        }
    }
}
