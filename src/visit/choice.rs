/// What a visitor said, as his browser carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Nothing yet.
    Unasked,
    /// Something that can't be read: not the same as nothing, since it denies under every regime.
    Unreadable,
    /// An answer.
    Made(Made),
}

/// An answer, with what it was given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// When, in seconds since 1970 by the server's clock.
    pub at: u64,
    /// Whether GPC was on when it was given, so that it stands against the signal.
    pub gpc: bool,
    /// The same for DNT.
    pub dnt: bool,
    /// One answer for each category that was asked.
    pub answers: Vec<Answer>,
    /// The record that proves it, a ULID; none after a refusal.
    pub receipt: Option<String>,
}

/// The answer to one category, as it was declared then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The category's digest: names both which category and which version of it.
    pub digest: String,
    /// Whether it was granted.
    pub granted: bool,
    /// Services that differ from their category, as positions among its services sorted by id; the digest pins that
    /// order. Ascending, without repeats.
    pub exceptions: Vec<u16>,
}

impl Made {
    /// The answer that was given to a category as it is declared now.
    #[must_use]
    pub fn answer(&self, digest: &str) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.digest == digest)
    }

    /// Whether it grants anything at all.
    #[must_use]
    pub fn grants(&self) -> bool {
        self.answers
            .iter()
            .any(|answer| answer.granted || !answer.exceptions.is_empty())
    }
}
