//! The only room with Workers in it. A placeholder until the real one moves in.
#![allow(
    unsafe_code,
    reason = "wasm-bindgen writes the exports with unsafe code"
)]

use worker::{Context, Env, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _ctx: Context) -> Result<Response> {
    let path = request.path();
    if path == "/_trap" {
        core::arch::wasm32::unreachable();
    }
    env.kv("CONSENT")?
        .put("placeholder", &path)?
        .execute()
        .await?;
    Response::ok(format!("edge-consent: {}\n", request.url()?))
}
