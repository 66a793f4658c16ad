use serde::{Deserialize, Deserializer, Serialize};
use std::{
    collections::BTreeSet,
    fmt,
    ops::Deref,
    sync::{Mutex, PoisonError},
};

/// A word or sentence of a language. In the worker it is a part of the code; one that was read from a file stays for as long
/// as the program runs, once.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Word(pub &'static str);

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.0.to_owned()
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        static KNOWN: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
        let text = String::deserialize(deserializer)?;
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(text.as_str()) {
            return Ok(Self(known));
        }
        let text: &'static str = text.leak();
        known.insert(text);
        Ok(Self(text))
    }
}

/// The words of banner and pages in one language: one `languages/<tag>.toml`, every key present.
/// `{site}`, `{date}` and the like in braces are filled in by the page that uses the word; the build checks that each
/// translation has the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each name says where the word stands; languages/en.toml shows it"
)]
pub struct Words {
    /// The language's own name, for the language switch.
    pub language: Word,
    /// `ltr` or `rtl`.
    pub direction: Word,
    pub skip_to_content: Word,
    pub back_to_site: Word,

    pub banner_title: Word,
    /// `{site}`, `{purposes}`.
    pub banner_text: Word,
    /// `{services}`: third parties that would learn something.
    pub banner_third_parties: Word,
    /// Said instead of the text when only some categories are asked again: `{categories}`.
    pub banner_changed: Word,
    pub accept_all: Word,
    pub reject_all: Word,
    pub accept: Word,
    pub refuse: Word,
    pub customise: Word,
    pub policy_link: Word,
    pub settings_link: Word,
    /// Announced after a choice.
    pub saved: Word,
    pub close: Word,
    /// Above a change of the policy, for those who chose before.
    pub news_title: Word,
    pub news_seen: Word,

    /// In place of what is withheld: `{service}`.
    pub held_title: Word,
    /// `{company}`.
    pub held_text: Word,
    pub held_load_once: Word,
    /// `{service}`.
    pub held_always_allow: Word,

    pub settings_title: Word,
    /// `{site}`.
    pub settings_text: Word,
    /// Where a site has nothing optional: `{site}`.
    pub settings_nothing: Word,
    pub save: Word,
    pub reset: Word,
    pub reset_hint: Word,
    /// Where there are records: what forgetting leaves of them.
    pub reset_keeps: Word,
    pub always_on: Word,
    pub on: Word,
    pub off: Word,
    /// Name of a switch that turns a whole category on: `{name}`.
    pub allow: Word,
    /// `{count}` cookies and entries.
    pub details_one: Word,
    pub details_other: Word,

    /// `{date}`.
    pub chosen_on: Word,
    /// `{date}`.
    pub chosen_until: Word,
    pub not_chosen: Word,
    /// `{categories}`: those that changed since.
    pub chosen_stale: Word,
    pub chosen_unreadable: Word,
    pub by_gpc: Word,
    pub by_dnt: Word,
    /// `{receipt}`.
    pub receipt: Word,
    pub see_records: Word,
    pub erase_records: Word,
    pub erase_hint: Word,
    pub erase_final: Word,
    pub now_on: Word,
    pub now_off: Word,

    pub records_title: Word,
    /// `{site}`.
    pub records_lead: Word,
    pub records_none: Word,
    pub records_more: Word,
    pub records_take: Word,
    pub records_erased: Word,
    pub record_accept: Word,
    pub record_reject: Word,
    pub record_save: Word,
    pub record_withdraw: Word,
    /// `{where}`, `{language}`, `{version}`.
    pub record_asked: Word,
    pub record_banner: Word,
    pub record_preferences: Word,
    pub record_api: Word,
    /// `{country}`.
    pub record_country: Word,
    /// `{date}`.
    pub record_until: Word,
    pub record_notice: Word,

