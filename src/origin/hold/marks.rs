//! The marks of services, found in a script's text in one go, however many there are.

use crate::{find::find, site::hosts::squeeze};

/// Bytes of a mark by which it is looked for.
const BEGINNING: usize = 4;

/// Marks with their services, squeezed.
#[derive(Debug)]
pub(super) struct Marks {
    all: Vec<(Vec<u8>, usize)>,
    /// The beginnings, sorted, and the places of the marks in `all`.
    beginnings: Vec<(u32, usize)>,
    /// A bit for each beginning, and by chance for others: in most places of a text it says that no mark begins there.
    bits: [u64; 64],
}

impl Marks {
    /// Marks as they were declared, each with the place of its service.
    pub(super) fn new<'a>(marks: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut found = Self {
            all: Vec::new(),
            beginnings: Vec::new(),
            bits: [0; 64],
        };
        for (mark, service) in marks {
            let mark = squeeze(mark.as_bytes());
            if mark.is_empty() {
                continue;
            }
            if let Some(beginning) = mark.first_chunk::<BEGINNING>() {
                let key = u32::from_be_bytes(*beginning);
                let at = found.beginnings.partition_point(|(own, _)| *own < key);
                found.beginnings.insert(at, (key, found.all.len()));
                let (word, bit) = place(key);
                if let Some(word) = found.bits.get_mut(word) {
                    *word |= bit;
                }
            }
            found.all.push((mark, service));
        }
        found
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Every mark, squeezed, with its service.
    pub(super) fn all(&self) -> impl Iterator<Item = (&[u8], usize)> {
        self.all.iter().map(|(mark, service)| (&mark[..], *service))
    }

    /// The services whose marks a script's text has, in the order of their marks.
    pub(super) fn within(&self, text: &[u8]) -> Vec<usize> {
        let text = squeeze(text);
        let mut places: Vec<usize> = Vec::new();
        let mut window = 0;
        for (end, byte) in text.iter().enumerate() {
            window = window << 8 | u32::from(*byte);
            let (word, bit) = place(window);
            if self.bits.get(word).is_none_or(|own| own & bit == 0) {
                continue;
            }
            let start = (end + 1).checked_sub(BEGINNING);
            let Some(rest) = start.and_then(|start| text.get(start..)) else {
                continue;
            };
            let first = self.beginnings.partition_point(|(own, _)| *own < window);
            let begun = self.beginnings.get(first..).unwrap_or_default();
            for (_, at) in begun.iter().take_while(|(own, _)| *own == window) {
                let fits = self.all.get(*at);
                if fits.is_some_and(|(mark, _)| rest.starts_with(mark)) {
                    places.push(*at);
                }
            }
        }
        let has = |at: usize, mark: &[u8]| {
            if mark.len() < BEGINNING {
                find(&text, mark).is_some()
            } else {
                places.contains(&at)
            }
        };
        let mut services: Vec<usize> = Vec::new();
        for (at, (mark, service)) in self.all.iter().enumerate() {
            if !services.contains(service) && has(at, mark) {
                services.push(*service);
            }
        }
        services
    }
}

/// Where a beginning has its bit: 12 bits of a product that all of its bytes have a part in (Knuth, 6.4).
fn place(beginning: u32) -> (usize, u64) {
    let hash = beginning.wrapping_mul(0x9e37_79b1) >> 20;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::Marks;

    /// Every text of these letters, of at most so many.
    fn words(letters: &str, most: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..most {
            let to = all.len();
            for at in from..to {
                for letter in letters.chars() {
                    all.push(format!("{}{letter}", all[at]));
                }
            }
            from = to;
        }
        all
    }

    #[test]
    fn they_are_found_wherever_they_stand_and_nowhere_else() {
        let marks = words("ab", 6);
        let all = Marks::new((0..).zip(&marks).map(|(at, mark)| (mark.as_str(), at)));
        for text in words("ab", 9) {
            let naive = (0..marks.len())
                .filter(|at| !marks[*at].is_empty() && text.contains(&marks[*at]))
                .collect::<Vec<_>>();
            assert_eq!(all.within(text.as_bytes()), naive, "{text}");
        }
    }

    #[test]
    fn a_service_is_named_once_and_its_marks_may_be_written_otherwise() {
        let marks = [
            ("fbq('init'", 3),
            ("fbq(", 3),
            ("_paq", 1),
            ("\u{e9}t\u{e9}s", 0),
        ];
        let marks = Marks::new(marks.into_iter());
        let text = "x; fbq( \"init\", 1); window._paq = []; // \u{e9}t\u{e9}s";
        assert_eq!(marks.within(text.as_bytes()), [3, 1, 0]);
        assert!(marks.within(b"fb").is_empty());
        assert!(marks.within(b"").is_empty());
    }
}
