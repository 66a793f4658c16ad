//! Names for elements, as CSS writes them: `form#contact`, `.captcha`, `[data-captcha=here]`.

use super::super::{Attribute, Selector};

/// Reads one. A bare tag isn't enough: it is more likely a word that was meant otherwise.
pub(super) fn read(text: &str) -> Option<Selector> {
    let start = text.find(['#', '.', '['])?;
    let (tag, mut rest) = text.split_at_checked(start)?;
    if !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let mut attributes = Vec::new();
    while let Some(sign) = rest.chars().next() {
        let body = rest.get(1..)?;
        let (name, value, behind) = if sign == '[' {
            let (inside, behind) = body.split_once(']')?;
            let (name, value) = match inside.split_once('=') {
                Some((name, value)) => (name, Some(value.trim_matches(['"', '\'']))),
                None => (inside, None),
            };
            (name, value, behind)
        } else {
            let end = body.find(['#', '.', '[']).unwrap_or(body.len());
            let (value, behind) = body.split_at_checked(end)?;
            let name = if sign == '#' { "id" } else { "class" };
            (name, Some(value), behind)
        };
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_:/".contains(&b))
        };
        if !plain(name) || value.is_some_and(|value| !plain(value)) {
            return None;
        }
        attributes.push(Attribute {
            name: name.to_ascii_lowercase(),
            value: value.map(str::to_owned),
            word: sign == '.',
        });
        rest = behind;
    }
    Some(Selector {
        tag: (!tag.is_empty()).then(|| tag.to_ascii_lowercase()),
        attributes,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn elements_are_named_as_in_css() {
        let count = |text| read(text).map(|found| found.attributes.len());
        assert_eq!(count("#captcha"), Some(1));
        assert_eq!(count("div.captcha.wide[data-x=\"1\"][hidden]"), Some(4));
        for bad in [
            "submitt", "div", "#", ".a b", "a > .b", "[x", "[=1]", ".a..b", "#a,#b",
        ] {
            assert_eq!(count(bad), None, "{bad}");
        }
    }
}
