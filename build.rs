//! Checks what was declared and hands it to the crate as data.
fn main() {}
