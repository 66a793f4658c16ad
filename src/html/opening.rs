//! What does a `<` between tags begin?
//!
//! <https://html.spec.whatwg.org/#tag-open-state>

use super::name::Name;
use super::tag::ends_name;

/// What begins, and how many bytes of it have been read to know that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    Start(Name, usize),
    End(Name, usize),
    Comment(usize),
    /// Anything that goes on to the next `>`: doctype, `<?`, `</ `, `<!x`.
    Bogus(usize),
    Cdata(usize),
    /// It is just a `<`.
    Text,
    /// More bytes will tell.
    Wait,
}

const CDATA: &[u8] = b"<![CDATA[";

impl Opening {
    /// Reads the bytes from `<` on. `has_cdata` says whether CDATA sections exist here.
    pub(crate) fn read(bytes: &[u8], has_cdata: bool) -> Self {
        match bytes {
            [_, b'/', first, ..] if first.is_ascii_alphabetic() => Self::tag(bytes, 2, Self::End),
            // `</>` is nothing at all: a bogus comment that ends at once.
            [_, b'/', _, ..] => Self::Bogus(2),
            [_, first, ..] if first.is_ascii_alphabetic() => Self::tag(bytes, 1, Self::Start),
            [_, b'?', ..] => Self::Bogus(1),
            [_, b'!', ..] => Self::declaration(bytes, has_cdata),
            [_] | [_, b'/'] => Self::Wait,
            _ => Self::Text,
        }
    }

    fn tag(bytes: &[u8], lead: usize, kind: fn(Name, usize) -> Self) -> Self {
        let rest = bytes.get(lead..).unwrap_or_default();
        let ended = rest
            .iter()
            .take(Name::MAX + 1)
            .position(|&byte| ends_name(byte));
        match ended.and_then(|len| rest.get(..len)) {
            Some(name) => kind(Name::of_bytes(name), lead + name.len()),
            None if rest.len() > Name::MAX => kind(Name::LONG, lead + Name::MAX),
            None => Self::Wait,
        }
    }

    fn declaration(bytes: &[u8], has_cdata: bool) -> Self {
        if bytes.starts_with(b"<!--") {
            return Self::Comment(4);
        }
        if has_cdata && bytes.starts_with(CDATA) {
            return Self::Cdata(CDATA.len());
        }
        let undecided = b"<!--".starts_with(bytes) || (has_cdata && CDATA.starts_with(bytes));
        if undecided {
            Self::Wait
        } else {
            Self::Bogus(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::SCRIPT;
    use super::Opening::{self, Bogus, Cdata, Comment, End, Start, Text, Wait};
    use super::*;

    #[test]
    fn tells_what_begins() {
        for (bytes, expected) in [
            ("<script>", Start(SCRIPT, 7)),
            ("<SCRIPT\n", Start(SCRIPT, 7)),
            ("</script/", End(SCRIPT, 8)),
            ("<script", Wait),
            ("<s\0>", Start(Name::of("s\0"), 3)),
            ("<abcdefghijklmnopq", Start(Name::LONG, 17)),
            ("<abcdefghijklmnop", Wait),
            ("<", Wait),
            ("</", Wait),
            ("< ", Text),
            ("<<", Text),
            ("<1", Text),
            ("</>", Bogus(2)),
            ("</ ", Bogus(2)),
            ("<?x", Bogus(1)),
            ("<!", Wait),
            ("<!-", Wait),
            ("<!--", Comment(4)),
            ("<!doctype", Bogus(2)),
            ("<!>", Bogus(2)),
            ("<![CDATA[", Cdata(9)),
            ("<![CDA", Wait),
            ("<![cdata[", Bogus(2)),
        ] {
            assert_eq!(Opening::read(bytes.as_bytes(), true), expected, "{bytes}");
        }
        assert_eq!(Opening::read(b"<![CDATA[", false), Bogus(2));
    }
}
