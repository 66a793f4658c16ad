// Real React over whole documents and roots, and libraries that put another body in place of the first.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { bannerOf, button, choiceOf, dialogOf, plainPage, setStage } from "./stage.mjs";

const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));

const versions = { "18.3": ["react", "react-dom"], 19: ["react19", "react-dom19"] };

/** The same application for the server and for the browser: a document with a counter, or an element with one. */
const application = `
  import { createElement as h, useEffect, useState } from "react";
  function Counter() {
    const [count, setCount] = useState(0);
    const [ready, setReady] = useState(false);
    useEffect(() => setReady(true), []);
    return h("button", { id: "count", "data-ready": String(ready), onClick: () => setCount(count + 1) }, "Pressed ", count, " times");
  }
  export const Root = () => h("main", null, h("h1", null, "React"), h(Counter), h("p", null, h("a", { href: "/_privacy/", "data-consent": "preferences", id: "settings" }, "Cookie settings")));
  export const Whole = ({ marks }) => h("html", { lang: "en" },
    h("head", null, h("meta", { charSet: "utf-8" }), h("title", null, "React"), marks ? h("link", { rel: "preload", as: "script", href: "/_next/static/chunks/main.js" }) : null, h("script", { src: "/app.js?" + (marks ? "marks" : ""), defer: true })),
    h("body", null, h("header", null, "Top"), h(Root), h("footer", null, "End")));`;

const client = (mode) => `
  import { createElement as h } from "react";
  import { hydrateRoot } from "react-dom/client";
  import { Root, Whole } from "application";
  globalThis.errors = [];
  const onRecoverableError = (error) => globalThis.errors.push(String(error));
  ${mode === "root" ? `hydrateRoot(document.getElementById("root"), h(Root), { onRecoverableError });` : `hydrateRoot(document, h(Whole, { marks: document.currentScript ? document.currentScript.src.endsWith("marks") : true }), { onRecoverableError });`}`;

const server = `
  import { createElement as h } from "react";
  import { renderToString } from "react-dom/server";
  import { Root, Whole } from "application";
  export const whole = (marks) => "<!DOCTYPE html>" + renderToString(h(Whole, { marks }));
  export const root = () => '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>React</title><script src="/app.js" defer></script></head><body><div id="root">' + renderToString(h(Root)) + "</div></body></html>";`;

async function bundle([react, dom], text, options) {
  const folders = { react: folderOf(react), "react-dom": folderOf(dom) };
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: process.cwd() },
    bundle: true, write: false, minify: true, define: { "process.env.NODE_ENV": '"production"' }, ...options,
    plugins: [{
      name: "versions",
      setup(bundler) {
        bundler.onResolve({ filter: /^application$/ }, () => ({ path: "application", namespace: "application" }));
        bundler.onLoad({ filter: /.*/, namespace: "application" }, () => ({ contents: application, resolveDir: process.cwd() }));
        bundler.onResolve({ filter: /^react(-dom)?(\/|$)/ }, ({ path, kind }) => {
          const [name, rest] = /^(react-dom|react)(.*)$/.exec(path).slice(1);
          return bundler.resolve(`./${rest.slice(1) || "index.js"}`, { resolveDir: folders[name], kind });
        });
      },
    }],
  });
  return outputFiles[0].text;
}

const stages = {};
before(async () => {
  for (const [version, packages] of Object.entries(versions)) {
    const code = await bundle(packages, server, { format: "cjs", platform: "node" });
    const module = { exports: {} };
    new Function("module", "exports", "require", code)(module, module.exports, require);
    const javascript = { "content-type": "text/javascript" };
    const scripts = { whole: await bundle(packages, client("whole"), { format: "iife" }), root: await bundle(packages, client("root"), { format: "iife" }) };
    const { whole, root } = module.exports;
    stages[version] = { pages: { "whole document, with Next's marks": [whole(true), scripts.whole], "whole document, without a mark": [whole(false), scripts.whole], "an element": [root(), scripts.root] }, javascript };
  }
  stages.stage = await setStage({ "*": plainPage() });
});
after(() => stages.stage?.stop());

