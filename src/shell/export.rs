use super::kv::Kv;
use crate::record::Export;
use worker::wasm_bindgen::{self, JsValue, prelude::wasm_bindgen};

/// An export on its way out: JavaScript asks for each piece when the reader is ready for it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Source {
    export: Export,
    kv: Kv,
}

impl Source {
    pub(super) fn new(export: Export, kv: Kv) -> Self {
        Self { export, kv }
    }
}

#[wasm_bindgen]
impl Source {
    /// The next piece; empty at the end.
    pub async fn more(&mut self) -> Result<Vec<u8>, JsValue> {
        loop {
            match self.export.more(&self.kv).await {
                // A day without records gives nothing.
                Ok(Some(piece)) if piece.is_empty() => {}
                Ok(piece) => return Ok(piece.unwrap_or_default().into_bytes()),
                Err(fault) => return Err(fault.0.into()),
            }
        }
    }
}
