//! The members of a JSON object, and where they stand: a value that is parsed and written again would not be the same
//! bytes.

use super::body::{Field, Value};

/// The members of the outermost object, as far as it can be read.
pub(super) fn fields(body: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut scan = Scan { body, at: 0 };
    if scan.symbol() != Some(b'{') {
        return fields;
    }
    // Where the comma before a member stands; before the first one there is none.
    let mut before = scan.at;
    loop {
        scan.blanks();
        let start = scan.at;
        let Some(name) = scan.string() else {
            return fields;
        };
        if scan.symbol() != Some(b':') {
            return fields;
        }
        scan.blanks();
        let from = scan.at;
        scan.value();
        let raw = body.get(from..scan.at).unwrap_or_default();
        let end = scan.at;
        let more = scan.symbol() == Some(b',');
        fields.push(Field {
            name,
            value: Value::Text(plain(raw)),
            // With the comma behind it, or before it if it is the last one.
            span: if more { start..scan.at } else { before..end },
        });
        if !more {
            return fields;
        }
        before = scan.at - 1;
    }
}

fn text(raw: &[u8]) -> Option<String> {
    // Whatever else it is stays unread: it may be long.
    if raw.first() != Some(&b'"') {
        return None;
    }
    crate::json::read(str::from_utf8(raw).ok()?)
}

/// A string without its quotes; anything else as it stands there.
fn plain(raw: &[u8]) -> String {
    text(raw).unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned())
}

struct Scan<'a> {
    body: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        {
            self.at += 1;
        }
    }

    /// The next byte that is no blank, read over.
    fn symbol(&mut self) -> Option<u8> {
        self.blanks();
        let found = self.peek();
        self.at += usize::from(found.is_some());
        found
    }

    fn string(&mut self) -> Option<String> {
        let from = self.at;
        if self.peek() != Some(b'"') {
            return None;
        }
        self.quoted();
        text(self.body.get(from..self.at)?)
    }

    /// Reads over a string, quotes and all.
    fn quoted(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.body.len());
    }

    /// Reads over a value.
    fn value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.quoted();
                    if depth == 0 {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }
}
