use crate::record::Write;
use worker::{Context, Env, KvStore, console_error, kv::KvError};

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

async fn put(store: &KvStore, write: &Write) -> Result<(), KvError> {
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
