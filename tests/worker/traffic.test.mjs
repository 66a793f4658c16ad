// What passes between visitor and origin: by the byte for who has decided, with one insertion for who has not.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { after, before, test } from "node:test";
import { brotliCompressSync, gunzipSync } from "node:zlib";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const host = "musictracker.io";
const head = "<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>A &amp; b</title></head>\n<body class=a>";
const page = `${head}<p>ä 漢字 \u{1f600}</p></body></html>\n`;
const insertion = /<template shadowrootmode="open"><style>.*?<\/template>/s;

let origin, worker, yes, no;
before(async () => {
  origin = await startOrigin({ "/": page });
  worker = await startWorker({ bindings: { ORIGIN: origin.url } });
  const kept = async (decision) => ({ cookie_consent: (await worker.fetch("/_privacy/choice", { host, form: { decision } })).cookie("cookie_consent") });
  [yes, no] = await Promise.all([kept("accept"), kept("reject")]);
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

const get = (path, options) => worker.fetch(path, { host, ...options });
const settled = (path, options) => get(path, { ...options, cookies: { ...yes, ...options?.cookies } });

/** An edited page is the origin's and one insertion, right behind `<body …>`. */
function assertEdited(answer, original = page) {
  const text = answer.text();
  assert.equal(text.match(/shadowrootmode/g)?.length, 1);
  assert.ok(text.indexOf("<body class=a><template") > 0);
  assert.equal(text.replace(insertion, ""), original);
  assert.ok(answer.complete);
}

test("what many parts of a page ask alike is told apart by visitor and by address", async () => {
  origin.routes["*"] = { status: 200, headers: { "content-type": "image/png" }, body: "png" };
  const headers = { "sec-fetch-dest": "image" };
  const told = async (path, cookies, more) => {
    origin.clear();
    const answer = await get(path, { cookies, headers: { ...headers, ...more } });
    return [answer.status, answer.headers["content-type"], origin.last()?.headers["x-consent"], origin.last()?.headers.cookie];
  };
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(await told(`/${round}.png`, { ...yes, _clck: "1" }), [200, "image/png", "analytics=1", `cookie_consent=${yes.cookie_consent}; _clck=1`]);
    assert.deepEqual(await told(`/${round}.png`, { ...no, _clck: "1" }), [200, "image/png", "analytics=0", `cookie_consent=${no.cookie_consent}`]);
    assert.equal((await told("/a.png", yes, { "sec-gpc": "1" }))[2], "analytics=0");
    assert.equal((await told("/a.png", yes, { "x-consent": "analytics=0" }))[2], "analytics=1");
    assert.match((await told("/_privacy/consent.js", yes))[1], /javascript/);
    assert.deepEqual((await told("/_privacy/nothing", yes)).slice(0, 3), [200, "image/png", "analytics=1"]);
    assert.match((await told("/cookie-policy", yes))[1], /html/);
    assert.equal((await told("/cdn-cgi/image.png", yes))[2], undefined);
    assert.match((await told("/.well-known/gpc.json", yes))[1], /json/);
  }
  delete origin.routes["*"];
});

test("what a script fetches passes if it can be no page, and is looked at if it can, in one and the same second", async () => {
  const tag = '<script src="https://www.clarity.ms/tag/abc"></script>';
  const data = JSON.stringify({ tag });
  origin.routes["/api/data"] = { headers: { "content-type": "application/json", etag: '"d"' }, body: data };
  origin.routes["/api/part"] = { headers: { "content-type": "text/html", etag: '"p"' }, body: tag };
  origin.routes["/api/cookie"] = { headers: { "content-type": "application/json", "set-cookie": ["_clck=1", "session=2"] }, body: data };
  origin.routes["/api/same.json"] = ({ headers }) => ({ status: headers["if-none-match"] === '"d"' ? 304 : 200, headers: { etag: '"d"' } });
  const ask = (path, headers) => get(path, { cookies: no, headers: { accept: "*/*", "sec-fetch-dest": "empty", ...headers } });
  for (let round = 0; round < 3; round += 1) {
    const passed = await ask("/api/data");
    assert.deepEqual([passed.text(), passed.headers.etag, passed.headers.vary], [data, '"d"', undefined]);
    const part = await ask("/api/part");
    assert.match(part.text(), /type="text\/plain"/);
    assert.notEqual(part.headers.etag, '"p"');
    assert.deepEqual((await ask("/api/cookie")).headers["set-cookie"], "session=2");
    assert.equal((await ask("/api/same.json", { "if-none-match": '"d"' })).status, 304);
    assert.deepEqual([(await ask("/api/same", { "if-none-match": '"d"' })).status, origin.last().headers["if-none-match"]], [404, undefined]);
  }
});

test("pages of all lengths share their rooms, and nothing of one is in another", async () => {
  const of = (length, letter) => (length ? `${head}${letter.repeat(length)}</body></html>` : "");
  const lengths = [0, 10, 7_900, 8_192, 9_000, 70_000, 0, 300_000, 40];
  const sent = lengths.map((length, at) => of(length, "abcdefghi"[at]));
  sent.forEach((text, at) => (origin.routes[`/rooms/${at}`] = text));
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(sent.map((_, at) => get(`/rooms/${at}`)));
    answers.forEach((answer, at) => assert.equal(answer.text().replace(insertion, ""), sent[at], `${lengths[at]}`));
  }
});

