//! Elements that hold text: where is their end tag?
//!
//! RCDATA and RAWTEXT differ only in character references, which we pass. A script has its
//! comments: after `<!--`, a `<script` makes the next `</script` a part of the text.
//! <https://html.spec.whatwg.org/#script-data-state>

use super::name::Name;
use super::tag::ends_name;

/// What the search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// The end tag's `<` is here.
    End(usize),
    /// It may be here; more bytes will tell.
    Wait(usize),
    /// Nowhere in these bytes.
    Nowhere,
}

/// How the bytes at a `<` compare with what is looked for.
enum Fit {
    Yes,
    No,
    More,
}

/// Finds the end tag of `name`, from `at` on.
pub(crate) fn search(name: Name, bytes: &[u8], mut at: usize) -> Search {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'<', rest)) {
        at += found;
        match fits(bytes, at, "</", name) {
            Fit::Yes => return Search::End(at),
            Fit::More => return Search::Wait(at),
            Fit::No => at += 1,
        }
    }
    Search::Nowhere
}

/// True if the bytes at `at` are `lead`, then `name` in any case, then what ends a name.
fn fits(bytes: &[u8], at: usize, lead: &str, name: Name) -> Fit {
    let mut rest = bytes.get(at..).unwrap_or_default().iter();
    for wanted in lead.bytes().chain(name.bytes()) {
        match rest.next() {
            None => return Fit::More,
            Some(byte) if byte.to_ascii_lowercase() == wanted => {}
            Some(_) => return Fit::No,
        }
    }
    match rest.next() {
        None => Fit::More,
        Some(&byte) if ends_name(byte) => Fit::Yes,
        Some(_) => Fit::No,
    }
}

/// How far a script's text has been read: its comments, and the dashes that may end them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Script {
    /// Outside a comment.
    #[default]
    Plain,
    /// In `<!--`, after so many dashes (2 is two and more).
    Escaped(u8),
    /// In `<!-- <script`, the same: an end tag only leads back to `Escaped`.
    Twice(u8),
}

impl Script {
    /// Finds the end tag, from `at` on.
    pub(crate) fn search(&mut self, bytes: &[u8], mut at: usize) -> Search {
        while let Some(rest) = bytes.get(at..) {
            let step = match *self {
                Self::Plain => memchr::memchr(b'<', rest),
                Self::Escaped(0) | Self::Twice(0) => memchr::memchr2(b'<', b'-', rest),
                _ => Some(0),
            };
            let Some((place, &byte)) = step.and_then(|step| Some((at + step, rest.get(step)?)))
            else {
                return Search::Nowhere;
            };
            at = place;
            if byte != b'<' {
                *self = self.after(byte);
                at += 1;
                continue;
            }
            match self.at_less_than(bytes, at) {
                Ok(used) => at += used,
                Err(found) => return found,
            }
        }
        Search::Nowhere
    }

    /// The state after a byte inside a comment that isn't `<`.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Escaped(2) | Self::Twice(2), b'>') | (Self::Plain, _) => Self::Plain,
            (Self::Escaped(dashes), b'-') => Self::Escaped((dashes + 1).min(2)),
            (Self::Twice(dashes), b'-') => Self::Twice((dashes + 1).min(2)),
            (Self::Escaped(_), _) => Self::Escaped(0),
            (Self::Twice(_), _) => Self::Twice(0),
        }
    }

    /// Deals with a `<`: how many bytes were used, or how the search ends here.
    fn at_less_than(&mut self, bytes: &[u8], at: usize) -> Result<usize, Search> {
        let end = fits(bytes, at, "</", super::name::SCRIPT);
        match (*self, end) {
            (_, Fit::More) => return Err(Search::Wait(at)),
            (Self::Plain | Self::Escaped(_), Fit::Yes) => return Err(Search::End(at)),
            // What ended the name is used up as well: its `>` closes no comment.
            (Self::Twice(_), Fit::Yes) => {
                *self = Self::Escaped(0);
                return Ok("</script>".len());
            }
            (_, Fit::No) => {}
        }
        match *self {
            Self::Plain => {
                let rest = bytes.get(at..).unwrap_or_default();
                if rest.starts_with(b"<!--") {
                    *self = Self::Escaped(2);
                    return Ok("<!--".len());
                }
                if b"<!--".starts_with(rest) {
                    return Err(Search::Wait(at));
                }
            }
            Self::Escaped(_) => match fits(bytes, at, "<", super::name::SCRIPT) {
                Fit::More => return Err(Search::Wait(at)),
                Fit::Yes => {
                    *self = Self::Twice(0);
                    return Ok("<script>".len());
                }
                Fit::No => *self = Self::Escaped(0),
            },
            Self::Twice(_) => *self = Self::Twice(0),
        }
        Ok(1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::TITLE;
    use super::*;

    fn script(text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let at_once = match Script::default().search(bytes, 0) {
            Search::End(at) => Some(at),
            _ => None,
        };
        // Fed byte by byte, holding what `Wait` asks to hold, it comes to the same.
        let (mut state, mut from, mut stepwise) = (Script::default(), 0, None);
        for end in 0..=bytes.len() {
            match state.search(&bytes[..end], from) {
                Search::End(at) => {
                    stepwise = Some(at);
                    break;
                }
                Search::Wait(at) => from = at,
                Search::Nowhere => from = end,
            }
        }
        assert_eq!(at_once, stepwise, "{text}");
        at_once
    }

    #[test]
    fn a_script_ends_where_browsers_end_it() {
        for (text, expected) in [
            ("a</script>", Some(1)),
            ("</scriptx></SCRIPT\t>", Some(10)),
            ("<!--</script>", Some(4)),
            ("<!--<script></script>--></script>", Some(24)),
            ("<!--<script></script></script>", Some(21)),
            ("<!--<script>--></script>", Some(15)),
            ("<!--<scripty></script>", Some(13)),
            ("<!--><script></script>", Some(13)),
            ("<!---><script></script>", Some(14)),
            ("<!-<script></script>", Some(11)),
            ("<!--<script -></script></script>", Some(23)),
            ("<!--<script/</script>x</script>", Some(22)),
            ("<!-- -- > <script></script>", None),
            ("<!-- --<script>-</script>-></script>", Some(27)),
            ("</script", None),
        ] {
            assert_eq!(script(text), expected, "{text}");
        }
    }

    #[test]
    fn other_text_ends_at_its_own_tag() {
        assert_eq!(search(TITLE, b"a</titles></TiTlE/>", 0), Search::End(10));
        assert_eq!(search(TITLE, b"a</tit", 0), Search::Wait(1));
        assert_eq!(search(TITLE, b"a</x>", 0), Search::Nowhere);
    }
}
