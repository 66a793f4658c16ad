//! A consent manager at the edge.
//!
//! One request takes one straight line through this crate.

pub mod declared;
pub mod html;
pub mod site;