test("a decided visitor gets the origin's bytes and headers", async () => {
  const headers = [
    ["Content-Type", "text/html"],
    ["ETag", '"abc"'],
    ["Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT"],
    ["Cache-Control", "public, max-age=60"],
    ["Set-Cookie", "a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
    ["Set-Cookie", "b=2"],
    ["X-Odd", "  ä, b"],
    ["Content-Security-Policy", "default-src 'self' ; script-src x"],
    ["Vary", "Accept"],
    ["Link", "</a.css>; rel=preload"],
  ];
  const bytes = Buffer.concat([Buffer.from("<p>\u{feff}"), randomBytes(2000)]);
  origin.routes["/raw"] = { headers, body: bytes };
  const answer = await settled("/raw");
  assert.deepEqual(answer.body, bytes);
  const lower = (list) => list.map((one, index) => (index % 2 ? one : one.toLowerCase()));
  const pairs = (list) => list.map((name, index) => (index % 2 ? [] : [name, list[index + 1]])).filter((pair) => pair.length && !["date", "connection", "keep-alive", "content-length", "transfer-encoding"].includes(pair[0]));
  const direct = await new Promise((resolve) => http.get(`${origin.url}/raw`, (incoming) => resolve(incoming.resume().rawHeaders)));
  const sort = (list) => pairs(lower(list)).map((pair) => pair.join(": ")).sort();
  assert.deepEqual(sort(answer.rawHeaders), sort(direct));
});

test("an undecided visitor gets the origin's page with one insertion, and headers that keep it his", async () => {
  origin.routes["/page"] = { headers: { "content-type": "text/html; charset=utf-8", etag: '"abc"', "last-modified": "x", "cache-control": "public, max-age=60", expires: "x", "x-other": "stays", "accept-ranges": "bytes" }, body: page };
  const answer = await get("/page", { headers: { range: "bytes=0-3", "if-modified-since": "x" } });
  assertEdited(answer);
  assert.deepEqual([origin.last().headers.range, origin.last().headers["if-modified-since"]], [undefined, undefined]);
  const { headers } = answer;
  assert.deepEqual([headers["cache-control"], headers["last-modified"], headers.expires, headers["accept-ranges"], headers["x-other"]], ["private, no-cache", undefined, undefined, undefined, "stays"]);
  assert.match(headers.etag, /^W\/"ec1-[0-9a-f]{12}\.abc"$/);
  const empty = await get("/page", { method: "HEAD" });
  assert.deepEqual([empty.status, empty.body.length, empty.headers.etag, empty.headers["content-length"]], [200, 0, headers.etag, undefined]);
});

test("conditional requests work within a state and never across", async () => {
  origin.routes["/etag"] = (seen) =>
    /"v1"/.test(seen.headers["if-none-match"] ?? "") ? { status: 304, headers: { etag: '"v1"', "content-type": "text/html" } } : { headers: { etag: '"v1"', "content-type": "text/html" }, body: page };
  const states = { undecided: {}, gpc: { headers: { "sec-gpc": "1" } }, unreadable: { cookies: { cookie_consent: "?" } }, decided: { cookies: yes } };
  const tags = {};
  for (const [name, options] of Object.entries(states)) tags[name] = (await get("/etag", options)).headers.etag;
  assert.equal(tags.decided, '"v1"');
  for (const [name, options] of Object.entries(states)) {
    for (const [held, tag] of Object.entries(tags)) {
      const answer = await get("/etag", { ...options, headers: { ...options.headers, "if-none-match": tag } });
      assert.equal(answer.status, tags[name] === tag ? 304 : 200, `${name} holding ${held}'s`);
      assert.equal(answer.headers.etag, tags[name]);
      if (answer.status === 200) assert.equal(answer.text().includes("shadowrootmode"), name !== "decided");
    }
  }
});

/** The answer as it comes: `[[milliseconds, text], …]`, and whether it ended well. */
function trickle(path, options = {}) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const pieces = [];
    const outgoing = http.get({ host: "127.0.0.1", port: worker.port, path, headers: { host, ...options }, agent: false }, (incoming) => {
      incoming.setEncoding("utf8").on("data", (text) => pieces.push([performance.now() - began, text]));
      incoming.on("error", () => {}).on("close", () => resolve({ pieces, whole: pieces.map(([, text]) => text).join(""), complete: incoming.complete, total: performance.now() - began }));
    });
    outgoing.on("error", reject).setTimeout(10_000, () => outgoing.destroy(new Error("no end within 10 s")));
  });
}

