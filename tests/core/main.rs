//! The core's tests, one binary.

mod html;
