//! KV as this runtime has it. A line of JavaScript each: the `worker` crate's own way costs more bytes than all of ours.

use super::{bridge::said, wait::wait};
use crate::record::{Fault, Page, Store, Write};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/shell/kv.js")]
extern "C" {
    #[wasm_bindgen(js_name = get)]
    fn js_get(env: &JsValue, key: &str) -> Promise;
    #[wasm_bindgen(js_name = metadata)]
    fn js_metadata(env: &JsValue, key: &str) -> Promise;
    #[wasm_bindgen(js_name = list)]
    fn js_list(env: &JsValue, prefix: &str, cursor: Option<&str>) -> Promise;
    #[wasm_bindgen(js_name = put)]
    fn js_put(env: &JsValue, key: &str, value: &str, metadata: Option<&str>, ttl: f64) -> Promise;
    #[wasm_bindgen(js_name = remove)]
    fn js_remove(env: &JsValue, key: &str) -> Promise;
    #[wasm_bindgen(js_name = keep)]
    fn js_keep(env: &JsValue, context: &JsValue, writes: &Array, most: u32) -> Promise;
    #[wasm_bindgen(js_name = insist)]
    fn js_insist(env: &JsValue, context: &JsValue, writes: &Array);
    #[wasm_bindgen(js_name = limited)]
    fn js_limited(env: &JsValue, key: &str) -> Promise;
}

/// The worker's bindings; without CONSENT every call is a fault.
#[derive(Debug, Clone)]
pub(super) struct Kv(pub(super) JsValue);

impl Store for Kv {
    async fn get(&self, key: &str) -> Result<Option<String>, Fault> {
        Ok(come(js_get(&self.0, key)).await?.as_string())
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>) -> Result<Page, Fault> {
        let page = come(js_list(&self.0, prefix, cursor)).await?;
        Ok(Page::read(&page.as_string().unwrap_or_default()))
    }

    async fn put(&self, write: &Write) -> Result<(), Fault> {
        let metadata = write.metadata.as_deref();
        let ttl = seconds(write.ttl);
        come(js_put(&self.0, &write.key, &write.value, metadata, ttl)).await?;
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Fault> {
        come(js_remove(&self.0, key)).await?;
        Ok(())
    }
}

impl Kv {
    /// Whether there is a CONSENT at all.
    pub(super) fn is_bound(&self) -> bool {
        Reflect::has(&self.0, &"CONSENT".into()).unwrap_or_default()
    }

    /// What stands beside a value, as JSON.
    pub(super) async fn metadata(&self, key: &str) -> Result<Option<String>, Fault> {
        Ok(come(js_metadata(&self.0, key)).await?.as_string())
    }

    /// Begins to put; the promise tells how many are done after at most `most` milliseconds. The rest goes on.
    pub(super) fn keep(&self, context: &JsValue, writes: &[Write], most: u32) -> Promise {
        js_keep(&self.0, context, &listed(writes), most)
    }

    /// Puts what nobody else holds, and tries again for as long as the runtime lets it.
    pub(super) fn insist(&self, context: &JsValue, writes: &[Write]) {
        if !writes.is_empty() {
            js_insist(&self.0, context, &listed(writes));
        }
    }

    /// Whether this key has been counted too often.
    pub(super) async fn limited(&self, key: &str) -> bool {
        let limited = wait(js_limited(&self.0, key)).await;
        limited.is_ok_and(|limited| limited.is_truthy())
    }
}

fn listed(writes: &[Write]) -> Array {
    let list = writes.iter().map(|write| {
        let metadata = write.metadata.as_deref().map_or(JsValue::NULL, Into::into);
        let list = Array::of2(&write.key.as_str().into(), &write.value.as_str().into());
        list.push(&metadata);
        list.push(&seconds(write.ttl).into());
        list
    });
    list.collect()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "ten years in seconds are far from 2^53"
)]
fn seconds(ttl: u64) -> f64 {
    ttl as f64
}

async fn come(promise: Promise) -> Result<JsValue, Fault> {
    wait(promise).await.map_err(|error| Fault(said(error)))
}
