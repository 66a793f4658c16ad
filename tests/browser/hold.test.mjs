// Tags that the page itself carries, in Chromium: nothing is asked of a third party before a yes, everything after it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDemo } from "../../demo/origin.mjs";
import { accessibilityFaults, startBrowser, watchRequests } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

let demo, origin, browser, inFrontOfDemo, worker;
before(async () => {
  demo = await startDemo();
  origin = await startOrigin();
  [browser, inFrontOfDemo, worker] = await Promise.all([
    startBrowser(),
    startWorker({ bindings: { ORIGIN: demo.url } }),
    startWorker({ bindings: { ORIGIN: origin.url } }),
  ]);
});
after(async () => {
  await Promise.all([browser?.stop(), inFrontOfDemo?.stop(), worker?.stop(), origin?.stop(), demo?.close()]);
});

/** A visitor; third parties answer with scripts that write down that they ran. */
async function visitor(options) {
  const context = await browser.context(options);
  const requests = await watchRequests(context);
  const note = (url) => `(window.ran = window.ran || []).push(${JSON.stringify(new URL(url).pathname.split("/").at(-1))})`;
  const slow = (url) => (url.includes("slow") ? 300 : 0);
  for (const hosts of ["**://*.clarity.ms/**", "**://www.googletagmanager.com/**"]) {
    await context.route(hosts, async (route) => {
      const url = route.request().url();
      await new Promise((resolve) => setTimeout(resolve, slow(url)));
      if (url.includes("frame")) return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Frame</title><p id=frame>The frame itself" });
      return route.fulfill({ contentType: "text/javascript", headers: { "access-control-allow-origin": "*" }, body: note(url) });
    });
  }
  const page = await context.newPage();
  return { context, page, requests, hosts: () => [...new Set(requests.outside().map((url) => new URL(url).host))].sort() };
}

const accept = (page) => page.click("button[value=accept]");
const refuse = (page) => page.click("button[value=reject]");
const at = (site, path = "/", runtime = worker) => runtime.url(`${site}.localhost`, path);
/** The page of which the test is about: as musictracker's, whose Clarity isn't granted yet. */
const serve = (head, body = "") => {
  origin.routes["*"] = (seen) =>
    seen.path === "/"
      ? { body: `<!doctype html><html lang="en"><head><title>Page</title>${head}</head><body><main><h1>Page</h1>${body}</main></body></html>` }
      : { headers: { "content-type": "text/javascript" }, body: `(window.ran = window.ran || []).push("${seen.path.slice(1)}")` };
};

for (const [site, host] of [["musictracker", "www.clarity.ms"], ["balanced-mastering", "www.googletagmanager.com"]]) {
  test(`${site}: ${host} is asked nothing before a yes, and on a yes without a reload`, async () => {
    const { context, page, hosts } = await visitor();
    await page.goto(at(site, "/", inFrontOfDemo), { waitUntil: "networkidle" });
    assert.deepEqual(hosts(), []);
    await page.evaluate(() => (window.same = true));
    await accept(page);
    await page.waitForFunction(() => window.ran);
    assert.deepEqual(hosts(), [host]);
    assert.ok(await page.evaluate(() => window.same));
    // The next page is the origin's.
    const next = page.waitForResponse((response) => response.url().endsWith("/login"));
    await page.goto(at(site, "/login", inFrontOfDemo), { waitUntil: "networkidle" });
    const seen = await (await next).body();
    const own = await fetch(`${demo.url}/login`, { headers: { "x-forwarded-host": `${site}.localhost` } });
    // But for what Google is told before its tag runs.
    const told = /<script>[^<]*"consent","default"[^<]*document\.currentScript\.remove\(\)<\/script>/;
    const text = seen.toString();
    assert.equal(told.test(text), site === "balanced-mastering");
    assert.equal(text.replace(told, ""), await own.text());
    await context.close();
  });

  test(`${site}: after a no, the next pages ask ${host} nothing`, async () => {
    const { context, page, hosts } = await visitor();
    await page.goto(at(site, "/", inFrontOfDemo));
    await refuse(page);
    await page.waitForFunction(() => !document.body.shadowRoot?.querySelector("section"));
    await page.goto(at(site, "/login", inFrontOfDemo), { waitUntil: "networkidle" });
    assert.deepEqual(hosts(), []);
    assert.ok((await page.content()).includes("data-consent-hold"));
    assert.equal(await page.locator("button[value=accept]").count(), 0);
    await context.close();
  });
}

test("scripts run in the order of the document, with all that they have", async () => {
  serve(
    `<script src="https://www.clarity.ms/slow.js" onload="ran.push('its onload')"></script>
     <script id="inline">/* clarity.ms/tag/ */ window.ran.push("inline of " + document.currentScript.id)</script>
     <script src="https://www.clarity.ms/gone.js?nomodule" nomodule></script>
     <script type="text/javascript" defer src="https://www.clarity.ms/second.js"></script>
     <script type="module">import "https://www.clarity.ms/module.js"</script>
     <script type="module" src="https://www.clarity.ms/outer.js"></script>
     <script>/* clarity.ms/tag/ */ window.ran.push("last")</script>`,
  );
  const { context, page, hosts } = await visitor();
  await page.goto(at("musictracker"), { waitUntil: "networkidle" });
  assert.deepEqual(hosts(), []);
  await accept(page);
  await page.waitForFunction(() => window.ran?.includes("last") && window.ran.includes("module.js"));
  const ran = await page.evaluate(() => window.ran);
  assert.deepEqual(ran.filter((name) => name !== "module.js"), ["slow.js", "its onload", "inline of inline", "second.js", "outer.js", "last"]);
  await context.close();
});

