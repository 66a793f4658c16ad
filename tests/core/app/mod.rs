//! The one path of a request, from headers and body to what goes out, as black boxes see it.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod answers;
mod changes;
mod choosing;
mod command;
mod cookie;
mod limits;
mod operator;
mod records;
mod rehearsal;
mod rights;
mod routes;
mod traffic;
