// What is none of our business passes as if we weren't there: compared with a worker that does nothing, in the same runtime.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { after, before, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { listed, startBare } from "../support/bare.mjs";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const host = "musictracker.io";
const tag = '<script src="https://www.clarity.ms/tag/x"></script>';
const head = "<!doctype html><html lang=en><head><title>t</title></head><body>";
const insertion = /<template shadowrootmode="open"><style>.*?<\/template>/s;
const heldTag = /<script[^>]*data-consent-hold="microsoft-clarity"[^>]*><\/script>/;

let origin, live, worker, bare, socketed, yes;
before(async () => {
  origin = await startOrigin();
  live = await startLive();
  [worker, bare, socketed] = await Promise.all([
    startWorker({ bindings: { ORIGIN: origin.url } }),
    startBare(origin.url),
    startWorker({ bindings: { ORIGIN: live.url, SITE: "musictracker" } }),
  ]);
  const accepted = await worker.fetch("/_privacy/choice", { host, form: { decision: "accept" } });
  yes = { cookie_consent: accepted.cookie("cookie_consent") };
});
after(() => Promise.all([worker, bare, socketed, origin, live].map((one) => one?.stop())));

const get = (path, options) => worker.fetch(path, { host, ...options });

/** An origin that the test holds by the hand: `routes[path](incoming, outgoing)`. */
async function startLive() {
  const routes = {};
  const server = http.createServer((incoming, outgoing) => routes[incoming.url](incoming, outgoing));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return { server, routes, url: `http://127.0.0.1:${server.address().port}`, stop };
}

/** The same answer as from a worker that does nothing, for visitors who were asked and who weren't. */
async function assertPasses(path, options = {}) {
  for (const cookies of [{}, yes]) {
    const asked = { host, ...options, cookies: { session: "1", ...cookies } };
    const [ours, theirs] = [await worker.fetch(path, asked), await bare.fetch(path, asked)];
    assert.equal(ours.status, theirs.status, path);
    assert.deepEqual(listed(ours.rawHeaders), listed(theirs.rawHeaders), path);
    assert.ok(ours.body.equals(theirs.body) && ours.complete === theirs.complete, path);
  }
}

/** A page as the origin sent it, from one that was edited. */
function restored(bytes, encoding = "utf8") {
  const text = bytes.toString(encoding);
  assert.match(text, insertion);
  assert.match(text, heldTag);
  return text.replace(insertion, "").replace(heldTag, tag);
}

test("pages that aren't ASCII are decoded, edited, and say so", async () => {
  const text = `${head}<p>ä 漢字 \u{1f600}</p>${tag}</body></html>`;
  const le = (text) => Buffer.from(text, "utf16le");
  const be = (text) => le(text).swap16();
  const xml = `<?xml version="1.0"?>${text}`;
  for (const [name, type, body, expected = text] of [
    ["a mark alone, LE", "text/html", le(`\ufeff${text}`)],
    ["a mark alone, BE", "text/html", be(`\ufeff${text}`)],
    ["a mark that the header denies", "text/html; charset=utf-8", be(`\ufeff${text}`)],
    ["a header and the mark of another", "text/html; charset=utf-16be", le(`\ufeff${text}`)],
    ["a header alone, LE", "text/html; charset=utf-16", le(text)],
    ["a header alone, BE", 'text/html; charset="UTF-16BE"', be(text)],
    ["a header by another name", "text/html;charset=ucs-2", le(text)],
    ["a header, and UTF-8's mark", "text/html; charset=utf-16", Buffer.from(`\ufeff${text}`)],
    ["a declaration of XML, LE", "text/html", le(xml), xml],
    ["a declaration of XML, BE", "text/html", be(xml), xml],
  ]) {
    for (const pieces of [[body], [...body].map((byte) => Buffer.of(byte))]) {
      origin.routes["/wide"] = { headers: { "content-type": type }, pieces };
      const answer = await get("/wide");
      assert.equal(restored(answer.body), `\ufeff${expected}`, `${name}, in ${pieces.length}`);
      if (/utf-16|ucs/i.test(type)) assert.equal(answer.headers["content-type"], "text/html; charset=utf-8", name);
      assert.equal(answer.headers["content-security-policy"], undefined);
      const settled = await get("/wide", { cookies: yes });
      assert.deepEqual([settled.body, settled.headers["content-type"]], [body, type]);
    }
  }
});

