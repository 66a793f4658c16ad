//! The few things that are one line of JavaScript and many of Rust; each call crosses once.

use super::{edit::Edit, export::Source};
use crate::app::Assertion;
use std::ops::Range;
use worker::{
    Result,
    js_sys::{Array, JsString, Uint8Array},
    wasm_bindgen::{self, JsCast, JsValue, prelude::wasm_bindgen},
    web_sys,
};

#[wasm_bindgen(module = "/src/shell/bridge.js")]
extern "C" {
    #[wasm_bindgen(js_name = now)]
    fn js_now() -> f64;
    #[wasm_bindgen(js_name = random)]
    fn js_random() -> Uint8Array;
    #[wasm_bindgen(js_name = read, catch)]
    async fn js_read(
        request: &web_sys::Request,
        most: usize,
    ) -> core::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = forward, catch)]
    async fn js_forward(
        request: &web_sys::Request,
        address: Option<&str>,
        changes: Option<String>,
        begun: Option<&Beginning>,
        from: usize,
        to: usize,
    ) -> core::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = beginning, catch)]
    async fn js_beginning(
        request: &web_sys::Request,
        most: usize,
    ) -> core::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = verify, catch)]
    async fn js_verify(
        address: &str,
        question: &str,
        milliseconds: u32,
    ) -> core::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = uuid)]
    fn js_uuid() -> String;

    /// The beginning of a body. It stays in JavaScript while others are waited for.
    pub(super) type Beginning;
    #[wasm_bindgen(method, getter)]
    pub(super) fn bytes(this: &Beginning) -> Vec<u8>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn whole(this: &Beginning) -> bool;

    #[wasm_bindgen(js_name = isSigned, catch)]
    async fn js_is_signed(
        address: &str,
        id: &str,
        signed: &str,
        signature: &[u8],
    ) -> core::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = setCookies)]
    fn js_set_cookies(response: &web_sys::Response) -> Array;
    #[wasm_bindgen(js_name = edited, catch)]
    fn js_edited(
        response: &web_sys::Response,
        changes: Option<String>,
        cookies: Option<Array>,
        edit: Option<Edit>,
    ) -> core::result::Result<web_sys::Response, JsValue>;
    #[wasm_bindgen(js_name = streamed, catch)]
    fn js_streamed(
        headers: &str,
        source: Source,
    ) -> core::result::Result<web_sys::Response, JsValue>;
    #[wasm_bindgen(js_name = answer, catch)]
    fn js_answer(
        status: u16,
        headers: &str,
        body: Option<&[u8]>,
    ) -> core::result::Result<web_sys::Response, JsValue>;
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    whole(js_now())
}

/// A date in milliseconds as JavaScript has it.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a date in milliseconds is a whole number"
)]
pub(super) fn whole(milliseconds: f64) -> u64 {
    milliseconds as u64
}

/// Header changes as lines, name and value in turn, `\0` for one that is taken away: one text crosses faster than many.
/// No header's value has a line end in it.
pub(super) fn packed(changes: &[(&'static str, Option<String>)]) -> Option<String> {
    let lines = changes
        .iter()
        .flat_map(|(name, value)| [*name, value.as_deref().unwrap_or("\0")]);
    (!changes.is_empty()).then(|| lines.collect::<Vec<_>>().join("\n"))
}

/// 80 bits from the runtime's cryptographic source.
pub(super) fn random() -> u128 {
    js_random()
        .to_vec()
        .into_iter()
        .fold(0, |number, byte| number << 8 | u128::from(byte))
}

/// A request's body; `None` if it is longer than `most` bytes.
pub(super) async fn read(request: &web_sys::Request, most: usize) -> Result<Option<Vec<u8>>> {
    let body = js_read(request, most).await.map_err(worker::Error::from)?;
    Ok(body
        .dyn_into::<Uint8Array>()
        .ok()
        .map(|bytes| bytes.to_vec()))
}

/// What was read of a request's body, and what the origin doesn't get of it.
pub(super) struct Begun {
    pub(super) beginning: Beginning,
    pub(super) cut: Range<usize>,
}

/// The beginning of a request's body: `most` bytes at least, if there are so many.
pub(super) async fn beginning(request: &web_sys::Request, most: usize) -> Result<Beginning> {
    let found = js_beginning(request, most).await;
    Ok(found.map_err(worker::Error::from)?.unchecked_into())
}

/// Asks siteverify: its status and what it says, if it says anything in time.
pub(super) async fn verify(address: &str, question: &str, time: u32) -> Option<(u16, String)> {
    let said = js_verify(address, question, time).await.ok()?.as_string()?;
    let (status, text) = said.split_once(' ')?;
    Some((status.parse().ok()?, text.to_owned()))
}

/// A random UUID.
pub(super) fn uuid() -> String {
    js_uuid()
}

/// Sends a request on, with header changes, to `address` or to where it was going. Redirects come back as they are.
pub(super) async fn forward(
    request: &web_sys::Request,
    address: Option<&str>,
    changes: &[(&'static str, Option<String>)],
    begun: Option<&Begun>,
) -> Result<web_sys::Response> {
    let cut = begun.map_or(0..0, |begun| begun.cut.clone());
    let begun = begun.map(|begun| &begun.beginning);
    let changes = packed(changes);
    let response = js_forward(request, address, changes, begun, cut.start, cut.end)
        .await
        .map_err(worker::Error::from)?;
    response.dyn_into().map_err(worker::Error::from)
}

/// Whether a JWT's signature is right, by the keys that a team of Cloudflare Access has at `address`.
pub(super) async fn is_signed(address: &str, assertion: &Assertion) -> Result<bool> {
    let Assertion {
        key,
        signed,
        signature,
    } = assertion;
    let right = js_is_signed(address, key, signed, signature).await;
    Ok(right.map_err(worker::Error::from)?.is_truthy())
}

/// A response's `Set-Cookie` values, one each.
pub(super) fn set_cookies(response: &web_sys::Response) -> Vec<String> {
    js_set_cookies(response)
        .iter()
        .filter_map(|value| value.dyn_into::<JsString>().ok())
        .map(String::from)
        .collect()
}

/// A response with other headers and, with an edit, another body, streamed.
pub(super) fn edited(
    response: &web_sys::Response,
    changes: &[(&'static str, Option<String>)],
    cookies: Option<&[String]>,
    edit: Option<Edit>,
) -> Result<web_sys::Response> {
    let cookies = cookies.map(|cookies| cookies.iter().map(JsValue::from).collect());
    js_edited(response, packed(changes), cookies, edit).map_err(worker::Error::from)
}

/// A response of ours.
pub(super) fn answer(
    status: u16,
    headers: &[(&'static str, String)],
    body: Option<&[u8]>,
) -> Result<web_sys::Response> {
    js_answer(status, &lines(headers), body).map_err(worker::Error::from)
}

/// An answer of ours whose body is made piece by piece.
pub(super) fn streamed(
    headers: &[(&'static str, String)],
    source: Source,
) -> Result<web_sys::Response> {
    js_streamed(&lines(headers), source).map_err(worker::Error::from)
}

fn lines(headers: &[(&'static str, String)]) -> String {
    let lines = headers
        .iter()
        .flat_map(|(name, value)| [*name, value.as_str()]);
    lines.collect::<Vec<_>>().join("\n")
}
