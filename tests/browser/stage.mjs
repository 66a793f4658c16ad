// What every browser test stands on: an origin, the worker in front of it, and Chromium before both.

import { readFileSync } from "node:fs";
import { startBrowser, watchRequests } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

/** The sites with a banner, what its buttons say, and where it leads to the preference centre. */
export const asking = [
  { site: "musictracker", accept: "Accept all", refuse: "Essential only", customise: "Cookie settings", optional: ["analytics"] },
  { site: "trackncloak", accept: "Accept", refuse: "Reject", customise: "Customize", optional: ["functional", "analytics"] },
  { site: "balanced-mastering", accept: "Accept all", refuse: "Block all", customise: "Choose", optional: ["functional", "analytics"] },
];

export const sites = [...asking.map(({ site }) => site), "musicmuse"];

/** A page as people write them: header, links, a form, and a footer that leads to the settings. */
export const plainPage = (content = "", head = "") => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A page</title>${head}</head>
<body><header><a id="home" href="/">Home</a></header>
<main><h1>A page</h1><p>Some words, and <a id="more" href="/more">a link</a>.</p>${content}</main>
<footer><a id="settings" href="/_privacy/" data-consent="preferences">Cookie settings</a></footer></body></html>`;

/**
 * @returns `{ origin, worker, browser, url(site, path), open(site, options), stop() }`; `open` gives a page that has
 *   been to `options.path` in a context of its own, with `page.requests` (see `watchRequests`) and `page.faults`
 *   (exceptions and console errors); `page.done()` closes the context.
 */
export async function setStage(routes = { "*": plainPage() }, options = {}) {
  const origin = await startOrigin(routes);
  const worker = await startWorker({ ...options, bindings: { ORIGIN: origin.url, ...options.bindings } });
  const browser = await startBrowser();
  const url = (site, path = "/") => worker.url(`${site}.localhost`, path);
  const open = async (site, { path = "/", ...context } = {}) => {
    const page = await browser.page(context);
    await equip(page);
    page.answer = await page.goto(url(site, path));
    return page;
  };
  const stop = async () => {
    await browser.stop();
    await worker.stop();
    await origin.stop();
  };
  return { origin, worker, browser, url, open, stop };
}

export async function equip(page) {
  page.requests = await watchRequests(page.context());
  page.setDefaultTimeout(10_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.done = () => page.context().close();
  return page;
}

/** The banner, wherever it stands. */
export const bannerOf = (page) => page.locator("section[data-state]");
export const dialogOf = (page) => page.locator("dialog[open]");
export const button = (page, name) => bannerOf(page).getByRole("button", { name, exact: true });

/** What the browser keeps of a choice: `{ value, answers, receipt, expires, … }`, or undefined. */
export async function choiceOf(context) {
  const cookie = (await context.cookies()).find(({ name }) => name === "cookie_consent");
  if (!cookie) return undefined;
  const [, , signals, answers, receipt] = cookie.value.split("~");
  return { ...cookie, signals, answers: answers.split(".").map((answer) => answer[0]).join(""), receipt };
}

/** The state as the server sees this browser. */
export const stateOf = (page) => page.evaluate(async () => (await fetch("/_privacy/state")).json());

/** Notes every `consentchange` from now on. */
export const noteChanges = (page) => page.evaluate(() => {
  globalThis.changes = [];
  addEventListener("consentchange", ({ detail }) => globalThis.changes.push(detail));
});
export const changesOf = (page) => page.evaluate(() => globalThis.changes);

/** What has the focus, through all shadow roots: `{ tag, id, text, in }`, `in` being the host's tag or "page". */
export const focused = (page) => page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element) return { tag: "none" };
  const place = element.closest("section[data-state]") ? "banner" : element.closest("dialog") ? "dialog" : "page";
  return { tag: element.localName, id: element.id, text: element.textContent.trim().slice(0, 40), in: place };
});

export const daysFromNow = (seconds) => (seconds - Date.now() / 1000) / 86_400;

/** A colour as Chromium computes it (`rgb()`, `rgba()`, `color(srgb …)`), as [r, g, b, a] with r, g, b up to 255. */
export function parseColour(text) {
  const numbers = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
  return text.startsWith("color(srgb") ? [...numbers.slice(0, 3).map((part) => part * 255), numbers[3] ?? 1] : [...numbers.slice(0, 3), numbers[3] ?? 1];
}

/** WCAG 2.2's contrast ratio of two computed colours. */
export function contrast(one, other) {
  const luminance = (colour) => {
    const [red, green, blue] = parseColour(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

export const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
