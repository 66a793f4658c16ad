// What takes one line here and many through bindings. Called from bridge.rs; nothing here decides anything.

import { borrowed, finish, note, sorry } from "./instance.js";

export { log, said } from "./instance.js";

export const now = () => Date.now();

export const random = () => crypto.getRandomValues(new Uint8Array(10));

export const header = (of, name) => of.headers.get(name) ?? undefined;

export const country = (request) => request.cf?.country ?? undefined;

export const status = (response) => response.status;

export const text = (env, name) => (typeof env[name] === "string" ? env[name] : undefined);

export const later = (context, task) => context.waitUntil(finish(task));

export const say = (line) => console.log(line);

/** What is read of a body that won't be used: who is cut off while sending never sees the answer (RFC 9112, 9.6). */
const MOST_UNUSED = 1 << 20;

/** The body as bytes; null if there are more than `most`. */
export async function read(request, most) {
  if (!request.body) return new Uint8Array();
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) <= most) {
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.length > most ? null : whole;
  }
  const pieces = [];
  let length = 0;
  for await (const piece of request.body) {
    length += piece.length;
    if (length <= most) pieces.push(piece);
    else if (length > MOST_UNUSED) break;
  }
  return length > most ? null : joined(pieces);
}

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The beginning of a body, a little more than `most` bytes of it, or all. The rest waits where it is. */
export async function beginning(request, most) {
  const pieces = [];
  let length = 0;
  let whole = !request.body;
  if (!whole) {
    const reader = request.body.getReader();
    while (!whole && length <= most) {
      const { done, value } = await reader.read();
      whole = done;
      if (value) {
        pieces.push(value);
        length += value.length;
      }
    }
    reader.releaseLock();
  }
  return { bytes: joined(pieces), whole };
}

/** A body of which the beginning was read, without the bytes `from` to `to` of it. */
function again({ bytes, whole }, request, from, to) {
  const kept = to > from ? joined([bytes.subarray(0, from), bytes.subarray(to)]) : bytes;
  if (whole) return kept;
  const length = Number(request.headers.get("content-length")) - (to - from);
  const { readable, writable } = length > 0 ? new FixedLengthStream(length) : new IdentityTransformStream();
  const send = async () => {
    const writer = writable.getWriter();
    await writer.write(kept);
    writer.releaseLock();
    await request.body.pipeTo(writable);
  };
  // Should it break off, the origin sees that, and our request to it fails.
  send().catch(() => {});
  return readable;
}

/** Asks siteverify. Its status and what it says, with a blank between; null if it says nothing in time. */
export async function verify(address, question, milliseconds) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: question,
      redirect: "manual",
      signal: AbortSignal.timeout(milliseconds),
    });
    const said = await read(response, 65536);
    return said && `${response.status} ${new TextDecoder().decode(said)}`;
  } catch {
    return null;
  }
}

export const uuid = () => crypto.randomUUID();

/** `changes`: lines, name and value in turn; undefined if there are none. */
function change(headers, changes) {
  if (changes === undefined) return;
  const lines = changes.split("\n");
  for (let at = 0; at < lines.length; at += 2) {
    if (lines[at + 1] === "\0") headers.delete(lines[at]);
    else headers.set(lines[at], lines[at + 1]);
  }
}

/** To the zone's own origin, or to the one that `ORIGIN` names. Redirects come back as they are: so a visitor's request has it. */
export function send(request, env, changes, begun, from, to) {
  let address;
  if (env.ORIGIN) {
    const { host, pathname, search } = new URL(request.url);
    address = env.ORIGIN.replace(/\/+$/, "") + pathname + search;
    const forwarded = `x-forwarded-host\n${host}`;
    changes = changes === undefined ? forwarded : `${changes}\n${forwarded}`;
  }
  if (changes === undefined && !begun) return fetch(request);
  const headers = new Headers(request.headers);
  change(headers, changes);
  if (begun) {
    // What it is now, the runtime knows.
    headers.delete("content-length");
    return fetch(address ?? request.url, { method: request.method, headers, redirect: "manual", body: again(begun, request, from, to) });
  }
  // `fetch` makes the copy that has these in place of its own: `new Request` before it would be one more.
  return fetch(address === undefined ? request : new Request(address, request), { headers });
}

/** The same for who waits for a promise whatever happens. */
export const forward = async (...all) => send(...all);

export const setCookies = (response) => response.headers.getSetCookie();

function listed(headers) {
  const list = new Headers();
  const lines = headers.split("\n");
  for (let at = 0; at < lines.length; at += 2) list.append(lines[at], lines[at + 1]);
  return list;
}

export function answer(status, headers, body) {
  // A copy: what comes is a view of the wasm's own memory.
  return new Response(body?.slice() ?? null, { status, headers: listed(headers) });
}

/** A body that is made piece by piece, as fast as it is read. */
export function streamed(headers, source) {
  const from = borrowed(source);
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const piece = await finish(from.it.more());
        if (!piece) throw new Error("The next piece could not be made.");
        if (piece.length) controller.enqueue(piece);
        else {
          controller.close();
          from.giveBack();
        }
      } catch (error) {
        // It breaks off, so that nobody takes it for whole.
        note(error, "export");
        controller.error(error);
      }
    },
  });
  return new Response(body, { headers: listed(headers) });
}

