use crate::{
    app::Receipts,
    record::{Chain, Write},
};
use worker::{Context, Env, KvStore, Result, console_error, kv::KvError};

/// Writes records once the answer is on its way. A record that KV doesn't take costs nobody his choice: the cookie has it.
pub(super) fn keep(writes: Vec<Write>, site: &str, env: &Env, context: &Context) {
    if writes.is_empty() {
        return;
    }
    let Ok(store) = env.kv("CONSENT") else {
        log("kv-missing", site);
        return;
    };
    let site = site.to_owned();
    context.wait_until(async move {
        for write in writes {
            if let Err(fault) = put(&store, &write).await {
                // The key holds no personal data, but it names a receipt: the log says only which kind failed.
                log("kv-put", &format!("{site}: {fault}"));
            }
        }
    });
}

/// Reads a visitor's records.
pub(super) async fn follow(chain: &mut Chain, env: &Env) -> Result<()> {
    if chain.key().is_none() {
        return Ok(());
    }
    let store = env.kv("CONSENT")?;
    while let Some(key) = chain.key() {
        let value = store.get(&key).text().await?;
        chain.take(value.as_deref());
    }
    Ok(())
}

/// Reads what a visitor wants to see. Where there is no KV at all, there are no records.
pub(super) async fn show(receipts: &mut Receipts<'_>, env: &Env) -> Result<()> {
    let Ok(store) = env.kv("CONSENT") else {
        return Ok(());
    };
    follow(&mut receipts.chain, env).await?;
    if let Some(key) = receipts.notice() {
        receipts.show(store.get(&key).text().await?.as_deref());
    }
    Ok(())
}

/// Deletes a visitor's records, the oldest first: should it break off, those left can still be found from the cookie.
pub(super) async fn erase(mut chain: Chain, env: &Env) -> Result<()> {
    follow(&mut chain, env).await?;
    if chain.keys().is_empty() {
        return Ok(());
    }
    let store = env.kv("CONSENT")?;
    for key in chain.keys().iter().rev() {
        store.delete(key).await?;
    }
    Ok(())
}

async fn put(store: &KvStore, write: &Write) -> core::result::Result<(), KvError> {
    let mut put = store
        .put(&write.key, write.value.as_str())?
        .expiration_ttl(write.ttl);
    if let Some(metadata) = &write.metadata {
        put =
            put.metadata(serde_json::from_str::<serde_json::Value>(metadata).unwrap_or_default())?;
    }
    put.execute().await
}

/// One line of JSON for the operator: what failed, never who was there.
pub(super) fn log(fault: &str, detail: &str) {
    console_error!(
        "{}",
        serde_json::json!({ "level": "error", "fault": fault, "detail": detail })
    );
}
