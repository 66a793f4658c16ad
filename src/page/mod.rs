//! What people see: banner, preference centre, policy page, error page, and the small script and styles they share.
//! One surface a file; each is a pure function of site, decision and language.
//!
//! Not here: addresses and headers (`app`), inserting into the origin's pages (`html`, `origin`).

pub mod banner;
mod choice;
pub mod error;
mod layout;
pub mod operator;
mod placeholder;
mod policy;
mod preferences;
mod signals;
mod tables;

pub use layout::{RELEASE, SCRIPT, page_csp};
pub use placeholder::{Placeholder, Withheld, csp_source_of as placeholder_csp_source};
pub use policy::policy;
pub use preferences::{dialog, preferences};

use crate::{decision::Decision, site::Site, wording};

/// What every surface is made from.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The site.
    pub site: &'a Site,
    /// What holds for this visitor.
    pub decision: &'a Decision,
    /// The language to speak.
    pub language: &'a str,
    /// Path and query to come back to after a choice.
    pub return_to: &'a str,
}
