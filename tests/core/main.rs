//! The core, tested natively: one binary, so that everything links once.

mod added;
mod app;
mod decision;
mod declare;
mod form;
mod golden;
mod hold;
mod html;
mod inject;
mod json;
mod kit;
mod pages;
mod properties;
mod record;
mod standard;
mod strict;
mod tidy;
mod validators;
