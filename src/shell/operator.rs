use super::{
    bridge::{self, log, said},
    kv::Kv,
};
use crate::{
    app::{Access, Entry, Found, Locks, Operator, Reply},
    record::{Export, Fault, Store},
};

/// Lists of keys that are followed for one page: a thousand each.
const MOST_LISTS: usize = 5;

/// What an operator gets.
pub(super) enum Answer {
    Reply(Reply),
    Export(Export),
}

/// An operator's page or export, or that there is nothing.
pub(super) async fn answer(operator: &Operator<'_>, body: &[u8], kv: &Kv) -> Answer {
    let text = |name| bridge::text(&kv.0, name).filter(|value| !value.is_empty());
    let access = text("ACCESS_TEAM").zip(text("ACCESS_AUD"));
    let locks = Locks {
        token: text("ADMIN_TOKEN"),
        access: access.map(|(team, audience)| Access { team, audience }),
    };
    let now = bridge::now() / 1000;
    let admitted = match operator.knock(&locks, body, now) {
        Entry::In => true,
        Entry::Out => false,
        Entry::Reply(reply) => return Answer::Reply(reply),
        Entry::Ask(assertion) => {
            let keys = text("ACCESS_CERTS_URL").or(locks.access.as_ref().map(Access::keys));
            let verified = bridge::is_signed(&keys.unwrap_or_default(), &assertion).await;
            verified.unwrap_or_else(|fault| {
                log("access", &said(fault));
                false
            })
        }
    };
    if !admitted {
        return Answer::Reply(operator.nothing());
    }
    if let Some(export) = operator.export() {
        return Answer::Export(export);
    }
    Answer::Reply(match read(operator, kv, now).await {
        Ok(found) => operator.finish(&found, now),
        Err(fault) => {
            log("kv-list", &fault.0);
            operator.unread()
        }
    })
}

async fn read(operator: &Operator<'_>, kv: &Kv, now: u64) -> Result<Found, Fault> {
    let wants = operator.wants(now);
    let mut found = Found::default();
    for prefix in wants.lists {
        let mut keys = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_LISTS {
            let page = kv.list(&prefix, cursor.as_deref()).await?;
            keys.extend(page.keys);
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        found.lists.push(keys);
    }
    for key in wants.gets {
        found.gets.push(kv.get(&key).await?);
    }
    Ok(found)
}
