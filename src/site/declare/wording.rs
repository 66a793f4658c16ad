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
    let best = known
        .iter()
        .map(|known| {
            (
                strsim::damerau_levenshtein(word, known.as_ref()),
                known.as_ref(),
            )
        })
        .min();
    let part = |known: &&S| word.len() > 3 && known.as_ref().contains(word);
    if let Some(whole) = known.iter().find(part) {
        return format!("Did you mean {}?", quoted(whole.as_ref()));
    }
    match best {
        Some((distance, known)) if distance <= 2 || distance * 3 <= known.len() => {
            format!("Did you mean {}?", quoted(known))
        }
        _ => format!("{lead}: {}.", list(known)),
    }
}
