// The demo by itself: a faulty origin would make every test in front of it lie.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sites, startDemo } from "../../demo/origin.mjs";
import { accessibilityFaults, startBrowser, watchRequests } from "../support/browser.mjs";
import { request } from "../support/worker.mjs";

const pages = [["localhost", "/"], ...sites.flatMap(({ id, pages }) => [...Object.keys(pages), "/what-the-origin-sees", "/no-such-page"].map((path) => [`${id}.localhost`, path]))];

let demo, browser;
before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await demo?.close();
});

const get = (host, path, options) => request(demo.url + path, { ...options, headers: { "X-Forwarded-Host": host, ...options?.headers } });

test("axe finds nothing on any page, light or dark, and nothing overflows a phone", async () => {
  const context = await browser.context({ reducedMotion: "reduce" });
  const requests = await watchRequests(context);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(`${page.url()}: ${error.message}`));
  for (const [host, path] of pages) {
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`http://${host}:${demo.port}${path}`);
    assert.deepEqual(await accessibilityFaults(page), [], `${host}${path}`);
    // Only colours depend on the scheme.
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await accessibilityFaults(page, { rules: ["color-contrast"] }), [], `${host}${path} in dark`);
    await page.setViewportSize({ width: 320, height: 640 });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${host}${path} is ${excess} px too wide`);
  }
  assert.deepEqual(errors, []);
  // The tags are there for the worker to hold: without it, they load.
  for (const host of ["www.clarity.ms", "www.googletagmanager.com", "js.stripe.com", "checkout.razorpay.com", "fonts.googleapis.com"]) {
    assert.ok(requests.outside().some((url) => new URL(url).host === host), host);
  }
  await context.close();
});

test("every page but one is the same bytes for every visitor", async () => {
  for (const [host, path] of pages) {
    const one = await get(host, path);
    const other = await get(host, path, { headers: { "X-Consent": "analytics=1", "Sec-GPC": "1" }, cookies: { "theme-mode": "dark", mm_session: "x" } });
    const same = one.body.equals(other.body);
    assert.equal(same, path !== "/what-the-origin-sees", `${host}${path}`);
    if (same && one.status === 200) assert.equal((await get(host, path, { headers: { "If-None-Match": one.headers.etag } })).status, 304);
  }
});

test("the site is told by X-Forwarded-Host, else by Host", async () => {
  assert.match((await get("trackncloak.localhost:8787", "/")).text(), /data-site="trackncloak"/);
  assert.match((await request(demo.url, { host: "musicmuse.localhost" })).text(), /data-site="musicmuse"/);
  const start = (await get("localhost:8787", "/")).text();
  assert.match(start, /data-site="start"/);
  assert.match(start, /http:\/\/balanced-mastering\.localhost:8787\//);
});

test("forms are thanked for, and cookies are set as the policies name them", async () => {
  const names = async (host, path, form) => {
    const answer = await get(`${host}.localhost`, path, form && { form });
    assert.equal(answer.status, form ? 303 : 200, path);
    return answer.setCookie.map((line) => line.split("=", 1)[0]);
  };
  assert.deepEqual(await names("musictracker", "/feedback", { message: "hi" }), []);
  assert.deepEqual(await names("musictracker", "/login", { email: "a" }), ["next-auth.session-token"]);
  assert.deepEqual(await names("musicmuse", "/login", { email: "a" }), ["mm_session"]);
  assert.deepEqual(await names("trackncloak", "/login"), ["next-auth.csrf-token", "next-auth.callback-url"]);
  assert.deepEqual(await names("trackncloak", "/reports?channel=email"), ["report-filters"]);
  assert.deepEqual(await names("balanced-mastering", "/"), ["usage-stats", "session-id"]);
  assert.deepEqual(await names("balanced-mastering", "/upload", { song: "A" }), ["upload-history"]);
  assert.deepEqual(await names("balanced-mastering", "/preferences", { target: "-9" }), ["user-preferences"]);
});

test("functional cookies of the page's own script wait for a yes", async () => {
  for (const [granted, expected] of [["true", "theme-mode=dark"], ["false", ""]]) {
    const context = await browser.context({ colorScheme: "light" });
    await watchRequests(context);
    await context.route("**/_privacy/state", (route) => route.fulfill({ json: { categories: { functional: granted === "true" } } }));
    const page = await context.newPage();
    await page.goto(`http://balanced-mastering.localhost:${demo.port}/`);
    await page.click("#theme");
    await page.waitForFunction((wanted) => document.documentElement.dataset.theme === "dark" && document.cookie.split("; ").filter((pair) => pair.startsWith("theme")).join() === wanted, expected);
    await context.close();
  }
});
