use super::Map;
use serde::{Deserialize, Serialize};

/// A text in each of the site's languages. The build has seen to it that none is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Map<String>);

impl Text {
    /// The text in this language; in any other language it has, should it be missing after all.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

/// Fills the `{name}` places that have a value; all else stays, braces too. What a value holds is no place.
#[must_use]
pub(crate) fn filled<'a>(template: &str, value: &dyn Fn(&str) -> Option<&'a str>) -> String {
    let mut text = String::new();
    for (at, part) in template.split('{').enumerate() {
        let place = part.split_once('}').filter(|_| at > 0);
        match place.and_then(|(name, rest)| Some((value(name)?, rest))) {
            Some((value, rest)) => text.extend([value, rest]),
            None if at > 0 => text.extend(["{", part]),
            None => text.push_str(part),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn places_are_filled_and_nothing_else() {
        let value = |name: &str| match name {
            "a" => Some("{b}"),
            "b" => Some("2"),
            "" => Some("no name"),
            _ => None,
        };
        for (template, expected) in [
            ("", ""),
            ("{a}{b}", "{b}2"),
            ("x {b}, {b} y", "x 2, 2 y"),
            ("{{b}}", "{2}"),
            ("{c}{b", "{c}{b"),
            ("b}{}", "b}no name"),
            ("f(){return {x:{b}}}", "f(){return {x:2}}"),
        ] {
            assert_eq!(filled(template, &value), expected, "{template}");
        }
    }
}
