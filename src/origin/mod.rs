//! What happens to traffic between visitor and origin: cookies withheld, the decision told, the banner put into pages, tags
//! held, validators kept honest.
//!
//! Not here: fetching and streaming (`shell`), deciding (`decision`), markup (`page`).

mod cookies;
mod csp;
mod errand;
pub mod hold;
pub mod inject;
mod report;
mod seen;
mod validators;

pub(crate) use cookies::domains;
pub use cookies::{all_expiries, expiries, forget, kept, withholds};
pub use csp::allow;
pub(crate) use errand::may_be_a_page;
pub use errand::{Answer, COMMAND, Changes, Edit, Errand, Head};
pub use report::Report;
pub use seen::{Seen, cookie_shape, host_shape};