test("a page that trickles is passed on as it comes", async () => {
  origin.routes["/slow"] = { pieces: [head.slice(0, 40), head.slice(40), "<p>one", "<p>two"], delay: 300 };
  for (const cookie of ["", `cookie_consent=${yes.cookie_consent}`]) {
    const { pieces, whole, complete, total } = await trickle("/slow", cookie && { cookie });
    assert.ok(complete);
    assert.equal(whole.replace(insertion, ""), `${head}<p>one<p>two`);
    assert.equal(whole.includes("shadowrootmode"), !cookie);
    assert.ok(pieces[0][0] < 250 && total > 1000, `first byte after ${pieces[0][0]} ms of ${total}`);
    const body = pieces.find(([, text]) => text.includes("<body"));
    assert.ok(body[0] < 800, `the body's tag after ${body[0]} ms`);
  }
});

test("a page that is cut off is not continued, and ends at once", async () => {
  const hydrated = head.replace("</head>", "<script src=/_next/a.js></script></head>");
  for (const [name, pieces] of Object.entries({
    "in the head": [head.slice(0, 60)],
    "in the body's tag": [head.slice(0, -3)],
    "in the body": [head, "<p>one"],
    "in a body with the banner last": [hydrated, "<p>one"],
    late: [head, "x".repeat(100_000), "<p>two"],
  })) {
    origin.routes["/cut"] = { pieces, delay: 60, reset: true };
    worker.logs.length = 0;
    const { whole, total } = await trickle("/cut");
    const left = whole.replace(insertion, "");
    assert.ok(pieces.join("").startsWith(left) && !left.includes("<div data-consent-banner"), `${name}: ${left.slice(-200)}`);
    assert.ok(total < 3000, `${name}: ${total} ms`);
    assert.deepEqual(worker.logs.map((line) => JSON.parse(line).fault), ["stream"], name);
  }
  // In chunks the runtime ends even what it passes on by itself as if it were whole; a length tells.
  origin.routes["/cut"] = { headers: { "content-type": "text/html", "content-length": "1000" }, pieces: [head], delay: 60, reset: true };
  const { complete, whole } = await trickle("/cut", { cookie: `cookie_consent=${yes.cookie_consent}` });
  assert.deepEqual([complete, whole], [false, head]);
});

