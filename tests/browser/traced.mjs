// The stage for the test site whose tags we put in: TLS, its real-looking hosts, stand-ins for third parties, and a profile
// as people have it.

import { startProfile } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";
import { bannerOf } from "./stage.mjs";
import { startThirdParties } from "./third-parties.mjs";

export const host = "www.traced.example";

/**
 * `routes` are the origin's, in place of `page`; `others` are more hosts that lead to the worker. With `caches` the browser
 * trusts the certificate by its key, and not just overlooks that nobody vouches for it: of such pages it caches nothing. But
 * what it asks for by itself gets through then, too.
 *
 * @returns `{ origin, worker, profile, parties, page, open(prepare, address), answer(page, decision), withScript(page),
 *   quiet(page), hosts(), stop() }`. `page` is what the origin answers: `head`, `body` and `headers`, fresh for each `open`
 *   if it was changed before it. `withScript` is what a footer with our script does.
 */
export async function startTraced({ routes = {}, others = [], caches, ...options } = {}) {
  const page = { head: "", body: "", headers: {} };
  let current = page;
  const origin = await startOrigin({
    "*": (seen) => ({
      headers: current.headers,
      body: `<!doctype html><html lang="en"><head><title>Page</title>${current.head}</head><body><main><h1>${seen.path}</h1>${current.body}<a href="/_privacy/" data-consent="preferences">Cookie settings</a></main></body></html>`,
    }),
    "/favicon.ico": { status: 204 },
    ...routes,
  });
  const parties = await startThirdParties();
  const worker = await startWorker({ testSites: true, bindings: { ORIGIN: origin.url }, miniflare: { httpsKey: parties.key, httpsCert: parties.cert } });
  const own = ["traced.example", "*.traced.example", ...others].map((name) => `MAP ${name} 127.0.0.1:${worker.port}`);
  const rules = [...own, `MAP * 127.0.0.1:${parties.port}`];
  const trust = caches ? [`--ignore-certificate-errors-spki-list=${parties.pin}`] : [];
  const profile = await startProfile({ args: [`--host-resolver-rules=${rules.join(",")}`, ...trust], ignoreHTTPSErrors: !caches, ...options });

  const open = async (prepare, address = `https://${host}/`) => {
    current = { ...page };
    Object.assign(page, { head: "", body: "", headers: {} });
    const tab = await profile.context.newPage();
    const devtools = await profile.context.newCDPSession(tab);
    await devtools.send("Network.clearBrowserCache");
    await devtools.send("Network.clearBrowserCookies");
    await devtools.send("Storage.clearDataForOrigin", { origin: new URL(address).origin, storageTypes: "all" });
    tab.setDefaultTimeout(10_000);
    tab.faults = [];
    tab.on("pageerror", (error) => tab.faults.push(String(error)));
    tab.on("console", (message) => message.type() === "error" && tab.faults.push(message.text()));
    await prepare?.(tab, devtools);
    parties.clear();
    await tab.goto(address);
    return tab;
  };
  const answer = async (tab, decision) => {
    await bannerOf(tab).locator(`button[value=${decision}]`).click();
    await bannerOf(tab).waitFor({ state: "detached" });
  };
  const withScript = async (tab) => {
    await tab.evaluate(() => window.consent || document.head.append(Object.assign(document.createElement("script"), { src: "/_privacy/consent.js" })));
    await tab.waitForFunction(() => window.consent?.state.decided);
  };
  const quiet = async (tab, still = 400) => {
    await tab.waitForLoadState();
    for (let count = -1; count !== parties.seen.length; ) {
      count = parties.seen.length;
      await tab.waitForTimeout(still);
    }
  };
  const hosts = () => [...new Set(parties.seen.map((address) => address.split("/")[0]))].sort();
  const stop = async () => {
    await profile.stop();
    await Promise.all([worker.stop(), origin.stop(), parties.stop()]);
  };
  return { origin, worker, profile, parties, page, open, answer, withScript, quiet, hosts, stop };
}