    pub necessary_name: Word,
    pub necessary_purpose: Word,
    pub functional_name: Word,
    /// How the banner's sentence names it: "cookies for …".
    pub functional_short: Word,
    pub functional_purpose: Word,
    pub analytics_name: Word,
    pub analytics_short: Word,
    pub analytics_purpose: Word,
    pub marketing_name: Word,
    pub marketing_short: Word,
    pub marketing_purpose: Word,

    pub cookie: Word,
    pub purpose: Word,
    pub duration: Word,
    pub provider: Word,
    pub kind: Word,
    pub first_party: Word,
    pub third_party: Word,
    pub kind_cookie: Word,
    pub kind_local_storage: Word,
    pub kind_session_storage: Word,
    pub kind_server: Word,
    pub for_session: Word,
    /// `{time}`.
    pub for_session_or: Word,
    pub until_cleared: Word,
    pub varies: Word,
    /// Of the row of our own cookie: what it is for.
    pub consent_cookie_purpose: Word,
    /// Of the cookie that notes which change a visitor was told about.
    pub seen_cookie_purpose: Word,
    pub units: Units,

    pub service: Word,
    pub category: Word,
    pub company: Word,
    pub data: Word,
    pub more: Word,
    /// `{company}`.
    pub privacy_of: Word,
    pub opt_out: Word,

    /// `{date}`.
    pub last_updated: Word,
    /// `{version}`.
    pub policy_version: Word,
    pub earlier_policies: Word,
    /// `{from}`, `{until}`.
    pub earlier_text: Word,
    pub earlier_now: Word,
    /// `{email}`.
    pub contact: Word,
    pub privacy_policy: Word,

    pub gpc_name: Word,
    pub dnt_name: Word,
    /// `{site}`.
    pub gpc_honoured: Word,
    pub gpc_ignored: Word,
    /// Where a site has nothing optional.
    pub gpc_nothing: Word,
    pub dnt_honoured: Word,
    pub dnt_ignored: Word,
    pub dnt_nothing: Word,
    pub gpc_sent: Word,
    pub gpc_not_sent: Word,
    pub dnt_sent: Word,
    pub dnt_not_sent: Word,

    pub browsers_text: Word,
    /// `{days}`, `{months}`.
    pub records_text: Word,
    /// Where refusals are counted by a record tied to nobody.
    pub records_refusals: Word,
    /// `{cookie}`, its name.
    pub records_pending: Word,
    pub records_never: Word,

    /// `{month} {day}, {year}` in the language's order.
    pub date: Word,
    pub months: [Word; 12],
    /// Between the items of a list, and before its last one.
    pub list_comma: Word,
    pub list_and: Word,

    pub error_title: Word,
    pub error_cross_site: Word,
    pub error_malformed: Word,
    pub error_unknown: Word,
    pub error_too_large: Word,
    pub error_media_type: Word,
    pub error_method: Word,
    pub error_not_found: Word,
    pub error_ours: Word,
    /// When records could not be erased: nothing was lost, he may try again.
    pub error_not_erased: Word,
    pub error_not_read: Word,
    /// Of an earlier policy that isn't there.
    pub error_not_kept: Word,
    /// When a visitor answers more often than a person would.
    pub error_limited: Word,
    pub error_back: Word,

    /// Of a form that nobody let through.
    pub form_title: Word,
    /// Where scripts are off: `{email}`.
    pub form_no_script: Word,
    pub form_rejected: Word,
    pub form_used: Word,
    pub form_unreachable: Word,
    /// `{email}`.
    pub form_ours: Word,
    pub form_too_large: Word,
    /// That nothing is lost, and what to do.
    pub form_kept: Word,
    /// What has to be entered again.
    pub form_again: Word,
    /// Where nothing could be kept.
    pub form_go_back: Word,
    pub form_entries: Word,
    pub form_send: Word,
}

/// Units of time, for one and for more (`{n}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Units {
    pub minutes: [Word; 2],
    pub hours: [Word; 2],
    pub days: [Word; 2],
    pub weeks: [Word; 2],
    pub months: [Word; 2],
    pub years: [Word; 2],
}
