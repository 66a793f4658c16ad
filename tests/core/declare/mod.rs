//! Declarations: the ones that ship, what else can be said, and the mistakes that the build refuses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that stops says where"
)]

mod again;
mod bad;
mod catalogue;
mod chaos;
mod digest;
mod edition;
mod fixture;
mod good;
mod languages;
mod manual;
mod originals;
mod shipped;
