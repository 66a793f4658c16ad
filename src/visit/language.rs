use crate::site::Site;

/// The site's language that suits a visitor best: the one asked for by `?lang=`, else the one his browser prefers
/// (RFC 9110, section 12.5.4, matched as in RFC 4647, section 3.4), else the site's default.
#[must_use]
pub fn best(site: &Site, asked: Option<&str>, accept: Option<&str>) -> String {
    asked
        .and_then(|tag| look_up(site, tag))
        .or_else(|| {
            preferences(accept.unwrap_or_default())
                .into_iter()
                .find_map(|tag| look_up(site, tag))
        })
        .unwrap_or_else(|| site.language())
        .to_owned()
}

/// The tags of an `Accept-Language` value, the most wanted first; what is refused (`q=0`) or not a number is left out.
fn preferences(accept: &str) -> Vec<&str> {
    let mut wanted: Vec<(f32, &str)> = accept
        .split(',')
        .filter_map(|item| {
            let (tag, quality) = item
                .split_once(';')
                .map_or((item, 1.0), |(tag, parameter)| {
                    let value = parameter
                        .trim()
                        .strip_prefix("q=")
                        .and_then(|value| value.trim().parse().ok());
                    (tag, value.unwrap_or(0.0))
                });
            (quality > 0.0).then_some((quality, tag.trim()))
        })
        .collect();
    wanted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    wanted.into_iter().map(|(_, tag)| tag).collect()
}

/// Cuts a tag from its end until the site speaks it: `de-AT` finds `de`.
fn look_up<'a>(site: &'a Site, tag: &str) -> Option<&'a str> {
    let mut tag = tag;
    loop {
        if let Some(own) = site
            .languages
            .iter()
            .find(|own| own.eq_ignore_ascii_case(tag))
        {
            return Some(own);
        }
        tag = tag.rsplit_once('-')?.0;
    }
}