test("a page in ISO-2022-JP hides no tag, whoever says that it is one", async () => {
  // Kanji that are `<!` and `--` if the escapes are overlooked: 其 and 蕚.
  const kanji = (bytes) => Buffer.concat([Buffer.from("\x1b$B"), Buffer.from(bytes), Buffer.from("\x1b(B")]);
  const body = (meta) => Buffer.concat([Buffer.from(head.replace("<title>", `${meta}<title>`)), kanji("<!--"), Buffer.from(`${tag}</body>`)]);
  const decoded = (bytes) => `\ufeff${new TextDecoder("iso-2022-jp").decode(bytes)}`;
  for (const [type, meta] of [["text/html; charset=ISO-2022-JP", ""], ["text/html", '<meta charset="iso-2022-jp">']]) {
    origin.routes["/jis"] = { headers: { "content-type": type }, body: body(meta) };
    assert.equal(restored((await get("/jis")).body), decoded(body(meta)), type);
  }
  // Nobody says it: then it isn't, for the browser either.
  for (const type of ["text/html", "text/html; charset=no-such"]) {
    origin.routes["/jis"] = { headers: { "content-type": type }, pieces: [...body("")].map((byte) => Buffer.of(byte)) };
    assert.equal((await get("/jis")).text().replace(insertion, ""), body("").toString().replace("\x1b$B", " $B"), type);
  }
  origin.routes["/jis"] = { headers: { "content-type": "text/html; charset=utf-8" }, body: body("") };
  assert.equal((await get("/jis")).text().replace(insertion, ""), body("").toString());
});

test("other encodings keep every byte outside of what is edited", async () => {
  const high = Buffer.from([...Array(128).keys()].map((at) => at + 128));
  const trails = Buffer.from([0x83, 0x5c, 0x83, 0x7c, 0x81, 0x40, 0xb8, 0x5d, 0x81, 0x30, 0x81, 0x30, 0xff, 0xfe, 0, 0x80]);
  const body = Buffer.concat([Buffer.from(head), high, trails, Buffer.from(tag), trails, high, Buffer.from("</body>")]);
  for (const charset of ["windows-1252", "Shift_JIS", "gb18030", "EUC-KR", "Big5", "x-user-defined", "utf-7", "hz-gb-2312", ""]) {
    const type = charset ? `text/html; charset=${charset}` : "text/html";
    origin.routes["/legacy"] = { headers: { "content-type": type }, body };
    const answer = await get("/legacy");
    assert.equal(restored(answer.body, "latin1"), body.toString("latin1"), charset);
    assert.equal(answer.headers["content-type"], type);
  }
});

test("broken pages and parts of pages arrive whole", async () => {
  for (const page of [`<select><title>x</select>${tag}<p>y`, `<p>${tag}`, `<table><${tag}<td>\0</table></p>`, `<!-- x --!><p>${tag}<a b='`, `${head}<b><p></b>${tag}<plaintext></body>`]) {
    origin.routes["/part"] = { headers: { "content-type": "text/html" }, pieces: [...page] };
    for (const headers of [{}, { "x-requested-with": "XMLHttpRequest" }, { "sec-fetch-dest": "empty" }]) {
      const text = (await get("/part", { headers })).text();
      assert.equal(/shadowrootmode/.test(text), headers["sec-fetch-dest"] === undefined && !headers["x-requested-with"], page);
      const bare = text.replace("<body><template", page.includes("<body>") ? "<body><template" : "<template").replace(insertion, "").replace(heldTag, tag);
      assert.equal(bare, page);
    }
  }
});

