//! HTML in pieces: the few elements we care for found, everything else copied through by the byte.
use crate::site::Place;
/// Placeholder.
#[derive(Debug)]
pub struct Editor(Vec<u8>, bool);
impl Editor {
    /// p
    pub fn new(markup: Vec<u8>, _place: Place) -> Self { Self(markup, false) }
    /// p
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(piece);
        if let Some(at) = text.find("<body").and_then(|at| text[at..].find('>').map(|end| at + end + 1)) && !self.1 {
            out.extend_from_slice(&piece[..at]); out.extend_from_slice(&self.0); out.extend_from_slice(&piece[at..]); self.1 = true;
        } else { out.extend_from_slice(piece) }
    }
    /// p
    pub fn rest(&self) -> bool { self.1 }
    /// p
    pub fn end(&mut self, _out: &mut Vec<u8>) {}
}
