//! `multipart/form-data` (RFC 7578), as browsers and programs write it.

use super::body::{Field, Value};
use crate::find;

/// A line that parts one field from the next.
struct Delimiter {
    /// Where the text before it ends.
    end: usize,
    /// Where its two hyphens are.
    dashes: usize,
    /// Where the text behind it begins.
    start: usize,
    /// Whether it is the last one.
    last: bool,
}

/// The fields that are there from beginning to end.
pub(super) fn fields(boundary: &str, body: &[u8]) -> Vec<Field> {
    let mark = format!("\r\n--{boundary}");
    let mark = mark.as_bytes();
    let mut fields = Vec::new();
    let first = mark
        .get(2..)
        .filter(|dashes| body.starts_with(dashes))
        .and_then(|dashes| read(body, 0, 0, dashes.len()));
    let Some(mut open) = first.or_else(|| find(body, mark, 0)) else {
        return fields;
    };
    while !open.last {
        // A part without anything in it ends where it begins.
        let Some(close) = find(body, mark, open.start.saturating_sub(2)) else {
            break;
        };
        let part = body.get(open.start..close.end).unwrap_or_default();
        if let Some(split) = find::find(part, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(part.get(..split).unwrap_or_default());
            let content = part.get(split + 4..).unwrap_or_default();
            if let Some((name, file)) = disposition(&head) {
                let value = match std::str::from_utf8(content) {
                    _ if file => Value::File,
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(_) => Value::Unreadable,
                };
                fields.push(Field {
                    name,
                    value,
                    span: open.dashes..close.dashes,
                });
            }
        }
        open = close;
    }
    fields
}

fn find(body: &[u8], mark: &[u8], from: usize) -> Option<Delimiter> {
    let mut from = from;
    loop {
        let end = from + find::find(body.get(from..)?, mark)?;
        if let Some(found) = read(body, end, end + 2, end + mark.len()) {
            return Some(found);
        }
        from = end + 2;
    }
}

/// A delimiter, if the line ends behind it: another boundary may begin with this one.
fn read(body: &[u8], end: usize, dashes: usize, behind: usize) -> Option<Delimiter> {
    let rest = body.get(behind..)?;
    let last = rest.starts_with(b"--");
    let blanks = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    (last || rest.get(blanks..)?.starts_with(b"\r\n")).then_some(Delimiter {
        end,
        dashes,
        start: behind + blanks + 2,
        last,
    })
}

/// A field's name, and whether it is a file.
fn disposition(head: &str) -> Option<(String, bool)> {
    let line = find::parts(head, "\r\n").find(|line| {
        line.split_once(':')
            .is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
    })?;
    let file = ["filename", "filename*"]
        .iter()
        .any(|name| parameter(line, name).is_some());
    Some((parameter(line, "name")?, file))
}

/// A parameter of a header's value. In a quoted one a backslash is a backslash, as browsers write it.
pub(super) fn parameter(value: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = value.split_once(';')?;
    loop {
        let (name, behind) = rest.split_once('=')?;
        let name = name.rsplit(';').next().unwrap_or_default().trim();
        let (found, next) = if let Some(quoted) = behind.trim_start().strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            let (found, next) = behind.split_once(';').unwrap_or((behind, ""));
            (found.trim(), next)
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(found.to_owned());
        }
        rest = next;
    }
}