test("what browsers show though it isn't called HTML loads nothing foreign", async () => {
  const xml = `<html xmlns="http://www.w3.org/1999/xhtml"><head>${tag}</head></html>`;
  const closed = async (headers, asked) => {
    origin.routes["/odd"] = { raw: `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${xml.length}\r\nConnection: close\r\n\r\n${xml}` };
    const answer = await get("/odd", { headers: asked });
    assert.equal(answer.text(), xml);
    return answer.headers["content-security-policy"] !== undefined;
  };
  const shown = { "sec-fetch-dest": "iframe" };
  for (const [type, ...expected] of [
    ["Content-Type: application/xhtml+xml\r\n", true, true, true],
    ["Content-Type: application/xml\r\n", false, true, false],
    ["Content-Type: image/svg+xml; charset=utf-8\r\n", false, true, false],
    ["", true, true, false],
    ["Content-Type: nonsense\r\n", true, true, false],
    ["X-Content-Type-Options: nosniff\r\n", false, false, false],
    ["Content-Type: application/json\r\n", false, false, false],
    ["Content-Type: text/plain\r\n", false, false, false],
    ["Content-Type: text/html; charset=utf-8; charset=utf-16\r\n", true, true, true],
  ]) {
    assert.deepEqual([await closed(type, {}), await closed(type, shown), await closed(type, { "sec-fetch-dest": "empty" })], expected, type);
  }
});

test("answers that are no pages pass, redirects with them", async () => {
  const html = { "content-type": "text/html", "cache-control": "public, max-age=60", etag: '"a"', "set-cookie": ["a=1; Path=/", "b=2"] };
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of ["/there?x=ä#y", "https://elsewhere.example/", "//other.example/%zz"]) {
      origin.routes["/moved"] = { status, headers: { ...html, location: encodeURI(location) }, body: `${head}${tag}moved` };
      await assertPasses("/moved");
      await assertPasses("/moved", { method: "POST", body: "a=1" });
    }
  }
  // Without an address to go to, people see the page.
  origin.routes["/moved"] = { status: 302, headers: html, body: `${head}${tag}` };
  assert.equal(restored((await get("/moved")).body), `${head}${tag}`);
  for (const status of [204, 205, 304]) {
    origin.routes["/none"] = { status, headers: [["ETag", '"a"'], ["X-Other", "1"], ["content-type", "application/json"]] };
    await assertPasses("/none.json", {});
    origin.routes["/none.json"] = origin.routes["/none"];
    await assertPasses("/none.json");
  }
  for (const [path, type] of Object.entries({ "/a.png": "image/png", "/api": "application/json", "/a.js": "text/javascript", "/feed": "application/rss+xml", "/x": "text/plain", "/y": "application/octet-stream" })) {
    for (const status of [200, 201, 400, 404, 500, 503]) {
      origin.routes[path] = { status, headers: { "content-type": type, etag: 'W/"z"', "last-modified": "Wed, 21 Oct 2026 07:28:00 GMT", "cache-control": "max-age=9", "set-cookie": ["a=1", "b=2"] }, body: randomBytes(3000) };
      await assertPasses(path);
      await assertPasses(path, { method: "HEAD" });
      await assertPasses(path, { method: "OPTIONS" });
    }
  }
});

test("pieces of a download pass", async () => {
  const file = randomBytes(100_000);
  origin.routes["/a.zip"] = ({ headers }) => {
    const asked = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "");
    const type = { "content-type": "application/zip", "accept-ranges": "bytes", etag: '"strong"' };
    if (!asked) return { headers: type, body: file };
    const [from, to] = [Number(asked[1]), asked[2] ? Number(asked[2]) : file.length - 1];
    if (from >= file.length) return { status: 416, headers: { ...type, "content-range": `bytes */${file.length}` } };
    return { status: 206, headers: { ...type, "content-range": `bytes ${from}-${to}/${file.length}` }, body: file.subarray(from, to + 1) };
  };
  for (const range of ["bytes=0-99", "bytes=5000-", "bytes=200000-"]) {
    await assertPasses("/a.zip", { headers: { range, "if-range": '"strong"' } });
    assert.deepEqual([origin.last().headers.range, origin.last().headers["if-range"]], [range, '"strong"']);
  }
  await assertPasses("/a.zip");
});

