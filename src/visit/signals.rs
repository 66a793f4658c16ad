use super::Incoming;

/// What a browser sends about privacy with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signals {
    /// Global Privacy Control (`Sec-GPC`).
    pub gpc: Signal,
    /// Do Not Track (`DNT`).
    pub dnt: Signal,
}

/// One signal as sent. A malformed value is kept apart from a missing one, so that it can be told, but neither counts
/// as on: the GPC specification knows no other value than `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Signal {
    Absent,
    On,
    Off,
    Malformed,
}

impl Signal {
    /// Whether the visitor's browser says no.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }

    /// Reads a header's value. Several headers arrive joined with commas; one that is exactly `1` decides
    /// (W3C GPC, "Sec-GPC header field").
    #[must_use]
    pub fn read(value: Option<&str>) -> Self {
        let Some(value) = value else {
            return Self::Absent;
        };
        let mut parts = value.split(',').map(|part| part.trim_matches([' ', '\t']));
        if parts.clone().any(|part| part == "1") {
            Self::On
        } else if parts.all(|part| part == "0") {
            Self::Off
        } else {
            Self::Malformed
        }
    }
}

impl Signals {
    /// Reads both signals of a request.
    #[must_use]
    pub fn read(incoming: &Incoming<'_>) -> Self {
        Self {
            gpc: Signal::read(incoming.header("sec-gpc").as_deref()),
            dnt: Signal::read(incoming.header("dnt").as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exactly_one_is_on() {
        for (value, expected) in [
            (None, Signal::Absent),
            (Some("1"), Signal::On),
            (Some(" 1 "), Signal::On),
            (Some("1, 0"), Signal::On),
            (Some("0"), Signal::Off),
            (Some("true"), Signal::Malformed),
            (Some("11"), Signal::Malformed),
            (Some(""), Signal::Malformed),
            (Some("0, x"), Signal::Malformed),
        ] {
            assert_eq!(Signal::read(value), expected, "{value:?}");
        }
    }
}
