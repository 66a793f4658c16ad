use super::{Mend, Summary, Write, day_and_id, receipt_key, retained};
use crate::{
    calendar::day_of,
    digest::short,
    json,
    site::Site,
    visit::{PENDING, expire},
};
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// Seconds that a browser keeps a record which is still to be written.
const LASTS: u64 = 30 * 86_400;
/// Seconds that an answer may lie in the future: clocks of edge machines differ.
const CLOCK_SKEW: u64 = 300;
/// Bytes of all records in one cookie; browsers keep 4,096 with its name (RFC 6265bis, section 5.6).
const MOST: usize = 3500;

/// What a visitor's earlier answers still have to leave in KV.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// What to put, in this order: should one fail, the ones behind it wait.
    pub writes: Vec<Write>,
    /// The cookie that says so, as the browser sent it.
    pub held: Option<String>,
}

impl Due {
    /// Reads what a browser holds. It could have been made by anybody: what no answer could have left is dropped.
    #[must_use]
    pub fn read(site: &Site, held: Option<&str>, now: u64) -> Self {
        let writes = held
            .into_iter()
            .flat_map(|held| held.split('.'))
            .filter_map(|item| unpack(site, item, now))
            .flatten()
            .collect();
        Self {
            writes,
            held: held.map(str::to_owned),
        }
    }
}

/// The write of a record that was answered at `at` milliseconds since 1970.
pub(super) fn write(site: &Site, summary: &Summary, at: u64, now: u64) -> Option<Write> {
    let (record, value) = summary.record(&site.id, at)?;
    let months = summary.rest.as_ref()?.months;
    let whole = json::write(summary);
    // What a browser brings is late by itself.
    let held = if summary.late {
        json::write(&Summary {
            late: false,
            ..summary.clone()
        })
    } else {
        whole.clone()
    };
    Some(Write {
        key: receipt_key(&site.id, at / 1000, &record.id),
        value,
        metadata: summary.metadata(whole),
        ttl: (at / 1000 + retained(months)).saturating_sub(now),
        owed: Some(format!("{at}~{held}")),
    })
}

/// The `Set-Cookie` value for what is left when `kept` of the writes are done; `None` if the browser has it right.
#[must_use]
pub fn owed(writes: &[Write], kept: usize, held: Option<&str>) -> Option<String> {
    let mut value = String::new();
    for item in writes
        .iter()
        .skip(kept)
        .filter_map(|write| pack(write.owed.as_deref()?))
    {
        // The earlier ones stay: the later ones cite them.
        if value.len() + item.len() >= MOST {
            break;
        }
        if !value.is_empty() {
            value.push('.');
        }
        value.push_str(&item);
    }
    if value.is_empty() {
        return held.map(|_| expire(PENDING, None, "/"));
    }
    (held != Some(&value)).then(|| {
        format!("{PENDING}={value}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age={LASTS}")
    })
}

/// What is owed, as a cookie takes it.
fn pack(owed: &str) -> Option<String> {
    let (at, text) = owed.split_once('~')?;
    let text = Base64UrlUnpadded::encode_string(text.as_bytes());
    Some(format!("{at}~{text}"))
}

/// The writes of one record: itself and, if its day may have been sealed, a note that the day has changed.
fn unpack(site: &Site, item: &str, now: u64) -> Option<Vec<Write>> {
    let (at, text) = item.split_once('~')?;
    let at: u64 = at.parse().ok()?;
    let seconds = at / 1000;
    if seconds > now + CLOCK_SKEW || seconds + LASTS < now {
        return None;
    }
    let text = Base64UrlUnpadded::decode_vec(text).ok()?;
    let mut summary: Summary = json::read(str::from_utf8(&text).ok()?)?;
    if !summary.is_possible(site) {
        return None;
    }
    summary.late = true;
    let record = write(site, &summary, at, now)?;
    let mut writes = Vec::new();
    let day = day_of(seconds);
    if day != day_of(now) {
        let (_, id) = day_and_id(&record.key)?;
        // The same for each attempt, so that it counts once.
        let mark = short(id.as_bytes(), 20);
        writes.push(Write::mend(&site.id, &day, Mend::Late, &mark));
    }
    writes.push(record);
    Some(writes)
}
