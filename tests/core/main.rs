//! The core, tested natively.

mod declare;
