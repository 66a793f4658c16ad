//! The core, tested natively: one binary, so that everything links once.

mod declare;
mod hold;
mod html;
