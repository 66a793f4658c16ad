// Forms that only people may send, as people see them: with a stand-in for Turnstile's script, and without JavaScript.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { accessibilityFaults, startBrowser } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";
import { standInForApi, startSiteverify } from "../support/turnstile.mjs";
import { startWorker } from "../support/worker.mjs";
import { equip, plainPage } from "./stage.mjs";

const API = "https://challenges.cloudflare.com/turnstile/v0/api.js";
const contactForm = `<form method="post" action="/contact"><p><label>Name <input name="name" required></label></p>
<p><label>Password <input type="password" name="password"></label></p>
<p><label>Message <textarea name="message"></textarea></label></p><p><button id="send">Send</button></p></form>`;
const uploadForm = `<form method="post" enctype="multipart/form-data"><label>Name <input name="name"></label> <label>Picture <input type="file" name="picture"></label><button id="send">Send</button></form>`;

let origin, siteverify, worker, browser;
before(async () => {
  const thanks = { status: 303, headers: { location: "/thanks" } };
  origin = await startOrigin({
    "GET /contact": plainPage(contactForm, `<script src="https://www.clarity.ms/tag/x"></script>`),
    "POST /contact": thanks,
    "GET /upload": plainPage(uploadForm),
    "POST /upload": thanks,
    "GET /thanks": plainPage("<p>Thank you.</p>"),
  });
  siteverify = await startSiteverify();
  worker = await startWorker({ testSites: true, bindings: { ORIGIN: origin.url, TURNSTILE_SECRET: siteverify.secret, TURNSTILE_SITEVERIFY_URL: siteverify.url } });
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await worker?.stop();
  await Promise.all([origin?.stop(), siteverify?.stop()]);
});

const url = (path) => worker.url("forms.localhost", path);

/** A page that has been to `path`, everything optional refused; its widgets get `page.tokens` in turn, then good ones. */
async function open(path, { answered = true, ...options } = {}) {
  const page = await browser.page(options);
  await equip(page);
  page.tokens = [];
  const { loads } = await standInForApi(page.context(), (action) => page.tokens.shift() ?? siteverify.token({ action }));
  page.loads = loads;
  if (answered) {
    await page.goto(url("/_privacy/"));
    await page.locator("button[value=reject]").first().click();
  }
  await page.goto(url(path));
  origin.clear();
  return page;
}

/** What stands where the widget would. */
async function says(page, pattern) {
  const sentence = page.locator("noscript strong");
  assert.ok(await sentence.isVisible());
  assert.match(await sentence.innerText(), pattern);
}

const posts = () => origin.requests.filter(({ method }) => method === "POST");
const fields = () => Object.fromEntries(new URLSearchParams(posts().at(-1).body.toString()));

test("fill in, submit, refused, try again with what was typed, accepted; where everything optional was refused", async () => {
  const page = await open("/contact", { locale: "de-DE" });
  page.tokens.push("forged");
  await page.getByLabel("Name").fill('Ada "the first" <b>');
  await page.getByLabel("Password").fill("hunter2");
  await page.getByLabel("Message").fill("one\ntwo");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Verified").waitFor();
  await page.click("#send");
  await page.getByRole("heading", { name: "Noch nicht gesendet" }).waitFor();
  assert.equal(posts().length, 0);
  assert.ok(!(await page.content()).includes("hunter2"));
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByText("Ihre Eingaben", { exact: true }).click();
  await page.getByText("one\ntwo").waitFor();
  await page.getByLabel("password").fill("hunter3");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Verified").waitFor();
  await page.getByRole("button", { name: "Noch einmal senden" }).click();
  await page.getByText("Thank you.").waitFor();
  assert.equal(posts().length, 1);
  const { "cf-turnstile-response": token, ...typed } = fields();
  assert.deepEqual(typed, { name: 'Ada "the first" <b>', password: "hunter3", message: "one\r\ntwo" });
  assert.ok(siteverify.spent(token));
  assert.equal(posts()[0].headers["x-turnstile"], "verified");
  // Refused is refused, and Turnstile is not among it.
  assert.deepEqual(page.requests.outside().filter((address) => address !== API), []);
  // The browser says of the two answers that they are no success; nothing else went wrong.
  assert.deepEqual(page.faults.filter((fault) => !/status of 403/.test(fault)), []);
  await page.done();
});

test("with the keyboard alone, and Turnstile's script loaded once", async () => {
  const page = await open("/contact");
  assert.deepEqual(page.loads, [API]);
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Ada");
  for (const [key, text] of [["Tab"], ["Tab", "Hello"]]) {
    await page.keyboard.press(key);
    if (text) await page.keyboard.type(text);
  }
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Verify");
  await page.keyboard.press("Enter");
  await page.getByText("Verified").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "send");
  await page.keyboard.press("Enter");
  await page.getByText("Thank you.").waitFor();
  assert.deepEqual([fields().name, fields().message], ["Ada", "Hello"]);
  assert.deepEqual(page.faults, []);
  await page.done();
});

