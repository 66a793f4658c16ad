use serde::{Deserialize, Serialize};

/// How long an entry stays on the device, as declared (`"session"`, `"30 days"`, `"session or 2 hours"`,
/// `"until cleared"`, `"varies"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifetime {
    /// Until the browser is closed.
    Session,
    /// At most so long.
    For(u32, Unit),
    /// Until the browser is closed, or at most so long.
    SessionOr(u32, Unit),
    /// Until someone clears it (web storage).
    UntilCleared,
    /// The third party decides; only allowed for third-party entries.
    Varies,
}

/// A unit of time, as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Unit {
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}
