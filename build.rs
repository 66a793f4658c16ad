//! Checks what was declared and hands it to the crate as data.
#![allow(clippy::expect_used, clippy::case_sensitive_file_extension_comparisons, reason = "a build that can't go on has to stop")]

use std::{env, fs, path::PathBuf};
fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    assets(&out);
}

/// Styles and script without comments and blanks.
fn assets(out: &std::path::Path) {
    println!("cargo:rerun-if-changed=src/page/assets");
    for name in ["banner.css", "page.css", "consent.js"] {
        let text = fs::read_to_string(format!("src/page/assets/{name}")).expect("assets are there");
        let small = if name.ends_with(".css") {
            minifier::css::minify(&text).expect("styles are well formed").to_string()
        } else {
            minifier::js::minify(&text).expect("the script is well formed").to_string()
        };
        assert!(small.is_ascii(), "{name} must be ASCII");
        fs::write(out.join(name), small).expect("OUT_DIR takes files");
    }
}
