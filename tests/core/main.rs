//! The core, tested natively: one binary, so that everything links once.

mod app;
mod decision;
mod declare;
mod hold;
mod html;
mod kit;
mod pages;
mod properties;
mod record;
mod tidy;
