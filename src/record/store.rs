use super::Write;

/// KV did not do what it was asked: its own words, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

/// KV as the scheduled job and the exports need it. Keys come in order; what was just written may not be there yet.
pub trait Store {
    /// A value.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<String>, Fault>>;
    /// Up to a thousand keys that begin with `prefix`.
    fn list(&self, prefix: &str, cursor: Option<&str>)
    -> impl Future<Output = Result<Page, Fault>>;
    /// Puts a value.
    fn put(&self, write: &Write) -> impl Future<Output = Result<(), Fault>>;
    /// Takes a key away; one that isn't there is no fault.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), Fault>>;
}

/// What KV answers to a list. A page may be empty and yet not the last.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The keys.
    pub keys: Vec<Listed>,
    /// Where to go on; `None` at the end.
    pub cursor: Option<String>,
}

/// One key of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The key.
    pub name: String,
    /// Its metadata as JSON, if it has any.
    pub metadata: Option<String>,
}

impl Page {
    /// Reads a list as the shell has it: a line with the cursor, and for each key one with its name and one with its
    /// metadata, as JSON; what isn't there is an empty line.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut lines = text.split('\n');
        let mut page = Self {
            keys: Vec::new(),
            cursor: lines.next().and_then(some),
        };
        while let (Some(name), Some(metadata)) = (lines.next(), lines.next()) {
            page.keys.push(Listed {
                name: name.to_owned(),
                metadata: some(metadata),
            });
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn a_list_is_read_line_by_line() {
        let page = Page::read("next\na\n{\"e\":1}\nb\n\nc\n[]");
        let keys = page.keys.iter();
        let keys = keys.map(|key| (key.name.as_str(), key.metadata.as_deref()));
        assert_eq!(
            keys.collect::<Vec<_>>(),
            [("a", Some("{\"e\":1}")), ("b", None), ("c", Some("[]"))]
        );
        assert_eq!(page.cursor.as_deref(), Some("next"));
        let nothing = Page::read("");
        assert_eq!((nothing.keys.len(), nothing.cursor), (0, None));
    }
}
