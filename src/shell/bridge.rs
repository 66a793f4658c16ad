//! The few things that are one line of JavaScript and many of Rust; each call crosses once.

use super::{
    edit::Edit,
    export::Source,
    wait::{Came, Task, wait},
};
use crate::app::Assertion;
use js_sys::{Array, JsString, Promise, Uint8Array};
use std::ops::Range;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/shell/bridge.js")]
extern "C" {
    /// A request as the runtime has it.
    #[derive(Debug, Clone)]
    pub type Request;
    /// An answer as the runtime has it.
    #[derive(Debug, Clone)]
    pub type Response;

    #[wasm_bindgen(js_name = now)]
    fn js_now() -> f64;
    #[wasm_bindgen(js_name = random)]
    fn js_random() -> Uint8Array;
    /// A header of a request's or an answer's.
    pub(super) fn header(of: &JsValue, name: &str) -> Option<String>;
    /// The country that a request comes from, if the edge knows it.
    pub(super) fn country(request: &JsValue) -> Option<String>;
    /// A binding that is a text.
    pub(super) fn text(env: &JsValue, name: &str) -> Option<String>;
    /// Has a task done once the answer is on its way.
    pub(super) fn later(context: &JsValue, task: Task);
    /// One line of JSON for the operator: what failed, never who was there.
    pub(super) fn log(fault: &str, detail: &str);
    /// A line for the operator.
    pub(super) fn say(line: &str);
    /// What an error says.
    pub(super) fn said(error: JsValue) -> String;
    #[wasm_bindgen(js_name = read)]
    fn js_read(request: &Request, most: usize) -> Promise;
    #[wasm_bindgen(js_name = forward)]
    fn js_forward(
        request: &Request,
        env: &JsValue,
        changes: Option<String>,
        begun: Option<&Beginning>,
        from: usize,
        to: usize,
    ) -> Promise;
    #[wasm_bindgen(js_name = beginning)]
    fn js_beginning(request: &Request, most: usize) -> Promise;
    #[wasm_bindgen(js_name = verify)]
    fn js_verify(address: &str, question: &str, milliseconds: u32) -> Promise;
    /// A random UUID.
    pub(super) fn uuid() -> String;

    /// The beginning of a body. It stays in JavaScript while others are waited for.
    pub(super) type Beginning;
    #[wasm_bindgen(method, getter)]
    pub(super) fn bytes(this: &Beginning) -> Vec<u8>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn whole(this: &Beginning) -> bool;

    #[wasm_bindgen(js_name = isSigned)]
    fn js_is_signed(address: &str, id: &str, signed: &str, signature: &[u8]) -> Promise;
    /// An answer's status.
    pub(super) fn status(response: &Response) -> u16;
    #[wasm_bindgen(js_name = setCookies)]
    fn js_set_cookies(response: &Response) -> Array;
    #[wasm_bindgen(js_name = edited, catch)]
    fn js_edited(
        response: &Response,
        changes: Option<String>,
        cookies: Option<Array>,
        edit: Option<Edit>,
    ) -> Came<Response>;
    #[wasm_bindgen(js_name = streamed, catch)]
    fn js_streamed(headers: &str, source: Source) -> Came<Response>;
    #[wasm_bindgen(js_name = answer, catch)]
    fn js_answer(status: u16, headers: &str, body: Option<&[u8]>) -> Came<Response>;
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
pub(super) async fn read(request: &Request, most: usize) -> Came<Option<Vec<u8>>> {
    let body = wait(js_read(request, most)).await?;
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
pub(super) async fn beginning(request: &Request, most: usize) -> Came<Beginning> {
    Ok(wait(js_beginning(request, most)).await?.unchecked_into())
}

/// Asks siteverify: its status and what it says, if it says anything in time.
pub(super) async fn verify(address: &str, question: &str, time: u32) -> Option<(u16, String)> {
    let said = wait(js_verify(address, question, time)).await.ok()?;
    let said = said.as_string()?;
    let (status, text) = said.split_once(' ')?;
    Some((status.parse().ok()?, text.to_owned()))
}

/// Sends a request on to the origin, with header changes. Redirects come back as they are.
pub(super) async fn forward(
    request: &Request,
    env: &JsValue,
    changes: &[(&'static str, Option<String>)],
    begun: Option<&Begun>,
) -> Came<Response> {
    let cut = begun.map_or(0..0, |begun| begun.cut.clone());
    let begun = begun.map(|begun| &begun.beginning);
    let response = js_forward(request, env, packed(changes), begun, cut.start, cut.end);
    Ok(wait(response).await?.unchecked_into())
}

/// Whether a JWT's signature is right, by the keys that a team of Cloudflare Access has at `address`.
pub(super) async fn is_signed(address: &str, assertion: &Assertion) -> Came<bool> {
    let Assertion {
        key,
        signed,
        signature,
    } = assertion;
    let right = wait(js_is_signed(address, key, signed, signature)).await?;
    Ok(right.is_truthy())
}

/// A response's `Set-Cookie` values, one each.
pub(super) fn set_cookies(response: &Response) -> Vec<String> {
    js_set_cookies(response)
        .iter()
        .filter_map(|value| value.dyn_into::<JsString>().ok())
        .map(String::from)
        .collect()
}

/// A response with other headers and, with an edit, another body, streamed.
pub(super) fn edited(
    response: &Response,
    changes: &[(&'static str, Option<String>)],
    cookies: Option<&[String]>,
    edit: Option<Edit>,
) -> Came<Response> {
    let cookies = cookies.map(|cookies| cookies.iter().map(JsValue::from).collect());
    js_edited(response, packed(changes), cookies, edit)
}

/// A response of ours.
pub(super) fn answer(
    status: u16,
    headers: &[(&'static str, String)],
    body: Option<&[u8]>,
) -> Came<Response> {
    js_answer(status, &lines(headers), body)
}

/// An answer of ours whose body is made piece by piece.
pub(super) fn streamed(headers: &[(&'static str, String)], source: Source) -> Came<Response> {
    js_streamed(&lines(headers), source)
}

fn lines(headers: &[(&'static str, String)]) -> String {
    let lines = headers
        .iter()
        .flat_map(|(name, value)| [*name, value.as_str()]);
    lines.collect::<Vec<_>>().join("\n")
}
