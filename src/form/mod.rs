//! Forms that only people may send: which posts those are, the token in them, what siteverify is asked and what follows
//! from its answer, and what of a refused form may be kept for another try.
//!
//! Not here: the widget and the page that refuses (`page`), putting the widget into pages (`origin`), the one path of a
//! request (`app`), asking (`shell`).

mod body;
mod json;
mod kept;
mod multipart;
mod pattern;
mod refusal;
mod secret;
mod token;
mod verify;

pub use body::{Field, Kind, Value};
pub use kept::{Kept, kept};
pub use pattern::{guarding, matches, shown_on};
pub use refusal::{Mistake, Refusal};
pub use secret::{is_local, is_test_key, is_test_secret, secret_names};
pub use token::{FIELD, LONGEST, in_fields, in_header};
pub use verify::{ADDRESS, ATTEMPTS, Code, Expected, TIMEOUT, Verdict, question, verdict};

/// How much of a body is read to find the token in it, in bytes. A longer one with files goes on from there as it comes.
pub const MOST_READ: usize = 256 * 1024;
