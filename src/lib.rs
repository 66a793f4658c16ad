//! A consent manager at the edge.
//!
//! One request takes one straight line through this crate.

pub mod html;

#[cfg(target_arch = "wasm32")]
mod shell;