for (const version of Object.keys(versions)) {
  for (const name of ["whole document, with Next's marks", "whole document, without a mark", "an element"]) {
    for (const how of ["banner", "dialog"]) {
      test(`React ${version}, ${name}: hydrates without a fault, and the page lives on past an answer in the ${how}`, async () => {
        const { stage } = stages;
        const { pages, javascript } = stages[version];
        const [html, script] = pages[name];
        stage.origin.routes["/react"] = html;
        stage.origin.routes["/app.js"] = { headers: javascript, body: script };
        const visitor = await stage.open("trackncloak", { path: "/react" });
        const count = visitor.locator("#count");
        await visitor.locator("#count[data-ready=true]").waitFor();
        assert.deepEqual(await visitor.evaluate(() => globalThis.errors), []);
        assert.deepEqual(visitor.faults, []);
        await count.click();
        assert.equal(await count.innerText(), "Pressed 1 times");
        assert.equal(await bannerOf(visitor).isVisible(), true);
        if (how === "banner") await button(visitor, "Accept").click();
        else {
          await visitor.locator("#settings").click();
          await dialogOf(visitor).getByRole("button", { name: "Accept all" }).click();
          await dialogOf(visitor).waitFor({ state: "detached" });
        }
        await bannerOf(visitor).waitFor({ state: "detached" });
        assert.equal((await choiceOf(visitor.context())).answers, "yy");
        await count.click();
        assert.equal(await count.innerText(), "Pressed 2 times");
        assert.deepEqual(await visitor.evaluate(() => globalThis.errors), []);
        const next = await visitor.goto(stage.url("trackncloak", "/react"));
        assert.equal(await next.text(), html);
        await visitor.done();
      });
    }
  }
}

/** The ways in which libraries bring the next page in. */
const visits = {
  "another body": () => {
    const body = document.createElement("body");
    body.innerHTML = "<h1>Next</h1>";
    document.body = body;
  },
  "the body replaced": () => {
    const body = document.createElement("body");
    body.innerHTML = "<h1>Next</h1>";
    document.body.replaceWith(body);
  },
  "the body's content replaced": () => {
    document.body.innerHTML = "<h1>Next</h1>";
  },
  "the whole document replaced": () => {
    const html = document.createElement("html");
    html.innerHTML = "<head><title>Next</title></head><body><h1>Next</h1></body>";
    document.replaceChild(html, document.documentElement);
  },
};

// A mark of Next's has the banner put last, in an element of its own.
const places = { first: plainPage(), last: plainPage("", `<link rel="prefetch" href="/_next/static/x.js">`) };

for (const [place, html] of Object.entries(places)) {
  for (const [name, visit] of Object.entries(visits)) {
    test(`${name}, the banner placed ${place}: it is there again, once, and works`, async () => {
      const { stage } = stages;
      stage.origin.routes["/turbo"] = html;
      const visitor = await stage.open("trackncloak", { path: "/turbo" });
      assert.equal(await visitor.locator("[data-consent-banner]").count(), place === "last" ? 1 : 0);
      for (let round = 0; round < 2; round += 1) {
        await visitor.evaluate(visit);
        await bannerOf(visitor).waitFor();
        assert.equal(await bannerOf(visitor).count(), 1);
        assert.equal(await visitor.locator("h1").innerText(), "Next");
        assert.equal(await visitor.locator("h1").isVisible(), true);
      }
      await bannerOf(visitor).getByText("Customize", { exact: true }).click();
      await dialogOf(visitor).waitFor();
      await visitor.keyboard.press("Escape");
      await dialogOf(visitor).waitFor({ state: "detached" });
      await button(visitor, "Reject").click();
      await bannerOf(visitor).waitFor({ state: "detached" });
      assert.equal((await choiceOf(visitor.context())).answers, "nn");
      // Nor does it come back.
      await visitor.evaluate(visit);
      assert.equal(await visitor.locator("h1").isVisible(), true);
      assert.equal(await bannerOf(visitor).count(), 0);
      assert.deepEqual(visitor.faults.filter((fault) => !/404|prefetch/.test(fault)), []);
      await visitor.done();
    });
  }
}
