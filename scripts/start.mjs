// `npm start`: builds, puts the worker in front of a site on this machine, and
// builds again when something changes.
//
//   npm start                                    in front of the demo, on port 8787
//   npm start -- --port 8788                     on another one
//   npm start -- --origin https://example.com    in front of a site of your own
//   npm start -- --site musictracker             http://localhost is this site, too
//
// PORT, ORIGIN and SITE in the environment mean the same.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import util from "node:util";
import { build } from "./build.mjs";
import { Trouble, inRoot, main, packageBin, requireEverything, requireNode, root } from "./setup.mjs";

function wanted() {
  const option = { type: "string" };
  let values;
  try {
    ({ values } = util.parseArgs({ options: { port: option, origin: option, site: option } }));
  } catch (error) {
    throw new Trouble(error.message);
  }
  const { port = process.env.PORT ?? "8787", origin = process.env.ORIGIN, site = process.env.SITE } = values;
  if (!/^\d+$/.test(port) || port < 1 || port > 65_535) throw new Trouble(`${port} is no port.`);
  if (origin && !/^https?:$/.test(URL.canParse(origin) && new URL(origin).protocol)) throw new Trouble(`${origin} is no address of a site: it begins with https:// or http://.`);
  if (site && !siteIds().includes(site)) throw new Trouble(`There is no site ${site}: sites/ has ${siteIds().join(", ")}.`);
  return { port: Number(port), origin, site };
}

function requireFreePort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", ({ code }) =>
      reject(new Trouble(code === "EADDRINUSE" ? `Port ${port} is taken. Stop what listens there, or use another: npm start -- --port ${port + 1}` : `Port ${port} can't be used (${code}).`)),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(resolve));
  });
}

async function demo() {
  const { startDemo, testSecret } = await import("../demo/origin.mjs");
  const running = await startDemo();
  // Its form works without an account or a network; who has a secret of his own tries that.
  const own = existsSync(inRoot(".dev.vars")) && readFileSync(inRoot(".dev.vars"), "utf8").includes("TURNSTILE_");
  return { ...running, vars: own ? {} : { TURNSTILE_SECRET: testSecret, TURNSTILE_SITEVERIFY_URL: `${running.url}/siteverify` } };
}

/**
 * What wrangler says, without what only matters to those who deploy. It has no
 * setting for this; a line that isn't known here is shown.
 */
function* readable(line, state) {
  const text = line.replace(/\u001b\[[\d;]*m/g, "").replace(/^\[(custom build|wrangler:\w+)\] ?/, "");
  // Without a network there is no `request.cf` of this machine; a stand-in is used.
  if (/Unable to fetch the `Request\.cf` object/.test(text)) state.stack = true;
  if (state.stack && /Request\.cf|^\s+at |^\S*Error: /.test(text)) return;
  state.stack = false;
  const noise = [/^\s*$/, /⛅️/, /^─+$/, /^[┌│├└]/, /^Running: node scripts/, /^Attaching additional modules/, /^Your Worker has access/, /^Binding\s+Resource/, /^env\./, /Scheduled Workers are not automatically/, /To manually trigger a scheduled/, /cdn-cgi\/handler\/scheduled/, /cron-triggers/, /^Total Upload/, /^⎔ (Starting|Reloading)/, /Logs were written to/, /^Ready on/, ...(state.up ? [] : [/^build\/ is/])];
  if (noise.some((pattern) => pattern.test(text))) return;
  if (/^The file .* changed/.test(text)) {
    if (state.up) yield "\nSomething changed, building…";
  } else if (/^⎔ Local server updated/.test(text)) yield "Reloaded.";
  else yield text;
}

const siteIds = () => {
  try {
    return readdirSync(inRoot("sites"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  } catch {
    return [];
  }
};

function welcome(port, behind) {
  const lines = [`http://localhost:${port}`, ...siteIds().map((id) => `http://${id}.localhost:${port}`)];
  console.log(`\nedge-consent is up:\n\n${lines.map((line) => `  ${line}`).join("\n")}\n\nBehind it: ${behind}. Change something in sites/, services/, languages/ or src/, and reload.\nDays are sealed when you open http://localhost:${port}/cdn-cgi/handler/scheduled. Ctrl-C stops it.\n`);
}

function wrangler(port, vars) {
  return spawn(
    process.execPath,
    [packageBin("wrangler"), "dev", "--port", String(port), "--ip", "127.0.0.1", "--show-interactive-dev-session=false", ...Object.entries(vars).flatMap(([name, value]) => (value ? ["--var", `${name}:${value}`] : []))],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C reaches this script alone, which then ends everything in order.
      detached: process.platform !== "win32",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", FORCE_COLOR: "0" },
    },
  );
}

main(async () => {
  requireNode(); // before anything that an old one lacks
  const { port, origin, site } = wanted();
  await requireEverything();
  await requireFreePort(port);
  // For wrangler's builds too, which inherit it: see scripts/build.mjs.
  process.env.EDGE_CONSENT_WATCHED = "1";
  await build();
  const own = origin ? undefined : await demo();
  const child = wrangler(port, { ORIGIN: origin ?? own.url, SITE: site, ...own?.vars });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    const end = (signal) => {
      try {
        process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
      } catch {
        // it has ended by itself
      }
    };
    end("SIGINT");
    setTimeout(() => end("SIGKILL"), 3000).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);

  const state = { up: false };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      if (stopping) return;
      for (const text of readable(line, state)) console.log(text);
      if (!state.up && line.includes("Ready on")) {
        state.up = true;
        welcome(port, origin ?? `the demo (${own.url})`);
      }
    });
  }
  const code = await new Promise((resolve) => child.on("close", resolve));
  await own?.close();
  if (!stopping) throw new Trouble(`wrangler has ended by itself, with code ${code}.`);
});
