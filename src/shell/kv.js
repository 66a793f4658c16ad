// CONSENT and LIMITER, as kv.rs asks for them. Nothing here decides anything.

import { log } from "./instance.js";

export const get = async (env, key) => env.CONSENT.get(key);

export async function metadata(env, key) {
  const { metadata } = await env.CONSENT.getWithMetadata(key);
  return metadata ? JSON.stringify(metadata) : null;
}

/** As `Page::read` reads it. None of our keys has a line end in it. */
export async function list(env, prefix, cursor) {
  const page = await env.CONSENT.list({ prefix, cursor });
  const keys = page.keys.filter(({ name }) => !name.includes("\n"));
  return [page.cursor ?? "", ...keys.flatMap(({ name, metadata }) => [name, metadata ? JSON.stringify(metadata) : ""])].join("\n");
}

export const put = async (env, key, value, metadata, ttl) =>
  env.CONSENT.put(key, value, { expirationTtl: ttl || undefined, metadata: metadata ? JSON.parse(metadata) : undefined });

export const remove = async (env, key) => env.CONSENT.delete(key);

/** Puts one after the other until one fails, and answers how many are done after at most `most` milliseconds. */
export async function keep(env, context, writes, most) {
  if (!env.CONSENT) {
    log("kv-missing", "There is no binding CONSENT.");
    return 0;
  }
  let kept = 0;
  const all = (async () => {
    for (const write of writes) {
      await put(env, ...write);
      kept += 1;
    }
  })().catch((error) => log("kv-put", error));
  context.waitUntil(all);
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, most)));
  await Promise.race([all, late]);
  clearTimeout(timer);
  return kept;
}

/** Seconds between attempts; what waits for longer than half a minute, the runtime ends. */
const waits = [1, 2, 4, 8, 12];

/** Puts what nobody else holds, and tries again for as long as it can. The same bytes under the same key do no harm. */
export function insist(env, context, writes) {
  const one = async (write) => {
    for (const wait of [...waits, 0]) {
      try {
        return await put(env, ...write);
      } catch (error) {
        log(wait ? "kv-put" : "form-consent-lost", error);
        if (!wait || !env.CONSENT) return;
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      }
    }
  };
  context.waitUntil(Promise.all(writes.map(one)));
}

/** Whether there have been too many; a limiter that fails limits nobody. */
export async function limited(env, key) {
  try {
    return env.LIMITER ? !(await env.LIMITER.limit({ key })).success : false;
  } catch (error) {
    log("limiter", error);
    return false;
  }
}
