//! The bytes at hand: what of them is read, what is out, what is held.

use super::sink::{Sink, Then};

/// One piece, behind what was held of earlier ones.
pub(crate) struct Window<'a> {
    bytes: &'a [u8],
    /// Read up to here.
    at: usize,
    /// Put out, or thrown away, up to here.
    gone: usize,
    held_from: Option<usize>,
    dropping: bool,
    out: &'a mut Vec<u8>,
}

impl<'a> Window<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize, dropping: bool, out: &'a mut Vec<u8>) -> Self {
        Self {
            bytes,
            at,
            gone: 0,
            held_from: None,
            dropping,
            out,
        }
    }

    /// What hasn't been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn skip(&mut self, len: usize) {
        self.at = (self.at + len).min(self.bytes.len());
    }

    pub(crate) fn skip_rest(&mut self) {
        self.at = self.bytes.len();
    }

    /// Keeps what follows from going out.
    pub(crate) fn hold(&mut self) {
        self.held_from = Some(self.at);
    }

    /// Keeps all of it from going out.
    pub(crate) fn hold_all(&mut self) {
        self.held_from = Some(0);
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held_from.is_some()
    }

    /// What is held, as far as it was read.
    pub(crate) fn held(&self) -> &'a [u8] {
        self.held_from
            .and_then(|from| self.bytes.get(from..self.at))
            .unwrap_or_default()
    }

    /// Lets what is held go out, sooner or later.
    pub(crate) fn pass(&mut self) {
        self.held_from = None;
    }

    /// Throws away the first `len` bytes of what is held and lets go of the rest.
    pub(crate) fn discard(&mut self, len: usize) {
        let from = self.held_from.take().unwrap_or(self.gone);
        self.put_out_until(from);
        self.gone = from.saturating_add(len).min(self.at);
    }

    /// Where the sink may write: behind all that comes before what is held.
    pub(crate) fn out(&mut self) -> &mut Vec<u8> {
        self.put_out_until(self.held_from.unwrap_or(self.at));
        self.out
    }

    /// From here on what is read is thrown away, or put out again.
    pub(crate) fn set_dropping(&mut self, dropping: bool) {
        if self.dropping != dropping {
            self.put_out_until(self.at);
            self.dropping = dropping;
        }
    }

    pub(crate) fn is_dropping(&self) -> bool {
        self.dropping
    }

    /// Reads `len` bytes that are text.
    pub(crate) fn text(&mut self, len: usize, sink: &mut dyn Sink) {
        let raw = self.rest().get(..len).unwrap_or_default();
        if raw.is_empty() {
            return;
        }
        let then = if sink.wants_text() {
            sink.text(raw, self.out())
        } else {
            Then::Pass
        };
        self.skip(len);
        if matches!(then, Then::Written | Then::Begun | Then::Drop) {
            self.gone = self.at;
        }
    }

    /// Puts out all that isn't held. Returns the rest, how far it was read, and whether it is
    /// being dropped.
    pub(crate) fn close(mut self) -> (&'a [u8], usize, bool) {
        let keep = self.held_from.unwrap_or(self.bytes.len());
        self.put_out_until(keep);
        let rest = self.bytes.get(keep..).unwrap_or_default();
        (rest, self.at.saturating_sub(keep), self.dropping)
    }

    fn put_out_until(&mut self, end: usize) {
        if end <= self.gone {
            return;
        }
        if !self.dropping {
            self.out
                .extend_from_slice(self.bytes.get(self.gone..end).unwrap_or_default());
        }
        self.gone = end;
    }
}
