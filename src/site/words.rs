use serde::{Deserialize, Serialize};

/// The words of banner and pages in one language: one `languages/<tag>.toml`, every key present.
/// `{site}`, `{date}` and the like in braces are filled in by the page that uses the word; the build checks that each
/// translation has the same ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each name says where the word stands; languages/en.toml shows it"
)]
pub struct Words {
    /// The language's own name, for the language switch.
    pub language: String,
    /// `ltr` or `rtl`.
    pub direction: String,
    pub skip_to_content: String,
    pub back_to_site: String,

    pub banner_title: String,
    /// `{site}`, `{purposes}`.
    pub banner_text: String,
    /// `{services}`: third parties that would learn something.
    pub banner_third_parties: String,
    /// Said instead of the text when only some categories are asked again: `{categories}`.
    pub banner_changed: String,
    pub accept_all: String,
    pub reject_all: String,
    pub accept: String,
    pub refuse: String,
    pub customise: String,
    pub policy_link: String,
    pub settings_link: String,
    /// Announced after a choice.
    pub saved: String,
    pub close: String,
    /// Above a change of the policy, for those who chose before.
    pub news_title: String,
    pub news_seen: String,

    /// In place of what is withheld: `{service}`.
    pub held_title: String,
    /// `{company}`.
    pub held_text: String,
    pub held_load_once: String,
    /// `{service}`.
    pub held_always_allow: String,

    pub settings_title: String,
    /// `{site}`.
    pub settings_text: String,
    /// Where a site has nothing optional: `{site}`.
    pub settings_nothing: String,
    pub save: String,
    pub reset: String,
    pub reset_hint: String,
    /// Where there are records: what forgetting leaves of them.
    pub reset_keeps: String,
    pub always_on: String,
    pub on: String,
    pub off: String,
    /// Name of a switch that turns a whole category on: `{name}`.
    pub allow: String,
    /// `{count}` cookies and entries.
    pub details_one: String,
    pub details_other: String,

    /// `{date}`.
    pub chosen_on: String,
    /// `{date}`.
    pub chosen_until: String,
    pub not_chosen: String,
    /// `{categories}`: those that changed since.
    pub chosen_stale: String,
    pub chosen_unreadable: String,
    pub by_gpc: String,
    pub by_dnt: String,
    /// `{receipt}`.
    pub receipt: String,
    pub see_records: String,
    pub erase_records: String,
    pub erase_hint: String,
    pub erase_final: String,
    pub now_on: String,
    pub now_off: String,

    pub records_title: String,
    /// `{site}`.
    pub records_lead: String,
    pub records_none: String,
    pub records_more: String,
    pub records_take: String,
    pub records_erased: String,
    pub record_accept: String,
    pub record_reject: String,
    pub record_save: String,
    pub record_withdraw: String,
    /// `{where}`, `{language}`, `{version}`.
    pub record_asked: String,
    pub record_banner: String,
    pub record_preferences: String,
    pub record_api: String,
    /// `{country}`.
    pub record_country: String,
    /// `{date}`.
    pub record_until: String,
    pub record_notice: String,

    pub necessary_name: String,
    pub necessary_purpose: String,
    pub functional_name: String,
    /// How the banner's sentence names it: "cookies for …".
    pub functional_short: String,
    pub functional_purpose: String,
    pub analytics_name: String,
    pub analytics_short: String,
    pub analytics_purpose: String,
    pub marketing_name: String,
    pub marketing_short: String,
    pub marketing_purpose: String,

    pub cookie: String,
    pub purpose: String,
    pub duration: String,
    pub provider: String,
    pub kind: String,
    pub first_party: String,
    pub third_party: String,
    pub kind_cookie: String,
    pub kind_local_storage: String,
    pub kind_session_storage: String,
    pub kind_server: String,
    pub for_session: String,
    /// `{time}`.
    pub for_session_or: String,
    pub until_cleared: String,
    pub varies: String,
    /// Of the row of our own cookie: what it is for.
    pub consent_cookie_purpose: String,
    /// Of the cookie that notes which change a visitor was told about.
    pub seen_cookie_purpose: String,
    pub units: Units,

    pub service: String,
    pub category: String,
    pub company: String,
    pub data: String,
    pub more: String,
    /// `{company}`.
    pub privacy_of: String,
    pub opt_out: String,

    /// `{date}`.
    pub last_updated: String,
    /// `{version}`.
    pub policy_version: String,
    pub earlier_policies: String,
    /// `{from}`, `{until}`.
    pub earlier_text: String,
    pub earlier_now: String,
    /// `{email}`.
    pub contact: String,
    pub privacy_policy: String,

    pub gpc_name: String,
    pub dnt_name: String,
    /// `{site}`.
    pub gpc_honoured: String,
    pub gpc_ignored: String,
    /// Where a site has nothing optional.
    pub gpc_nothing: String,
    pub dnt_honoured: String,
    pub dnt_ignored: String,
    pub dnt_nothing: String,
    pub gpc_sent: String,
    pub gpc_not_sent: String,
    pub dnt_sent: String,
    pub dnt_not_sent: String,

    pub browsers_text: String,
    /// `{days}`, `{months}`.
    pub records_text: String,
    /// Where refusals are counted by a record tied to nobody.
    pub records_refusals: String,
    /// `{cookie}`, its name.
    pub records_pending: String,
    pub records_never: String,

    /// `{month} {day}, {year}` in the language's order.
    pub date: String,
    pub months: [String; 12],
    /// Between the items of a list, and before its last one.
    pub list_comma: String,
    pub list_and: String,

    pub error_title: String,
    pub error_cross_site: String,
    pub error_malformed: String,
    pub error_unknown: String,
    pub error_too_large: String,
    pub error_media_type: String,
    pub error_method: String,
    pub error_not_found: String,
    pub error_ours: String,
    /// When records could not be erased: nothing was lost, he may try again.
    pub error_not_erased: String,
    pub error_not_read: String,
    /// Of an earlier policy that isn't there.
    pub error_not_kept: String,
    /// When a visitor answers more often than a person would.
    pub error_limited: String,
    pub error_back: String,

    /// Of a form that nobody let through.
    pub form_title: String,
    /// Where scripts are off: `{email}`.
    pub form_no_script: String,
    pub form_rejected: String,
    pub form_used: String,
    pub form_unreachable: String,
    /// `{email}`.
    pub form_ours: String,
    pub form_too_large: String,
    /// That nothing is lost, and what to do.
    pub form_kept: String,
    /// What has to be entered again.
    pub form_again: String,
    /// Where nothing could be kept.
    pub form_go_back: String,
    pub form_entries: String,
    pub form_send: String,
}

/// Units of time, for one and for more (`{n}`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Units {
    pub minutes: [String; 2],
    pub hours: [String; 2],
    pub days: [String; 2],
    pub weeks: [String; 2],
    pub months: [String; 2],
    pub years: [String; 2],
}
