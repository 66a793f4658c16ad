//! What a browser reads over: comments, and CDATA sections in foreign content.
//!
//! Both resumable at any byte. A doctype, `<?…>`, `</ …>` and any other `<!…>` end at the
//! first `>`, so they need no machine. <https://html.spec.whatwg.org/#comment-start-state>

/// How far a comment has been read, behind its `<!--`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comment {
    Start,
    StartDash,
    Text,
    Dash,
    End,
    Bang,
}

impl Comment {
    /// Reads on; how many bytes up to and including the closing `>`.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            if *self == Self::Text {
                at += memchr::memchr(b'-', bytes.get(at..)?)?;
            }
            let byte = *bytes.get(at)?;
            at += 1;
            *self = match (*self, byte) {
                (Self::Start | Self::StartDash | Self::End | Self::Bang, b'>') => return Some(at),
                (Self::Start, b'-') => Self::StartDash,
                (Self::Text | Self::Bang, b'-') => Self::Dash,
                (Self::StartDash | Self::Dash | Self::End, b'-') => Self::End,
                (Self::End, b'!') => Self::Bang,
                _ => Self::Text,
            };
        }
    }
}

/// How many `]` have just gone by in a CDATA section: 0, 1 or 2 and more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cdata(u8);

impl Cdata {
    /// Reads on; how many bytes up to and including `]]>`.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        bytes
            .iter()
            .position(|&byte| {
                let ends = byte == b'>' && self.0 == 2;
                self.0 = if byte == b']' { (self.0 + 1).min(2) } else { 0 };
                ends
            })
            .map(|at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_where_browsers_end_it() {
        for (rest, expected) in [
            (">x-->", Some(1)),
            ("->x", Some(2)),
            ("-->", Some(3)),
            (" a -- b --!>c", Some(12)),
            ("!>-->", Some(5)),
            ("-!>-->", Some(6)),
            ("--!>", Some(4)),
            (" --!->-->", Some(9)),
            (" --!-->", Some(7)),
            (" <!-- --> -->", Some(9)),
            (" <!-->", Some(6)),
            ("---->", Some(5)),
            (" - ->", None),
        ] {
            assert_eq!(Comment::Start.advance(rest.as_bytes()), expected, "{rest}");
        }
    }

    #[test]
    fn cdata_needs_its_two_brackets() {
        assert_eq!(Cdata::default().advance(b"a]>b]]x]]]>c"), Some(11));
        assert_eq!(Cdata::default().advance(b"a]]"), None);
    }
}