test("without JavaScript the page says what to do, and so does the refusal", async () => {
  const page = await open("/contact", { javaScriptEnabled: false, locale: "fr-FR", answered: false });
  await says(page, /^Ce formulaire a besoin de JavaScript .* écrire à post@forms\.test\.$/);
  await page.getByLabel("Name").fill("Ada");
  await page.click("#send");
  await page.getByRole("heading", { name: "Pas encore envoyé" }).waitFor();
  await says(page, /^Ce formulaire a besoin de JavaScript/);
  assert.equal(await page.locator('input[name="name"]').getAttribute("value"), "Ada");
  assert.equal(posts().length, 0);
  await page.done();
});

test("before an answer to the banner, too", async () => {
  const page = await open("/contact", { answered: false });
  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Verified").waitFor();
  await page.evaluate(() => document.querySelector("form[action='/contact']").requestSubmit());
  await page.getByText("Thank you.").waitFor();
  await page.done();
});

test("files are chosen again, and reach the origin", async () => {
  const page = await open("/upload");
  page.tokens.push("forged");
  const picture = { name: "p.png", mimeType: "image/png", buffer: Buffer.from("not really") };
  for (const label of ["Picture", "picture"]) {
    if (label === "Picture") await page.getByLabel("Name").fill("Ada");
    await page.getByLabel(label, { exact: true }).setInputFiles(picture);
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText("Verified").waitFor();
    await page.locator("form").last().locator("button").last().click();
    await page.getByText(label === "Picture" ? "We don't keep passwords" : "Thank you.").waitFor();
  }
  const [post] = posts();
  assert.equal(posts().length, 1);
  const body = post.body.toString();
  assert.match(body, /name="name"\r\n\r\nAda\r\n/);
  assert.match(body, /filename="p\.png"\r\nContent-Type: image\/png\r\n\r\nnot really\r\n/);
  assert.ok(!body.includes("cf-turnstile-response"));
  await page.done();
});

test("the widget fits a phone of 320 pixels, and strict policies let it in", async () => {
  const policies = ["", "default-src 'self'; script-src 'nonce-n'; frame-src 'none'", "default-src 'self'; script-src 'strict-dynamic' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"];
  for (const [width, size] of [[1280, "flexible"], [320, "compact"]]) {
    for (const [at, policy] of policies.entries()) {
      origin.routes["GET /contact"] = { headers: policy ? { "content-security-policy": policy } : {}, body: plainPage(`<blockquote>${contactForm}</blockquote>`) };
      const page = await open("/contact", { viewport: { width, height: 700 } });
      await page.getByRole("button", { name: "Verify" }).waitFor();
      assert.equal(await page.locator(".cf-turnstile").getAttribute("data-size"), size, policy);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${width} ${at}`);
      // Styles of the stand-in's are set by script, which no policy minds.
      assert.deepEqual(page.faults, [], policy);
      await page.done();
    }
  }
});

const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));

test("where React draws the form, an element that it leaves alone holds the widget", async () => {
  for (const [react, dom] of [["react", "react-dom"], ["react19", "react-dom19"]]) {
    const application = `
      import { createElement as h, useState } from "react";
      import { hydrateRoot } from "react-dom/client";
      globalThis.errors = [];
      const nothing = { __html: "" }; // React 19 takes another object for another content
      const App = () => {
        const [count, setCount] = useState(0);
        return h("form", { method: "post", action: "/join" }, h("input", { name: "name", "aria-label": "Name" }),
          h("div", { id: "captcha", dangerouslySetInnerHTML: nothing }),
          h("button", { id: "count", type: "button", onClick: () => setCount(count + 1) }, "Pressed ", count), h("button", { id: "send" }, "Send"));
      };
      hydrateRoot(document.getElementById("root"), h(App), { onRecoverableError: (error) => globalThis.errors.push(String(error)) });`;
    const folders = { react: folderOf(react), "react-dom": folderOf(dom) };
    const versions = { name: "versions", setup: (bundler) => bundler.onResolve({ filter: /^react(-dom)?(\/|$)/ }, ({ path, kind }) => {
      const [name, rest] = /^(react-dom|react)(.*)$/.exec(path).slice(1);
      return bundler.resolve(`./${rest.slice(1) || "index.js"}`, { resolveDir: folders[name], kind });
    }) };
    const { outputFiles } = await build({ stdin: { contents: application, resolveDir: process.cwd() }, bundle: true, write: false, minify: true, define: { "process.env.NODE_ENV": '"production"' }, plugins: [versions] });
    origin.routes["GET /app.js"] = { headers: { "content-type": "text/javascript" }, body: outputFiles[0].text };
    const form = '<form method="post" action="/join"><input name="name" aria-label="Name"><div id="captcha"></div><button id="count" type="button">Pressed <!-- -->0</button><button id="send">Send</button></form>';
    origin.routes["GET /react"] = plainPage(`<div id="root">${form}</div>`, '<script src="/app.js" defer></script>');
    origin.routes["POST /join"] = { status: 303, headers: { location: "/thanks" } };
    const page = await open("/react");
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText("Verified").waitFor();
    await page.click("#count");
    await page.getByText("Pressed 1").waitFor();
    await page.getByLabel("Name").fill("Ada");
    await page.click("#send");
    await page.getByText("Thank you.").waitFor();
    assert.equal(posts().at(-1).body.toString(), "name=Ada", react);
    assert.deepEqual(page.faults, [], react);
    await page.done();
  }
});