export function edited(response, changes, cookies, edit) {
  const streamed = edit && response.body ? stream(response.body, edit) : response.body;
  if (!streamed) edit?.free();
  const result = new Response(streamed, response);
  change(result.headers, changes);
  if (cookies) {
    result.headers.delete("set-cookie");
    for (const cookie of cookies) result.headers.append("set-cookie", cookie);
  }
  return result;
}

function stream(body, edit) {
  const { readable, writable } = new IdentityTransformStream();
  pump(body, writable, borrowed(edit));
  return readable;
}

/** Room for what is read and for what is written, used again by other pages: the runtime is late to free such. */
const spare = { 65536: [], 81920: [] };
const take = (length) => new Uint8Array(spare[length].pop() ?? length);
/** A read that came to nothing may give nothing back. */
const give = ({ buffer }) => spare[buffer.byteLength]?.length < 4 && spare[buffer.byteLength].push(buffer);

/** What is only put in has mostly found its place by then, and the rest of a piece need not cross. */
const FIRST = 8192;

/** Large reads, each crossing into the wasm once; as soon as nothing more will change, the runtime pipes the rest. */
async function pump(body, writable, edit) {
  let reader, writer;
  let begun = false;
  try {
    reader = body.getReader({ mode: "byob" });
    writer = writable.getWriter();
    const put = (bytes) => {
      if (!bytes.length) return undefined;
      begun = true;
      return writer.write(bytes);
    };
    // Written is read: the same room serves all pieces.
    const room = take(81920);
    const putOut = (length) => put(length > room.length ? edit.it.pushed() : room.subarray(0, length));
    const push = (bytes) => putOut(edit.it.push(bytes, room));
    const pushFirst = async (bytes) => {
      const length = edit.it.push(bytes.subarray(0, FIRST), room);
      const rest = bytes.subarray(FIRST);
      if (edit.it.rest() && length + rest.length <= room.length) {
        room.set(rest, length);
        await putOut(length + rest.length);
        return;
      }
      await putOut(length);
      if (rest.length) await push(rest);
    };
    let { done, value } = await reader.read(take(65536), { min: 6 });
    const label = done ? undefined : edit.it.decoded_from(value);
    const decode = label && decoder(label);
    if (!done) await (decode ? push(decode(value)) : pushFirst(value));
    while (!done && (decode || !edit.it.rest())) {
      ({ done, value } = await reader.read(new Uint8Array(value.buffer)));
      if (!done) await push(decode ? decode(value) : value);
    }
    if (decode) await push(decode());
    give(room);
    if (value) give(value);
    reader.releaseLock();
    reader = undefined;
    if (!done) {
      writer.releaseLock();
      writer = undefined;
      await body.pipeTo(writable, { preventClose: true });
      writer = writable.getWriter();
    }
    await put(edit.it.end());
    await writer.close();
  } catch (error) {
    note(error, "stream");
    // The origin broke off, the wasm failed, or the visitor left: what was begun ends as broken off. In chunks the runtime
    // shows it to nobody, so that nothing at all would be a blank page.
    if (!begun) await writer?.write(new TextEncoder().encode(sorry.page + sorry.anew)).catch(() => {});
    await Promise.allSettled([(writer ?? writable).abort(error), (reader ?? body).cancel(error)]);
  } finally {
    edit.giveBack();
  }
}

/** From an encoding whose markup isn't ASCII to UTF-8, behind the mark that says so more loudly than any header. */
function decoder(label) {
  const from = new TextDecoder(label);
  const to = new TextEncoder();
  let text = "\ufeff";
  return (bytes) => {
    text += from.decode(bytes, { stream: bytes !== undefined });
    const piece = to.encode(text);
    text = "";
    return piece;
  };
}

/** The keys of a team of Cloudflare Access, by their ids. They change every six weeks. */
const keys = new Map();
const anHour = 3_600_000;
const aMinute = 60_000;

async function keysOf(address, id) {
  const known = keys.get(address);
  const age = Date.now() - (known?.at ?? 0);
  if (age < (known?.list.has(id) ? anHour : aMinute)) return known.list;
  const response = await fetch(address, { signal: AbortSignal.timeout(5000) });
  const { keys: found } = await response.json();
  const list = new Map();
  for (const { kid, kty, n, e } of found) {
    if (kty === "RSA") list.set(kid, await crypto.subtle.importKey("jwk", { kty, n, e }, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["verify"]));
  }
  keys.set(address, { at: Date.now(), list });
  return list;
}

/** Whether a text was signed (RS256) with a team's key of this id. */
export async function isSigned(address, id, signed, view) {
  // What comes is a view of the wasm's memory, and that may move meanwhile.
  const signature = view.slice();
  const key = (await keysOf(address, id)).get(id);
  return !!key && crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, new TextEncoder().encode(signed));
}
