// The standard's own documents, with a withheld tag in each: what Chromium parses of them before and after differs only by
// what was held.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";
import { standardDocuments } from "../support/standard.mjs";
import { startWorker } from "../support/worker.mjs";

const tags = ['<img src="https://www.clarity.ms/x">', '<script src="https://www.clarity.ms/y"></script>', '<iframe src="https://www.clarity.ms/z"></iframe>'];

/** Each document with a tag at its beginning, its end, or behind one of its own tags. */
const documents = standardDocuments().map((page, at) => {
  const places = [0, ...[...page.matchAll(/>/g)].map((found) => found.index + 1), page.length];
  const place = places[(at * 7) % places.length];
  return page.slice(0, place) + tags[at % tags.length] + page.slice(place);
});

test("Chromium parses the standard's documents as before, but for what is held", async () => {
  assert.ok(documents.length > 1200, `${documents.length} documents`);
  const origin = await startOrigin({
    "/": "<!doctype html><title>t</title><body>x",
    // As a part of a page, and as what it was.
    "*": ({ path }) => {
      const [, kind, number] = path.split("/");
      return { headers: { "content-type": kind === "raw" ? "text/plain; charset=utf-8" : "text/html; charset=utf-8" }, body: documents[number] ?? "" };
    },
  });
  const [worker, browser] = await Promise.all([startWorker({ bindings: { ORIGIN: origin.url } }), startBrowser()]);
  try {
    const page = await browser.page();
    await page.goto(worker.url("musictracker.localhost", "/"));
    const different = await page.evaluate(async (count) => {
      const load = ["src", "srcset", "href", "xlink:href", "type", "srcdoc"];
      // What is ignored, or may be read in two ways, gives way to an empty comment.
      const tidy = (parent) => [...parent.childNodes].forEach((child) => child.nodeType === 8 && !child.data && child.remove());
      const walk = (node) => {
        tidy(node);
        for (const element of node.querySelectorAll("*")) {
          if (element.localName === "template" && element.content) walk(element.content);
          const loads = load.some((name) => /clarity/.test(element.getAttribute(name) ?? ""));
          if (loads || element.hasAttribute("data-consent-hold")) {
            for (const name of [...load, "data-consent-hold", ...load.map((name) => `data-consent-${name}`)]) element.removeAttribute(name);
          }
          tidy(element);
        }
        node.normalize();
      };
      const parsed = (text) => {
        const parsed = new DOMParser().parseFromString(text, "text/html");
        const live = [...parsed.querySelectorAll("img, script, iframe")].filter((element) => element.namespaceURI.endsWith("xhtml") && /clarity/.test(element.getAttribute("src") ?? ""));
        walk(parsed);
        return { live: live.length, tree: parsed.documentElement.outerHTML };
      };
      const one = async (number) => {
        const [before, after] = await Promise.all(["raw", "part"].map(async (kind) => (await fetch(`/${kind}/${number}`)).text()));
        const [was, is] = [parsed(before), parsed(after)];
        // There end tags, and whole elements, may be replaced (src/origin/hold/mod.rs); what is live counts there as well.
        const replaced = /<(frameset|noscript|svg|math)/i.test(before);
        return !is.live && (replaced || was.tree === is.tree) ? [] : [{ before, after, live: is.live, was: was.tree, is: is.tree }];
      };
      const found = [];
      for (let at = 0; at < count; at += 50) found.push(...(await Promise.all(Array.from({ length: Math.min(50, count - at) }, (_, step) => one(at + step)))).flat());
      return found;
    }, documents.length);
    assert.deepEqual(different.slice(0, 5), [], `${different.length} of ${documents.length}`);
    const held = await (await worker.fetch(`/part/${documents.findIndex((text) => text.startsWith("<img"))}`, { host: "musictracker.io" })).text();
    assert.match(held, /data-consent-hold/);
  } finally {
    await Promise.all([browser.stop(), worker.stop(), origin.stop()]);
  }
});
