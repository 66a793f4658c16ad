//! Colours and their contrast (WCAG 2.2: 1.4.3 for text, 1.4.11 for the outline of controls).

use super::super::{Colours, Palette};
use super::reader::Table;
use super::value::Value;
use super::wording::quoted;

type Rgb = [u8; 3];

/// Reads `[banner.colours]`; what is not given is ours.
pub(super) fn read(table: Option<&Table<'_>>) -> Colours {
    let colours = Colours {
        light: palette(table, "light", ["#ffffff", "#1a1c20", "#1f4fbf", "#ffffff"]),
        dark: palette(table, "dark", ["#17191d", "#f1f2f4", "#8fb2ff", "#10131a"]),
    };
    if let Some(table) = table {
        table.finish();
    }
    colours
}

fn palette(colours: Option<&Table<'_>>, name: &'static str, ours: [&str; 4]) -> Palette {
    let place = format!("[banner.colours.{name}]");
    let given = colours
        .and_then(|table| table.get(name))
        .and_then(|value| value.table(&place));
    let [background, text, accent, on_accent] = ours;
    let read = |key, default: &str| colour(given.as_ref(), key, default);
    let palette = Palette {
        background: read("background", background),
        text: read("text", text),
        accent: read("accent", accent),
        on_accent: read("on_accent", on_accent),
    };
    if let Some(table) = given {
        contrast(
            &table,
            ("text", &palette.text),
            ("background", &palette.background),
            4.5,
        );
        contrast(
            &table,
            ("on_accent", &palette.on_accent),
            ("accent", &palette.accent),
            4.5,
        );
        contrast(
            &table,
            ("accent", &palette.accent),
            ("background", &palette.background),
            3.0,
        );
        table.finish();
    }
    palette
}

fn colour(table: Option<&Table<'_>>, key: &'static str, default: &str) -> String {
    let given = table.and_then(|table| table.get(key));
    given
        .and_then(|value: Value<'_>| value.parse(grammar))
        .unwrap_or_else(|| default.to_owned())
}

fn grammar(text: &str) -> Result<String, String> {
    match rgb(text) {
        Some(_) => Ok(text.to_ascii_lowercase()),
        None => Err(format!(
            "colour {} can't be read. Write it as \"#1f4fbf\".",
            quoted(text)
        )),
    }
}

/// Reports two colours that are too near to each other, and which way to move the first.
fn contrast(
    table: &Table<'_>,
    front: (&'static str, &str),
    ground: (&'static str, &str),
    least: f64,
) {
    let (Some(a), Some(b)) = (rgb(front.1), rgb(ground.1)) else {
        return;
    };
    let ratio = ratio(a, b);
    if ratio >= least {
        return;
    }
    let way = if luminance(b) > 0.18 {
        "darker"
    } else {
        "lighter"
    };
    let text = format!(
        "`{}` {} on `{}` {} has a contrast of {:.1}:1, {least}:1 is needed. Make `{}` {way}.",
        front.0,
        quoted(front.1),
        ground.0,
        quoted(ground.1),
        (ratio * 10.0).floor() / 10.0,
        front.0,
    );
    match table.get(front.0).or_else(|| table.get(ground.0)) {
        Some(value) => value.mistake(text),
        None => table.mistake(text),
    }
}

fn rgb(text: &str) -> Option<Rgb> {
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6)?;
    let part = |from: usize| {
        let digits = hex.get(from..from + 2)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_hexdigit())
            .then_some(())?;
        u8::from_str_radix(digits, 16).ok()
    };
    Some([part(0)?, part(2)?, part(4)?])
}

/// WCAG's relative luminance.
fn luminance(rgb: Rgb) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = rgb.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// WCAG's contrast ratio, 1 to 21.
fn ratio(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