test("nothing is preloaded, whatever a tag repeats", async () => {
  serve(
    `<script src="/blocks.js"></script>
     <script src="https://www.clarity.ms/a.js" type="text/javascript" type="module"></script>
     <script type="application/json" type="text/javascript" src="https://www.clarity.ms/a.js"></script>
     <script SRC=https:&sol;&sol;www.clarity.ms/b.js async></script>
     <link rel="preload" as="script" href="https://www.clarity.ms/c.js"><link rel="preconnect" href="//www.clarity.ms">
     <link rel="stylesheet" href="https://www.clarity.ms/d.css" href="https://www.clarity.ms/e.css">`,
    `<img src="/own.png" src="https://c.bing.com/a.gif" alt=""><img srcset="https://c.bing.com/b.gif 1x" alt="">
     <picture><source srcset="https://c.bing.com/c.gif"><img src="/own.png" alt=""></picture>
     <video poster="https://c.bing.com/d.gif"></video><object data="https://c.bing.com/e.html"></object><embed src="https://c.bing.com/f">
     <svg><image href="https://c.bing.com/g.gif"/><script href="https://www.clarity.ms/h.js"></script><script>window.drawn = "clarity.ms/tag/"</script></svg>
     <iframe src="https://www.clarity.ms/frame"></iframe><div style="display:none"><input type="image" src="https://c.bing.com/i.gif" alt=""></div>`,
  );
  const blocks = origin.routes["*"];
  origin.routes["*"] = async (seen) => {
    if (seen.path === "/blocks.js") await new Promise((resolve) => setTimeout(resolve, 500));
    return blocks(seen);
  };
  const { context, page, requests, hosts } = await visitor();
  await page.goto(at("musictracker"), { waitUntil: "networkidle" });
  assert.deepEqual(requests.outside(), []);
  assert.equal(await page.evaluate(() => window.drawn), undefined);
  await accept(page);
  await page.waitForFunction(() => window.drawn && !document.querySelector("[data-consent-hold]"));
  const names = ["a.js", "b.js", "c.js", "d.css", "b.gif", "d.gif", "e.html", "f", "g.gif", "h.js", "frame", "i.gif"];
  const missing = () => names.filter((name) => !requests.outside().some((url) => url.endsWith(`/${name}`)));
  for (let turn = 0; missing().length && turn < 100; turn += 1) await page.waitForTimeout(50);
  assert.deepEqual(missing(), []);
  assert.deepEqual(hosts(), ["c.bing.com", "www.clarity.ms"]);
  await context.close();
});

test("without JavaScript, a noscript pixel is held and the rest of it isn't", async () => {
  serve("", `<noscript><img src="https://c.bing.com/c.gif" alt="A pixel"><p id="own">Ours</p></noscript>`);
  const { context, page, requests } = await visitor({ javaScriptEnabled: false });
  await page.goto(at("musictracker"), { waitUntil: "networkidle" });
  assert.deepEqual(requests.outside(), []);
  assert.equal(await page.textContent("#own"), "Ours");
  await accept(page);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(requests.outside(), ["https://c.bing.com/c.gif"]);
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`a frame says what is withheld, and loads once or always, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    serve("", `<iframe src="https://www.clarity.ms/frame?a=1&amp;b=2" width="300" height="180" title="A frame"></iframe>`);
    const { context, page, requests } = await visitor({ javaScriptEnabled });
    await page.goto(at("musictracker"), { waitUntil: "networkidle" });
    assert.deepEqual(requests.outside(), []);
    const inside = page.frameLocator("iframe");
    assert.equal(await inside.locator("h1").textContent(), "Microsoft Clarity is not loaded");
    await inside.getByRole("link", { name: "Load once" }).click();
    assert.equal(await inside.locator("#frame").textContent(), "The frame itself");
    assert.deepEqual(requests.outside(), ["https://www.clarity.ms/frame?a=1&b=2"]);
    // Once is once.
    await page.goto(at("musictracker"), { waitUntil: "networkidle" });
    await inside.getByRole("button", { name: "Always allow Microsoft Clarity" }).click();
    await inside.locator("#frame").waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    assert.equal(await page.locator("button[value=accept]").count(), 0);
    await context.close();
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing wrong with a placeholder in ${colorScheme}, and it fits into small frames`, async () => {
    serve("", [[300, 180], [200, 100], [640, 360]].map(([width, height]) => `<iframe src="https://www.clarity.ms/frame" width="${width}" height="${height}" title="A frame of ${width}"></iframe>`).join(""));
    const { context, page } = await visitor({ colorScheme });
    await page.goto(at("musictracker"), { waitUntil: "networkidle" });
    for (const frame of page.frames().slice(1)) {
      assert.deepEqual(await accessibilityFaults(frame), []);
      const box = await frame.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.querySelector("a").getBoundingClientRect().bottom - innerHeight]);
      assert.ok(box[0] <= 0, `too wide by ${box[0]}`);
      assert.ok(box[1] <= 0, `the link is ${box[1]} below`);
    }
    await context.close();
  });
}
