//! The only room with Workers in it: reads requests into plain data, fetches, streams, writes KV, knows the time.
//!
//! Not here: anything that could be tested without Workers.
#![allow(
    unsafe_code,
    reason = "wasm-bindgen writes its exports with unsafe code"
)]

mod arrive;
mod bridge;
mod door;
mod edit;
mod export;
mod gaps;
mod guard;
mod kv;
mod operator;
mod records;
mod wait;

use kv::Kv;
use wait::Task;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Once for each instance.
#[wasm_bindgen(start)]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// What the clock asks for, once an hour.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub fn scheduled(env: JsValue) -> Task {
    Task::new(async move {
        records::tend(&Kv(env), bridge::now() / 1000).await;
        Ok(JsValue::UNDEFINED)
    })
}
