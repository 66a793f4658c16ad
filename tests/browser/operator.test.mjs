// The operator's pages as people see them: axe finds no fault, nothing is cut off at 320 px, and signing in takes a
// keyboard alone. `SHOTS=<folder>` keeps pictures.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { setStage } from "./stage.mjs";

const site = "musictracker";
const token = "b3f1".repeat(16);
const admin = "/_privacy/admin";
const door = `${admin}/${createHmac("sha256", token).update("edge-consent door").digest("hex").slice(0, 32)}`;
const dayOf = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

let stage, record;
before(async () => {
  stage = await setStage(undefined, { bindings: { ADMIN_TOKEN: token } });
  const { worker } = stage;
  for (let ago = 1; ago <= 60; ago += 1) {
    const week = new Date(Date.now() - ago * 86_400_000).getUTCDay();
    const all = Math.round((week % 6 ? 1900 : 1100) * (1 + 0.15 * Math.sin(ago * 1.7)) * (1 - ago / 240));
    const [save, withdraw] = [Math.round(all * 0.06), Math.round(all * 0.01)];
    const accept = Math.round(all * (0.52 + 0.05 * Math.sin(ago)));
    const reject = all - accept - save - withdraw;
    const metadata = { v: 1, site, day: dayOf(ago), seal: { count: all, digest: "" }, forms: ago % 7, erased: ago % 5 ? 0 : 1, late: ago % 11 ? 0 : 4, gpc: Math.round(all * 0.04), dnt: Math.round(all * 0.07), decision: { accept, save, reject, withdraw }, surface: { banner: all - 40, preferences: 36, api: 4 }, categories: { necessary: all, analytics: accept + save }, language: { en: Math.round(all * 0.7), de: Math.round(all * 0.3) }, policy: ago > 25 ? { "3f9a1c0e5b7d2a48": all } : { "7d69bacc5f524a54": all }, country: { DE: Math.round(all * 0.4), US: Math.round(all * 0.2), GB: Math.round(all * 0.15), FR: Math.round(all * 0.1), XX: 12, "+": 31 }, months: 36 };
    // A day on which the scheduled job was not to be had.
    if (ago !== 17) await worker.kv.put(`day:${site}:${dayOf(ago)}`, JSON.stringify(metadata), { metadata });
  }
  await worker.fetch(stage.url(site, "/_privacy/choice"), { form: { decision: "save", category: "analytics", surface: "preferences" } });
  record = (await worker.kv.settled("receipt:", 1))[0].name.split(":").at(-1);
  for (const [number, [cookies, hosts]] of [[["_cart", "sb-*-token"], ["cdn.jsdelivr.example"]], [["_cart"], ["fonts.a-host-with-a-rather-long-name.example", "cdn.jsdelivr.example"]]].entries()) {
    await worker.kv.put(`seen:${site}:${dayOf(number)}:${number}`, "", { metadata: { c: cookies, h: hosts } });
  }
  await worker.kv.put(`mend:${site}:${dayOf(3)}:late:1`, "");
});
after(() => stage?.stop());

const pages = () => ({ overview: "", quarter: "?days=90", records: "/records", record: `/records?id=${record}`, missing: "/records?id=01K00000000000000000000000", gaps: "/gaps", "wrong-days": "/export?from=x" });

/** Faults that axe finds, and what sticks out of the window. */
async function look(page, name, options, shot) {
  const faults = (await accessibilityFaults(page, options)).map((fault) => `${name}: ${fault}`);
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (wide > window) faults.push(`${name}: ${wide} px wide in ${window}`);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${shot}.png`, fullPage: true });
  return faults;
}

for (const [name, context, options] of [
  ["light, on a desktop", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }, {}],
  ["dark, on a desktop", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }, { rules: ["color-contrast", "link-in-text-block"] }],
  ["light, on a small phone", { viewport: { width: 320, height: 640 }, colorScheme: "light" }, {}],
  ["dark, on a small phone", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }, { rules: ["color-contrast", "link-in-text-block"] }],
]) {
  test(`axe finds no fault and nothing sticks out, ${name}`, async () => {
    const shot = name.replaceAll(/[ ,]+/g, "-");
    const person = await stage.open(site, { ...context, path: door });
    const faults = await look(person, "sign-in", options, shot);
    await person.keyboard.type("wrong");
    await person.keyboard.press("Enter");
    await person.getByRole("alert").waitFor();
    faults.push(...(await look(person, "sign-in, wrong", options, shot)));
    await person.keyboard.type(token);
    await person.keyboard.press("Enter");
    await person.getByRole("heading", { name: "Answers", exact: true }).waitFor();
    assert.equal(person.url(), stage.url(site, admin), "signed in by keyboard alone");
    // What differs in the dark are colours, and these two pages have all of them.
    const seen = Object.entries(pages()).filter(([page]) => !options.rules || ["overview", "record"].includes(page));
    for (const [page, path] of seen) {
      await person.goto(stage.url(site, admin + path));
      await person.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
      faults.push(...(await look(person, page, options, shot)));
    }
    assert.deepEqual(faults, []);
    await person.getByRole("button", { name: "Sign out" }).click();
    await person.goto(stage.url(site, admin));
    assert.equal(await person.getByRole("button", { name: "Sign out" }).count(), 0);
    await person.done();
  });
}
