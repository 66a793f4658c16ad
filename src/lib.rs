//! A consent manager at the edge.
//!
//! One request takes one straight line through this crate:
//!
//! ```text
//! shell        the door: the request as plain data, and the site it is for
//!   visit      what the browser says: cookie → Choice, headers → Signals, language
//!   decision   site + choice + signals + now → Decision
//!   app        ┬ own page      page → Reply
//!              ├ own action    choice, reset → record → Reply + Set-Cookie, KV writes
//!              └ origin        form checked → Cookie filtered → fetched → Set-Cookie filtered → banner put in
//! shell        sends the Reply; what may wait goes to waitUntil
//! ```
//!
//! Everything but `shell` is pure: no clock, no randomness, no Workers. Imports point one way:
//! site, html ← visit, decision ← wording ← form ← record, page ← origin ← app ← shell; a test holds it.

pub mod app;
pub mod calendar;
pub mod decision;
pub mod declared;
mod digest;
mod find;
pub mod form;
pub mod html;
pub mod json;
pub mod origin;
pub mod page;
pub mod record;
#[cfg(target_arch = "wasm32")]
mod shell;
pub mod site;
pub mod visit;
pub mod wording;
