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
    let mut wanted: Vec<(u16, &str)> = Vec::new();
    for item in accept.split(',').take(MOST) {
        let (tag, weight) = item.split_once(';').map_or((item, 1000), |(tag, q)| {
            (tag, thousandths(q.trim()).unwrap_or(0))
        });
        if weight > 0 {
            let at = wanted.partition_point(|(other, _)| *other >= weight);
            wanted.insert(at, (weight, tag.trim()));
        }
    }
    wanted.into_iter().map(|(_, tag)| tag).collect()
}

/// More languages than this nobody speaks.
const MOST: usize = 100;

/// A weight, `q=0.7`, in thousandths (RFC 9110, section 12.4.2; digits beyond the third don't count).
fn thousandths(parameter: &str) -> Option<u16> {
    let value = parameter.strip_prefix("q=")?.trim();
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let digits = format!("{part:0<3.3}");
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let part_is_number = part.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths = number(whole)?
        .checked_mul(1000)?
        .checked_add(number(&digits)?)?;
    part_is_number.then_some(thousandths)
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
