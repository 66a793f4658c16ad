//! Where a site answers: its hosts, the path of its policy page, and the path of our own addresses.

use super::grammar;
use super::reader::Table;
use super::value::Value;
use super::wording::quoted;
use std::collections::BTreeMap;

/// The hosts a site answers at. `claimed` tells which site has which already.
pub(super) fn hosts(
    table: &Table<'_>,
    id: &str,
    claimed: &mut BTreeMap<String, String>,
) -> Vec<String> {
    let example = "hosts = [\"www.example.com\"]";
    let Some(value) = table.need("hosts", example) else {
        return Vec::new();
    };
    not_empty(&value, example);
    let mut hosts: Vec<String> = Vec::new();
    for (item, _) in value.texts() {
        let Some(host) = item.parse(grammar::host) else {
            continue;
        };
        if hosts.contains(&host) {
            item.mistake(format!(
                "host {} is listed twice. Leave one out.",
                quoted(&host)
            ));
        } else if let Some(other) = claimed.get(&host) {
            item.mistake(format!(
                "host {} belongs to the site {} already. Take it out of one of them.",
                quoted(&host),
                quoted(other)
            ));
        } else {
            claimed.insert(host.clone(), id.to_owned());
            hosts.push(host);
        }
    }
    hosts
}

/// Reports an empty list.
pub(super) fn not_empty(value: &Value<'_>, example: &str) {
    if value.list().is_some_and(|items| items.is_empty()) {
        value.mistake(format!("`{}` is empty. Write `{example}`.", value.key()));
    }
}

/// Where our own addresses live, and where the policy page does.
pub(super) fn paths(table: &Table<'_>) -> (String, String) {
    let base = table.get("base");
    let policy = table.get("policy");
    let path = |value: &Option<Value<'_>>, ours: &str| {
        let given = value.as_ref().and_then(|value| value.parse(grammar::path));
        given.unwrap_or_else(|| ours.to_owned())
    };
    let (base_path, policy_path) = (path(&base, "/_privacy"), path(&policy, "/cookie-policy"));
    if policy_path == base_path || policy_path.starts_with(&format!("{base_path}/")) {
        let text = format!(
            "the policy page {} lies where our own addresses do ({}). Give one of them another path.",
            quoted(&policy_path),
            quoted(&base_path)
        );
        if let Some(value) = policy.or(base) {
            value.mistake(text);
        }
    }
    (base_path, policy_path)
}
