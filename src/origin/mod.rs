//! What happens to traffic between visitor and origin: cookies withheld, the decision told, banner and widgets put into
//! pages, tags held, validators kept honest.
//!
//! Not here: fetching and streaming (`shell`), deciding (`decision`), markup (`page`).

mod added;
mod asked;
mod cookies;
mod csp;
mod errand;
pub mod hold;
pub mod inject;
mod kind;
mod report;
mod seen;
mod validators;
mod widgets;

pub(crate) use asked::may_be_a_page;
pub(crate) use cookies::domains;
pub use cookies::{all_expiries, expiries, forget, kept, withholds};
pub use csp::allow;
pub use errand::{Answer, COMMAND, Changes, Edit, Errand, Head, RECEIPT};
pub use kind::is_never_a_page;
pub use report::Report;
pub use seen::{Seen, cookie_shape, host_shape};
pub use widgets::{Both, Widgets};
