// Chromium for the tests: found on the machine or installed, never skipped.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"];
const macOs = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = () => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...macOs].find(runnable);
};

/** Debian's own package, where we may install one. */
function install() {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).error) return undefined;
  console.error("No browser found: installing Debian's chromium…");
  const apt = (...args) => spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  apt("update");
  apt("install", "-y", "--no-install-recommends", "chromium");
  return onPath();
}

/** The path of a Chromium, or an error that says how to get one. */
export function findBrowser() {
  const chosen = process.env.EDGE_CONSENT_CHROMIUM;
  if (chosen) {
    if (runnable(chosen)) return chosen;
    throw new Error(`EDGE_CONSENT_CHROMIUM is ${chosen}, which is no program.`);
  }
  const playwrights = chromium.executablePath();
  const found = onPath() ?? (existsSync(playwrights) ? playwrights : undefined) ?? install();
  if (found) return found;
  throw new Error("The browser tests need Chrome or Chromium: install one, or set EDGE_CONSENT_CHROMIUM to its path.");
}

/** Nothing that would reach for the network by itself, so that what is seen is the page's. */
const flags = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run", "--disable-gpu"];

// As root (in a container) Chromium's sandbox refuses to start.
const switches = (more = []) => [...flags, ...more, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];

/**
 * A profile as people have it, with `args` as more of Chromium's switches: contexts of a browser are private windows, in
 * which third parties keep no cookies. What it keeps is for each test to clear.
 *
 * @returns `{ context, stop() }`
 */
export async function startProfile({ args, ...options }) {
  const folder = mkdtempSync(join(tmpdir(), "edge-consent-profile-"));
  mkdirSync(join(folder, "Default"));
  // 0: third parties keep cookies, as in the browsers of most people; some builds of Chromium come with another setting.
  writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(folder, { executablePath: findBrowser(), args: switches(args), viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  const stop = async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { context, stop };
}

/**
 * @returns `{ browser, context(options), page(options), stop() }`. Options are Playwright's
 *   (`javaScriptEnabled`, `colorScheme`, `reducedMotion`, `forcedColors`, `viewport`,
 *   `extraHTTPHeaders`, `locale`, …). `*.localhost` is loopback for Chromium by itself.
 */
export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: switches(),
  });
  const context = (options = {}) => browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  return {
    browser,
    context,
    page: async (options) => (await context(options)).newPage(),
    stop: () => browser.close(),
  };
}

/**
 * Keeps a page off the real network: what isn't loopback is answered with nothing,
 * and every URL that the page asked for is noted.
 *
 * @returns `{ all, outside(), clear() }`, `outside()` being those that would have left this machine
 */
export async function watchRequests(contextOrPage) {
  const all = [];
  const local = (url) => /^https?:\/\/([^/:]+\.)?localhost(:|\/)|^https?:\/\/127\.0\.0\.1(:|\/)|^(data|blob|about):/.test(url);
  contextOrPage.on("request", (request) => all.push(request.url()));
  await contextOrPage.route(
    (url) => !local(url.href),
    (route) => route.fulfill({ status: 200, contentType: "text/javascript", body: "" }),
  );
  return { all, outside: () => all.filter((url) => !local(url)), clear: () => all.splice(0) };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe-core finds wrong, one readable line each; an empty list is the aim.
 * `include` is a selector; `rules` are axe's, by id, instead of the usual sets.
 */
export async function accessibilityFaults(page, { include, rules, tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } = {}) {
  const runOnly = rules ? { type: "rule", values: rules } : { type: "tag", values: tags };
  // Through the debugger, which the page's own CSP doesn't reach.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(([root, runOnly]) => globalThis.axe.run(root ?? globalThis.document, { runOnly, rules: runOnly.type === "tag" ? { "target-size": { enabled: true } } : {} }), [include, runOnly]);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} at ${node.target.join(" ")} ${node.failureSummary?.split("\n").slice(1).join("; ").trim()}`));
}