test("pages are edited whatever packs them, and nothing is unpacked in vain", async () => {
  const page = Buffer.from(`${head}${tag}${"<p>text</p>".repeat(20_000)}`);
  for (const [coding, body] of [["gzip", gzipSync(page)], ["br", brotliCompressSync(page)]]) {
    origin.routes["/packed"] = { headers: { "content-type": "text/html", "content-encoding": coding }, body };
    assert.equal(restored((await get("/packed")).body), page.toString(), coding);
    origin.routes["/packed.css"] = { headers: { "content-type": "text/css", "content-encoding": coding }, body };
    await assertPasses("/packed.css", { headers: { "accept-encoding": "gzip, br" } });
    const settled = { cookies: yes, headers: { "accept-encoding": coding } };
    assert.ok((await get("/packed", settled)).body.equals(body), coding);
  }
  // What the runtime can't unpack passes as it is, and may load nothing foreign.
  for (const coding of ["deflate", "zstd"]) {
    const body = coding === "deflate" ? deflateSync(page) : randomBytes(500);
    origin.routes["/packed"] = { headers: { "content-type": "text/html", "content-encoding": coding }, body };
    const answer = await get("/packed", { headers: { "accept-encoding": "deflate, zstd" } });
    assert.deepEqual([answer.headers["content-encoding"], answer.body.equals(body)], [coding, true]);
    assert.match(answer.headers["content-security-policy"], /'self'/);
  }
});

/** An exchange that the test drives: what has come by now is `text`, and `until` waits for more. */
function open(path, { cookie, method } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(cookie && { cookie }) };
    const outgoing = http.request({ host: "127.0.0.1", port: socketed.port, path, method, headers, agent: false }, (incoming) => {
      const seen = { text: "", incoming, ended: once(incoming, "end") };
      let wake = () => {};
      incoming.setEncoding("utf8").on("data", (piece) => (seen.text += piece, wake()));
      seen.until = async (wanted) => {
        const late = setTimeout(() => incoming.destroy(new Error(`"${wanted}" hasn't come, but ${seen.text.slice(-200)}`)), 5000);
        while (!seen.text.includes(wanted)) await new Promise((resolve, reject) => (wake = resolve, incoming.once("error", reject)));
        clearTimeout(late);
      };
      resolve(seen);
    });
    outgoing.on("error", reject).end();
  });
}

test("a page and a stream of events come as they are sent", async () => {
  for (const [type, first] of [["text/event-stream", "data: 0\n\n"], ["text/html", `${head}<p>0`]]) {
    for (const cookie of [undefined, `cookie_consent=${yes.cookie_consent}`]) {
      let outgoing;
      live.routes["/live"] = (_, answer) => {
        outgoing = answer;
        answer.writeHead(200, { "content-type": type });
        answer.write(first);
      };
      // Each piece is sent when the one before has arrived: what waits for more waits forever.
      const seen = await open("/live", { cookie });
      await seen.until("0");
      for (const piece of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
        outgoing.write(piece);
        await seen.until(piece);
      }
      outgoing.end();
      await seen.ended;
      assert.equal(seen.text.replace(insertion, ""), `${first}data: 1\n\ndata: 2\n\ndata: 3\n\n`);
    }
  }
});

test("an upload streams to the origin by the byte", async () => {
  const piece = randomBytes(1 << 20);
  const sum = createHash("sha256");
  let length = 0;
  let first;
  const arrived = new Promise((resolve) => (first = resolve));
  live.routes["/upload"] = async (incoming, outgoing) => {
    for await (const bytes of incoming) {
      first();
      sum.update(bytes);
      length += bytes.length;
    }
    outgoing.writeHead(201, { "content-type": "application/json" }).end("{}");
  };
  const wanted = createHash("sha256");
  const outgoing = http.request({ host: "127.0.0.1", port: socketed.port, path: "/upload", method: "PUT", headers: { host, "content-type": "application/octet-stream" }, agent: false });
  const answered = once(outgoing, "response");
  const send = async () => {
    wanted.update(piece);
    if (!outgoing.write(piece)) await once(outgoing, "drain");
  };
  await send();
  // It is passed on before it is whole.
  await arrived;
  for (let at = 1; at < 50; at++) await send();
  outgoing.end();
  const [incoming] = await answered;
  incoming.resume();
  assert.deepEqual([incoming.statusCode, length, sum.digest("hex")], [201, 50 << 20, wanted.digest("hex")]);
});

