// The harness itself: a browser is found, sees *.localhost, and runs axe.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, startBrowser, watchRequests } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";

let browser, origin;
before(async () => {
  origin = await startOrigin({
    "*": `<!doctype html><html lang="en"><title>Harness</title><main><h1>Harness</h1><p id="js">without</p><img src="/x.png"></main>
      <script src="https://tags.example.com/t.js"></script><script>document.getElementById("js").textContent = "with"</script>`,
  });
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await origin?.stop();
});

test("a page at a *.localhost address, with and without JavaScript", async () => {
  for (const [javaScriptEnabled, seen] of [[true, "with"], [false, "without"]]) {
    const page = await browser.page({ javaScriptEnabled });
    const requests = await watchRequests(page.context());
    await page.goto(`http://musictracker.localhost:${origin.port}/`);
    assert.equal(await page.textContent("#js"), seen);
    assert.deepEqual(requests.outside(), javaScriptEnabled ? ["https://tags.example.com/t.js"] : []);
    await page.context().close();
  }
  assert.match(origin.last().headers.host, /^musictracker\.localhost:/);
});

test("axe finds what is wrong with a page", async () => {
  const page = await browser.page();
  await watchRequests(page.context());
  await page.goto(`http://localhost:${origin.port}/`);
  const faults = await accessibilityFaults(page);
  assert.equal(faults.length, 1);
  assert.match(faults[0], /^image-alt: /);
  await page.context().close();
});
