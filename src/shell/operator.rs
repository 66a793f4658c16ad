use super::{bridge, records::log};
use crate::app::{Access, Entry, Found, Locks, Operator, Reply};
use worker::{Env, Result};

/// Lists of keys that are followed for one page: a thousand each.
const MOST_LISTS: usize = 5;

/// An operator's page, or that there is nothing.
pub(super) async fn answer(operator: &Operator<'_>, body: &[u8], env: &Env) -> Reply {
    let text = |name: &str| {
        let value = env.var(name).ok().map(|value| value.to_string());
        value.filter(|value| !value.is_empty())
    };
    let access = text("ACCESS_TEAM").zip(text("ACCESS_AUD"));
    let locks = Locks {
        token: text("ADMIN_TOKEN"),
        access: access.map(|(team, audience)| Access { team, audience }),
    };
    let now = bridge::now() / 1000;
    let admitted = match operator.knock(&locks, body, now) {
        Entry::In => true,
        Entry::Out => false,
        Entry::Reply(reply) => return reply,
        Entry::Ask(assertion) => {
            let keys = text("ACCESS_CERTS_URL").or(locks.access.as_ref().map(Access::keys));
            let verified = bridge::is_signed(&keys.unwrap_or_default(), &assertion).await;
            verified.unwrap_or_else(|fault| {
                log("access", &fault.to_string());
                false
            })
        }
    };
    if !admitted {
        return operator.nothing();
    }
    match read(operator, env, now).await {
        Ok(found) => operator.finish(&found, now),
        Err(fault) => {
            log("kv-list", &fault.to_string());
            operator.unread()
        }
    }
}

async fn read(operator: &Operator<'_>, env: &Env, now: u64) -> Result<Found> {
    let wants = operator.wants(now);
    let mut found = Found::default();
    if wants.lists.is_empty() && wants.gets.is_empty() {
        return Ok(found);
    }
    let store = env.kv("CONSENT")?;
    for prefix in wants.lists {
        let mut keys = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_LISTS {
            let mut list = store.list().prefix(prefix.clone());
            if let Some(cursor) = cursor.take() {
                list = list.cursor(cursor);
            }
            let page = list.execute().await?;
            keys.extend(page.keys.into_iter().map(|key| (key.name, key.metadata)));
            cursor = page.cursor.filter(|_| !page.list_complete);
            if cursor.is_none() {
                break;
            }
        }
        found.lists.push(keys);
    }
    for key in wants.gets {
        found.gets.push(store.get(&key).text().await?);
    }
    Ok(found)
}
