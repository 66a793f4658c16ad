//! The sites that this worker was built with: checked by `build.rs`, carried as JSON, read once per isolate when first
//! asked for.