test("a socket talks in both directions", async () => {
  live.server.removeAllListeners("upgrade").once("upgrade", (incoming, socket) => {
    const accept = createHash("sha1").update(`${incoming.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on("error", () => {});
    socket.on("data", (frame) => {
      if ((frame[0] & 15) === 8) return socket.end();
      // A short text, masked: sent back without the mask.
      const text = Buffer.from(frame.subarray(6, 6 + (frame[1] & 127))).map((byte, at) => byte ^ frame[2 + (at % 4)]);
      socket.write(Buffer.concat([Buffer.of(0x81, text.length), text]));
    });
  });
  const socket = net.connect(socketed.port, "127.0.0.1");
  let seen = Buffer.alloc(0);
  let wake = () => {};
  socket.on("data", (bytes) => ((seen = Buffer.concat([seen, bytes])), wake())).on("close", () => wake());
  const until = async (end) => {
    while (!seen.toString("latin1").endsWith(end)) {
      assert.ok(!socket.destroyed, seen.toString("latin1"));
      await new Promise((resolve) => (wake = resolve));
    }
  };
  socket.setTimeout(5000, () => socket.destroy());
  socket.write(`GET /live HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`);
  await until("\r\n\r\n");
  assert.match(seen.toString("latin1"), /^HTTP\/1.1 101 /);
  for (const text of ["one", "two", "three"]) {
    // Masked with zeros.
    socket.write(Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)]));
    await until(text);
  }
  socket.destroy();
});

/** What the runtime has in memory, in MB. */
function memory() {
  const ours = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, "utf8") === "workerd\n" && readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return false;
    }
  };
  const sizes = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && ours(pid) && Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) === process.pid);
  return sizes.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024, 0);
}

test("a page of 100 MB passes, edited, and memory stays flat", async () => {
  const paragraph = `<p>${"some text ".repeat(100)}${tag}</p>\n`;
  const piece = Buffer.from(paragraph.repeat(900));
  const last = "<p>the end";
  for (const [path, size] of [["/small", 2e6], ["/large", 100e6]]) {
    live.routes[path] = async (incoming, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      outgoing.write(head);
      for (let sent = 0; sent < size && !outgoing.destroyed; sent += piece.length) if (!outgoing.write(piece)) await once(outgoing, "drain");
      outgoing.end(last);
    };
  }
  const read = (path) =>
    new Promise((resolve, reject) => {
      http.get({ host: "127.0.0.1", port: socketed.port, path, headers: { host }, agent: false }, (incoming) => {
        let [most, looked, tail] = [0, 0, ""];
        const seen = { length: 0, whole: 0, others: 0 };
        const take = (line) => {
          seen.expected ??= line;
          if (line === seen.expected) seen.whole += 1;
          else seen.others += 1;
        };
        incoming.setEncoding("latin1").on("error", reject).on("data", (text) => {
          seen.length += text.length;
          const lines = (tail + text).split("\n");
          tail = lines.pop();
          // The first line has the banner before it.
          for (const line of lines) if (seen.first === undefined) seen.first = line; else take(line);
          if (Date.now() - looked < 20) return;
          most = Math.max(most, memory());
          looked = Date.now();
        }).on("end", () => resolve({ ...seen, most, tail }));
      }).on("error", reject);
    });
  // What a runtime takes for its first pages is no matter of their length.
  await read("/small");
  const before = memory();
  const { length, whole, others, expected, most, tail } = await read("/large");
  assert.ok(length > 100e6, `${length} bytes`);
  assert.equal(expected.replace(heldTag, tag), paragraph.trimEnd());
  assert.deepEqual([whole, others], [Math.ceil(100e6 / piece.length) * 900 - 1, 0]);
  assert.equal(tail, last);
  assert.ok(most - before < 16, `grew from ${before.toFixed(1)} to ${most.toFixed(1)} MB`);
});
