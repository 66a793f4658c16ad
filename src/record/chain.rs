use super::{Due, receipt_key};
use crate::json::Value;
use ulid::Ulid;

/// More records than this are not followed: nobody answers so often, and to read and delete each one takes three of the
/// thousand operations of KV that a request may make.
const MOST: usize = 300;

/// A visitor's records, from the newest back: each names the one before it. Possession of the newest one's id, which
/// only the visitor's cookie holds, is the key to them all.
#[derive(Debug, Clone)]
pub struct Chain {
    site: String,
    /// Records still to be read, the next one last.
    next: Vec<String>,
    keys: Vec<String>,
    /// The records read, as they were written.
    texts: Vec<String>,
    /// What the visitor's browser holds itself, by its key.
    held: Vec<(String, String)>,
}

impl Chain {
    /// Begins with the record that a visitor's cookie names.
    #[must_use]
    pub fn new(site: &str, receipt: Option<&str>) -> Self {
        Self {
            site: site.to_owned(),
            next: receipt.map(str::to_owned).into_iter().collect(),
            keys: Vec::new(),
            texts: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Also follows the records that the visitor's browser still holds: whether they are in KV already or not, they are
    /// his, and the ones before them are.
    #[must_use]
    pub fn with(mut self, due: &Due) -> Self {
        for write in &due.writes {
            let own = write
                .owed
                .is_some()
                .then(|| write.key.rsplit(':').next())
                .flatten();
            let record = Value::read(&write.value);
            let previous = record
                .as_ref()
                .and_then(|record| record.get("previous")?.text());
            self.next
                .extend(own.into_iter().chain(previous).map(str::to_owned));
            if own.is_some() {
                self.held.push((write.key.clone(), write.value.clone()));
            }
        }
        self
    }

    /// The key to read next; `None` at the end.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let id = self.next.last().filter(|_| self.texts.len() < MOST)?;
        // A ULID tells when it was made, and so on which day its record was filed.
        let at = Ulid::from_string(id).ok()?.timestamp_ms() / 1000;
        Some(receipt_key(&self.site, at, id))
    }

    /// Takes what KV holds under [`Chain::key`]; a record that is neither there nor in the browser ends the chain.
    pub fn take(&mut self, value: Option<&str>) {
        let key = self.key();
        self.next.pop();
        let Some(key) = key.filter(|key| !self.keys.contains(key)) else {
            return;
        };
        let held = self.held.iter().find(|(own, _)| *own == key);
        let value = value.or(held.map(|(_, value)| value.as_str()));
        let read = value.and_then(|value| Some((value, Value::read(value)?)));
        if let Some((text, record)) = read {
            let previous = record.get("previous").and_then(Value::text);
            self.next.extend(previous.map(str::to_owned));
            // Newest first: keys tell when.
            let at = self.keys.partition_point(|own| *own > key);
            self.keys.insert(at, key);
            self.texts.insert(at, text.to_owned());
        }
    }

    /// The keys of the records read.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The records read, newest first.
    #[must_use]
    pub fn records(&self) -> Vec<Value<'_>> {
        let texts = self.texts.iter();
        texts.filter_map(|text| Value::read(text)).collect()
    }

    /// The record to go on with, if there are more than were read.
    #[must_use]
    pub fn rest(&self) -> Option<&str> {
        let next = self.next.last().map(String::as_str);
        next.filter(|_| self.texts.len() >= MOST)
    }

    /// The records read, newest first, as JSON: each to the letter, since its id is a digest over it.
    #[must_use]
    pub fn json(&self) -> String {
        format!("[{}]", self.texts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_followed_back_to_the_first_and_no_further() {
        let id = |at: u64| Ulid::from_parts(at, 7).to_string();
        let (old, new) = (id(1_000), id(86_400_000));
        let mut chain = Chain::new("a", Some(&new));
        assert_eq!(chain.key(), Some(format!("receipt:a:1970-01-02:{new}")));
        chain.take(Some(&format!(r#"{{"id":"{new}","previous":"{old}"}}"#)));
        assert_eq!(chain.key(), Some(format!("receipt:a:1970-01-01:{old}")));
        chain.take(Some(&format!(r#"{{"id":"{old}","previous":null}}"#)));
        assert_eq!(chain.key(), None);
        assert_eq!(chain.keys().len(), 2);
        assert!(chain.json().starts_with(&format!(r#"[{{"id":"{new}""#)));
    }

    /// The digest in an id is over the record as it was written.
    #[test]
    fn records_are_given_out_to_the_letter() {
        let id = Ulid::from_parts(1_000, 7).to_string();
        let stored = format!(r#"{{"v":1, "id":"{id}","at":"\u0061","b":1.0}}"#);
        let mut chain = Chain::new("a", Some(&id));
        chain.take(Some(&stored));
        assert_eq!(chain.json(), format!("[{stored}]"));
    }

    #[test]
    fn a_missing_record_a_loop_or_no_receipt_ends_it() {
        let id = Ulid::from_parts(1_000, 7).to_string();
        assert_eq!(Chain::new("a", None).key(), None);
        let mut gone = Chain::new("a", Some(&id));
        gone.take(None);
        assert_eq!((gone.key(), gone.json().as_str()), (None, "[]"));
        let mut round = Chain::new("a", Some(&id));
        for _ in 0..5 {
            round.take(Some(&format!(r#"{{"previous":"{id}"}}"#)));
        }
        assert_eq!(round.key(), None);
    }
}
