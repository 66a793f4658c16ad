//! The HTML standard's own tests as pages, and pages made of them that nobody would write.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod documents;
mod fuzz;
mod mix;
mod random;
mod whole;
