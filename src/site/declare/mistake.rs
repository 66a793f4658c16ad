use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

/// Something an owner has to put right, with the place and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Path of the file, from the folder that holds `sites/`.
    pub file: String,
    /// Line in the file, counted from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub text: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

/// All mistakes as a block to read, one a line, with a count at the end.
#[must_use]
pub fn report(mistakes: &[Mistake]) -> String {
    let mut block = String::new();
    let mut files = BTreeSet::new();
    for mistake in mistakes {
        files.insert(&mistake.file);
        let _ = writeln!(block, "{mistake}");
    }
    let many = |n: usize| if n == 1 { "" } else { "s" };
    let (n, in_files) = (mistakes.len(), files.len());
    let _ = writeln!(
        block,
        "{n} mistake{} in {in_files} file{}",
        many(n),
        many(in_files)
    );
    block
}

/// Where all readers put what they find, so that one run names everything.
#[derive(Debug, Default)]
pub(super) struct Log(RefCell<Vec<Mistake>>);

impl Log {
    pub(super) fn add(&self, file: &str, line: usize, text: impl Into<String>) {
        let mistake = Mistake {
            file: file.to_owned(),
            line,
            text: text.into(),
        };
        self.0.borrow_mut().push(mistake);
    }

    /// Everything found, in the order of files and lines, each once.
    pub(super) fn finish(self) -> Vec<Mistake> {
        let mut mistakes = self.0.into_inner();
        mistakes.sort();
        mistakes.dedup();
        mistakes
    }
}
