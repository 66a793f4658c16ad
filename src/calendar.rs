//! Moments as people and programs write them: seconds since 1970 in, days and RFC 3339 out. UTC, no clock.

use time::{Date, Month, OffsetDateTime};

fn calendar(at: u64) -> OffsetDateTime {
    i64::try_from(at)
        .ok()
        .and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Year, month (1 to 12) and day of a moment in seconds since 1970, UTC.
#[must_use]
pub fn date(at: u64) -> (i32, u8, u8) {
    let (year, month, day) = calendar(at).to_calendar_date();
    (year, u8::from(month), day)
}

/// `YYYY-MM-DD`, UTC.
#[must_use]
pub fn day_of(at: u64) -> String {
    let (year, month, day) = date(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `YYYY-MM-DDThh:mm:ssZ` (RFC 3339).
#[must_use]
pub fn rfc3339(at: u64) -> String {
    let (hour, minute, second) = calendar(at).to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day_of(at))
}

/// The moment that a day written `YYYY-MM-DD` begins; `None` for what is no day, or isn't written so.
#[must_use]
pub fn start_of(day: &str) -> Option<u64> {
    let mut parts = day.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()?;
    let start = u64::try_from(date.midnight().assume_utc().unix_timestamp()).ok()?;
    (day_of(start) == day).then_some(start)
}

/// Seconds since 1970 of an RFC 3339 moment in UTC, its fractions dropped.
#[must_use]
pub fn seconds(text: &str) -> Option<u64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = time.get(..8)?.splitn(3, ':').map(str::parse::<u64>);
    let mut next = || parts.next()?.ok();
    Some(start_of(day)? + next()? * 3_600 + next()? * 60 + next()?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn moments_are_read_as_they_are_written() {
        for at in [0, 951_782_399, 1_795_341_600] {
            assert_eq!(super::seconds(&super::rfc3339(at)), Some(at));
        }
        assert_eq!(
            super::seconds("2026-11-22T10:00:00.123Z"),
            Some(1_795_341_600)
        );
        for bad in [
            "",
            "2026-11-22",
            "2026-13-22T10:00:00Z",
            "2026-11-22T10:00:00",
            "soon",
            "é",
        ] {
            assert_eq!(super::seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(super::rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(super::rfc3339(1_795_341_600), "2026-11-22T10:00:00Z");
        assert_eq!(super::rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(super::day_of(951_782_400), "2000-02-29");
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        assert_eq!(super::start_of("2000-02-29"), Some(951_782_400));
        for wrong in [
            "2001-02-29",
            "2000-2-29",
            "2000-02",
            "2000-02-29:",
            "+2000-02-29",
            "1969-12-31",
            "x",
            "",
        ] {
            assert_eq!(super::start_of(wrong), None, "{wrong}");
        }
    }
}
