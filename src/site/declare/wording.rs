//! How mistakes speak: quotes, lists, and the nearest of what there is.

/// A word in quotes, cut short where it is very long.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// `"a", "b", "c"`; `none` for an empty list.
pub(super) fn list<S: AsRef<str>>(items: &[S]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    items
        .iter()
        .map(|item| quoted(item.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// "Did you mean …?" where one of the known is near, else all of them.
pub(super) fn nearest<S: AsRef<str>>(word: &str, known: &[S], lead: &str) -> String {
    near(word, known).unwrap_or_else(|| format!("{lead}: {}.", list(known)))
}

/// "Did you mean …?" where one of the known is near.
pub(super) fn near<S: AsRef<str>>(word: &str, known: &[S]) -> Option<String> {
    let part = |known: &&S| word.len() > 3 && known.as_ref().contains(word);
    if let Some(whole) = known.iter().find(part) {
        return Some(format!("Did you mean {}?", quoted(whole.as_ref())));
    }
    let distance = |known: &str| strsim::damerau_levenshtein(word, known);
    let (distance, known) = known
        .iter()
        .map(|known| (distance(known.as_ref()), known.as_ref()))
        .min()?;
    (distance <= 2 || distance * 3 <= known.len())
        .then(|| format!("Did you mean {}?", quoted(known)))
}
