// The little origin that `npm start` puts behind the worker: four sites and a
// start page, told apart by the host that the visitor asked for. A page is the
// same bytes for everyone, save the one that says what the origin sees, so that
// anything else that differs in a browser is the worker's doing.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { layout } from "./layout.mjs";
import { originSees } from "./origin-sees.mjs";
import { startPage } from "./start-page.mjs";
import balancedMastering from "./sites/balanced-mastering.mjs";
import musicMuse from "./sites/musicmuse.mjs";
import musicTracker from "./sites/musictracker.mjs";
import trackNCloak from "./sites/trackncloak.mjs";

export const sites = [musicTracker, musicMuse, trackNCloak, balancedMastering];

/** Cloudflare's secret for tests that always pass: https://developers.cloudflare.com/turnstile/troubleshooting/testing/ */
export const testSecret = "1x0000000000000000000000000000000AA";

const asset = (name) => readFileSync(new URL(`assets/${name}`, import.meta.url), "utf8");
const types = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

/** `{ status, headers, body }` for one request; `headers` is a list of pairs. */
function answer(request, form) {
  const host = request.headers["x-forwarded-host"] ?? request.headers.host ?? "";
  const [path] = request.url.split("?", 1);
  const site = sites.find(({ id }) => host.split(/[.:]/, 1)[0] === id);
  const name = /^\/assets\/([a-z-]+\.(css|js|svg))$/.exec(path);
  if (name) return file(name[1], types[name[2]]);
  if (path === "/siteverify" && request.method === "POST") return siteverify(form);
  if (!site) return path === "/" ? html(startPage(sites, host)) : notFound();

  if (path === "/what-the-origin-sees") return { ...html(layout(site, originSees(request))), private: true };
  const page = site.pages[path];
  if (request.method === "POST") {
    const action = site.actions[path]?.(form);
    if (!action) return notFound(site);
    const order = action.command ? [["x-consent-command", action.command]] : [];
    return { status: 303, headers: [["location", action.to], ...order, ...cookies(action.cookies)], body: "" };
  }
  if (!page) return notFound(site);
  const query = new URLSearchParams(request.url.slice(path.length));
  const main = typeof page.main === "function" ? page.main(query) : page.main;
  const reply = html(layout(site, { path, ...page, main }));
  reply.headers.push(...cookies(site.always), ...cookies(page.cookies), ...cookies(page.remember?.(query)));
  return reply;
}

/** What Cloudflare answers to its own test secret, so that forms work without a network. */
function siteverify(form) {
  const right = form.get("secret") === testSecret && form.get("response") === "XXXX.DUMMY.TOKEN.XXXX";
  const said = right
    ? { success: true, "error-codes": [], challenge_ts: new Date().toISOString(), hostname: "example.com", metadata: { result_with_testing_key: true } }
    : { success: false, "error-codes": ["invalid-input-response"] };
  return { status: 200, headers: [["content-type", "application/json"]], body: JSON.stringify(said) };
}

const cookies = (lines = []) => lines.map((line) => ["set-cookie", line]);
const html = (body, status = 200) => ({ status, headers: [["content-type", "text/html; charset=utf-8"]], body });

function file(name, type) {
  try {
    return { status: 200, headers: [["content-type", `${type}; charset=utf-8`]], body: asset(name) };
  } catch {
    return notFound();
  }
}

function notFound(site) {
  if (!site) return { status: 404, headers: [["content-type", "text/plain; charset=utf-8"]], body: "There is no such page.\n" };
  return html(layout(site, { title: "Not found", main: `<h1>There is no such page</h1><p><a href="/">Back to the first page</a></p>` }), 404);
}

/** A form's fields; the demo's forms are small, whatever is longer is cut off. */
async function readForm(request) {
  let text = "";
  for await (const piece of request) text = (text + piece).slice(0, 65_536);
  return new URLSearchParams(text);
}

async function serve(request, response) {
  const reading = request.method === "GET" || request.method === "HEAD";
  if (!reading && request.method !== "POST") return response.writeHead(405, { allow: "GET, HEAD, POST" }).end();
  const { status, headers, body, private: mine } = answer(request, await readForm(request));
  const bytes = Buffer.from(body);
  if (reading && status === 200 && !mine) {
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 16)}"`;
    headers.push(["etag", etag], ["cache-control", "public, max-age=0, must-revalidate"]);
    if (request.headers["if-none-match"]?.includes(etag)) return response.writeHead(304, headers.flat()).end();
  } else {
    headers.push(["cache-control", "no-store"]);
  }
  headers.push(["content-length", String(bytes.length)]);
  response.writeHead(status, headers.flat()).end(request.method === "HEAD" ? undefined : bytes);
}

/** @returns `{ url, port, close }`; port 0 takes a free one. */
export async function startDemo(port = 0) {
  const server = http.createServer((request, response) =>
    serve(request, response).catch((error) => {
      console.error(`demo: ${error.stack}`);
      response.destroy();
    }),
  );
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const taken = server.address().port;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { url } = await startDemo(Number(process.env.PORT ?? 0));
  console.log(`The demo, with nothing in front of it: ${url} (send a Host such as musictracker.localhost)`);
}