test("a visitor who leaves in the middle of a page leaves nothing running", async () => {
  let closed;
  const left = new Promise((resolve) => (closed = resolve));
  const server = http.createServer((incoming, outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/html" });
    const timer = setInterval(() => outgoing.write("<p>more"), 20);
    outgoing.write(head);
    outgoing.on("close", () => closed(clearInterval(timer)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endless = await startWorker({ bindings: { ORIGIN: `http://127.0.0.1:${server.address().port}` } });
  try {
    const outgoing = http.get({ host: "127.0.0.1", port: endless.port, path: "/", headers: { host }, agent: false }, (incoming) => incoming.once("data", () => outgoing.destroy()));
    outgoing.on("error", () => {});
    await Promise.race([left, new Promise((_, reject) => setTimeout(() => reject(new Error("the origin is still being read")), 5000))]);
  } finally {
    await endless.stop();
    server.closeAllConnections();
    server.close();
  }
});

test("compressed pages are edited, and pass as they are where they are not", async () => {
  const packed = brotliCompressSync(page);
  origin.routes["/gzip"] = { gzip: true, headers: { "content-type": "text/html", etag: '"g"' }, body: page };
  origin.routes["/br"] = { headers: { "content-type": "text/html", "content-encoding": "br" }, body: packed };
  for (const path of ["/gzip", "/br"]) {
    const answer = await get(path);
    assert.equal(answer.headers["content-encoding"], undefined, path);
    assertEdited(answer);
    // The edge compresses once more, for a browser that wants it.
    const zipped = await get(path, { headers: { "accept-encoding": "gzip" } });
    assert.equal(zipped.headers["content-encoding"], "gzip");
    assertEdited({ ...zipped, text: () => gunzipSync(zipped.body).toString() });
  }
  origin.routes["/odd"] = { headers: { "content-type": "text/html", "content-encoding": "x-odd" }, body: page };
  assert.equal((await get("/odd")).text(), page);
});

test("a large page in many pieces comes out whole", async () => {
  const filler = `<p>${"long line of text ".repeat(500)}</p>\n`;
  const large = head + filler.repeat(600) + "</body></html>";
  assert.ok(large.length > 5_000_000);
  origin.routes["/large"] = { pieces: large.match(/.{1,300000}/gs), delay: 0 };
  const answers = await Promise.all([get("/large"), get("/large"), settled("/large")]);
  assertEdited(answers[0], large);
  assertEdited(answers[1], large);
  assert.equal(answers[2].text(), large);
});

test("what is no page for people is left alone", async () => {
  // A page that can't be read keeps its bytes, but a policy keeps it from loading what it should not.
  for (const [path, type] of Object.entries({ "/xhtml": "application/xhtml+xml", "/untyped": "*/*" })) {
    origin.routes[path] = { headers: { "content-type": type }, body: page };
    const answer = await get(path);
    assert.equal(answer.text(), page, path);
    assert.ok(answer.headers["content-security-policy"], path);
  }
  const left = { "/json": "application/json", "/text": "text/plain" };
  for (const [path, type] of Object.entries(left)) {
    origin.routes[path] = { headers: { "content-type": type, etag: '"x"' }, body: page };
    const answer = await get(path);
    assert.deepEqual([answer.text(), answer.headers.etag, answer.headers["content-type"]], [page, '"x"', type], path);
  }
  origin.routes["/file"] = { headers: { "content-disposition": "attachment" }, body: page };
  assert.equal((await get("/file")).text(), page);
  assert.equal((await get("/", { headers: { "sec-fetch-dest": "empty" } })).text(), page);
  origin.routes["/204"] = { status: 204 };
  assert.deepEqual([(await get("/204")).status, (await get("/204")).body.length], [204, 0]);
  origin.routes["/empty"] = { body: "" };
  assert.equal((await get("/empty")).text(), "");
  origin.routes["/404"] = { status: 404, body: page };
  const missing = await get("/404");
  assert.equal(missing.status, 404);
  assertEdited(missing);
});

test("bodies reach the origin by the byte, and redirects the visitor", async () => {
  const body = randomBytes(300_000);
  origin.routes["POST /form"] = { status: 302, headers: { location: "/done?x=1", "set-cookie": ["a=1", "_clck=2; Path=/", "b=3"] } };
  for (const [method, options] of [["POST", {}], ["POST", { cookies: no }], ["PUT", {}], ["DELETE", {}], ["PATCH", { cookies: no }]]) {
    origin.routes[`${method} /form`] = origin.routes["POST /form"];
    const answer = await get("/form?q=%20+ä", { method, body, headers: { "content-type": "application/octet-stream" }, ...options });
    assert.deepEqual([answer.status, answer.headers.location, answer.setCookie], [302, "/done?x=1", ["a=1", "b=3"]], method);
    assert.deepEqual([origin.last().method, origin.last().url], [method, "/form?q=%20+%C3%A4"]);
    assert.ok(origin.last().body.equals(body));
  }
});

test("the origin is told what holds, and gets no cookie that is not granted", async () => {
  const cookies = { session: "1", _clck: "2", theme: '"a b"' };
  await get("/", { cookies, headers: { "x-consent": "analytics=1", "sec-gpc": "1", dnt: "1", "x-forwarded-host": "evil.example" } });
  const seen = origin.last();
  assert.equal(seen.headers["x-consent"], "analytics=0");
  assert.equal(seen.headers["sec-gpc"], "1");
  assert.equal(seen.headers.dnt, "1");
  assert.equal(seen.headers.cookie, 'session=1; theme="a b"');
  assert.equal(seen.headers["x-forwarded-host"], `${host}:${worker.port}`);
  const accepted = (await worker.fetch("/_privacy/choice", { host, form: { decision: "accept" } })).cookie("cookie_consent");
  await get("/", { cookies: { ...cookies, cookie_consent: accepted } });
  assert.equal(origin.last().headers["x-consent"], "analytics=1");
  assert.equal(origin.last().headers.cookie, `session=1; _clck=2; theme="a b"; cookie_consent=${accepted}`);
});

test("an origin that is down or talks nonsense is a page of ours", async () => {
  origin.routes["/reset"] = { reset: true };
  origin.routes["/nonsense"] = { raw: "this is no HTTP\r\n\r\n" };
  for (const path of ["/reset", "/nonsense"]) {
    for (const options of [{}, { cookies: yes }]) {
      const answer = await get(path, options);
      assert.equal(answer.status, 502, path);
      assert.equal(answer.headers["cache-control"], "no-store");
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.match(answer.headers["content-type"], /^text\/html/);
      assert.match(answer.text(), /try again|reload/i);
    }
    const program = await get(path, { headers: { accept: "application/json" } });
    assert.deepEqual([program.status, program.headers["content-type"]], [502, "application/problem+json"]);
  }
  const down = await startWorker({ bindings: { ORIGIN: "http://127.0.0.1:1" } });
  try {
    assert.equal((await down.fetch("/", { host })).status, 502);
    assert.equal((await down.fetch("/cookie-policy", { host })).status, 200);
  } finally {
    await down.stop();
  }
});

test("ORIGIN may have a path of its own", async () => {
  const below = await startWorker({ bindings: { ORIGIN: `${origin.url}/base/` } });
  try {
    for (const path of ["/", "/a/b?c=d&e", "/a?"]) {
      await below.fetch(path, { host });
      assert.equal(origin.last().url, `/base${path.replace(/\?$/, "")}`);
    }
  } finally {
    await below.stop();
  }
});

test("without ORIGIN a request goes where it was going", async () => {
  const zone = await startWorker({ upstream: origin.url, bindings: { SITE: "musictracker" } });
  try {
    const answer = await zone.fetch("/?x=1");
    assertEdited(answer);
    assert.deepEqual([origin.last().url, origin.last().headers["x-consent"]], ["/?x=1", "analytics=0"]);
    assert.equal(origin.last().headers["x-forwarded-host"], undefined);
    // Whole: what `fetch` is given besides the request takes the place of its headers, and of nothing else.
    for (const method of ["POST", "PUT"]) {
      const body = "a".repeat(100_000);
      await zone.fetch("/api", { method, body, headers: [["content-type", "text/plain"], ["x-a", "1"], ["x-a", "2"], ["x-consent", "analytics=1"], ["x-turnstile", "verified"]] });
      const { headers } = origin.last();
      assert.deepEqual([origin.last().method, String(origin.last().body), headers["content-type"], headers["x-a"]], [method, body, "text/plain", "1, 2"]);
      assert.deepEqual([headers["x-consent"], headers["x-turnstile"]], ["analytics=0", undefined]);
    }
    const before = origin.requests.length;
    origin.routes["/moved"] = () => ({ status: 307, headers: { location: "/elsewhere" } });
    const moved = await zone.fetch("/moved");
    assert.deepEqual([moved.status, moved.headers.location, origin.requests.length], [307, "/elsewhere", before + 1]);
  } finally {
    await zone.stop();
  }
});

test("a socket passes in both directions", async () => {
  const server = http.createServer().on("upgrade", (incoming, socket) => {
    const accept = createHash("sha1").update(`${incoming.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on("error", () => {});
    // A text frame that says "hi".
    socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const through = await startWorker({ bindings: { ORIGIN: `http://127.0.0.1:${server.address().port}` } });
  try {
    const seen = await new Promise((resolve, reject) => {
      const socket = net.connect(through.port, "127.0.0.1", () => {
        socket.write(`GET /live HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`);
      });
      let text = "";
      socket.setEncoding("latin1").on("data", (piece) => {
        text += piece;
        if (text.endsWith("hi")) socket.destroy(), resolve(text);
      });
      socket.on("error", reject).on("end", () => resolve(text)).setTimeout(5000, () => reject(new Error(text)));
    });
    assert.match(seen, /^HTTP\/1.1 101 /);
    assert.match(seen, /hi$/);
  } finally {
    await through.stop();
    server.closeAllConnections();
    server.close();
  }
});
