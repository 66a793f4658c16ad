//! Forms that only people may send: bodies, siteverify's answers, widgets in pages, and the way of a post.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod bodies;
mod posts;
mod verdicts;
mod widgets;

use edge_consent::site::{Site, declare};
use std::path::Path;
use std::sync::LazyLock;

/// The tests' own site with forms of every kind.
pub(crate) fn site() -> &'static Site {
    static SITES: LazyLock<Vec<Site>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        declare::read_folders(root, &["tests/sites"]).unwrap()
    });
    SITES.iter().find(|site| site.id == "forms").unwrap()
}
