// On the wire, in Chromium: which third parties are asked, and what is kept, for each site and each choice. Hosts are the
// real ones and so are the domains of cookies; behind them stand an origin that sets and loads all that it can, and
// stand-ins that do what the real ones do.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startProfile } from "../support/browser.mjs";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";
import { bannerOf, dialogOf } from "./stage.mjs";
import { isClaritysOwn, startThirdParties } from "./third-parties.mjs";

const hosts = {
  musictracker: "musictracker.io",
  musicmuse: "musicmuse.astrionix.io",
  trackncloak: "trackncloak.com",
  "balanced-mastering": "balancedmastering.com",
  traced: "www.traced.example",
};

const clarityTag = `<script>(function(c,l,a,r,i,t,y){c[a]=c[a]||function(){(c[a].q=c[a].q||[]).push(arguments)};t=l.createElement(r);t.async=1;t.src="https://www.clarity.ms/tag/"+i;y=l.getElementsByTagName(r)[0];y.parentNode.insertBefore(t,y);})(window,document,"clarity","script","page");</script>`;
const gtag = `<script async src="https://www.googletagmanager.com/gtag/js?id=G-PAGE"></script><script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}gtag('js',new Date());gtag('config','G-PAGE');</script>`;

/** What each site's pages load by themselves, and which cookies its origin sets with them. */
const pages = {
  musictracker: { head: `<script src="https://challenges.cloudflare.com/turnstile/v0/api.js" async></script>${clarityTag}`, cookies: ["next-auth.csrf-token"] },
  musicmuse: { head: `<link rel="stylesheet" href="https://fonts.googleapis.com/css2"><script src="https://js.stripe.com/v3/"></script>`, cookies: ["mm_session"] },
  trackncloak: { head: `<script src="https://checkout.razorpay.com/v1/checkout.js"></script>`, cookies: ["next-auth.session-token", "sidebar-collapsed", "report-filters"] },
  "balanced-mastering": { head: `<script src="https://js.stripe.com/v3/"></script>${gtag}`, cookies: ["auth-token", "theme-mode", "usage-stats"] },
  traced: {
    head: `<script>window.addEventListener("error",()=>{})</script>`,
    body: `<iframe src="https://www.youtube.com/embed/1" title="Video"></iframe><script src="https://connect.facebook.net/en_US/fbevents.js"></script>`,
    cookies: ["session", "undeclared", "experiment"],
  },
};

/**
 * The table: for each site, who is asked and what is kept. \`always\` in every case; \`granted\` besides, once everything is.
 * Cookies are written name@domain, with a dot where subdomains have them too; storage as name@local or name@session.
 */
const table = {
  musictracker: {
    always: { hosts: ["challenges.cloudflare.com"], kept: ["next-auth.csrf-token@musictracker.io"] },
    granted: {
      hosts: ["c.clarity.ms", "k.clarity.ms", "www.clarity.ms"],
      kept: ["_clck@.musictracker.io", "_clsk@.musictracker.io", "_cltk@session", "CLID@www.clarity.ms", "MUID@c.clarity.ms", "SM@c.clarity.ms"],
    },
  },
  musicmuse: { always: { hosts: ["fonts.googleapis.com", "js.stripe.com"], kept: ["mm_session@musicmuse.astrionix.io", "__stripe_mid@.astrionix.io"] } },
  trackncloak: {
    always: { hosts: ["checkout.razorpay.com"], kept: ["next-auth.session-token@trackncloak.com", "razorpay_api_session@checkout.razorpay.com"] },
    granted: { hosts: [], kept: ["sidebar-collapsed@trackncloak.com", "report-filters@trackncloak.com"] },
  },
  "balanced-mastering": {
    always: { hosts: ["js.stripe.com"], kept: ["auth-token@balancedmastering.com", "__stripe_mid@.balancedmastering.com"] },
    granted: {
      hosts: ["region1.google-analytics.com", "www.googletagmanager.com"],
      kept: ["_ga@.balancedmastering.com", "_ga_PAGE@.balancedmastering.com", "theme-mode@balancedmastering.com", "usage-stats@balancedmastering.com"],
    },
  },
  traced: {
    always: { hosts: [], kept: ["session@www.traced.example"] },
    granted: {
      hosts: [
        "bat.bing.com", "c.clarity.ms", "connect.facebook.net", "googleads.g.doubleclick.net", "k.clarity.ms", "region1.google-analytics.com",
        "www.clarity.ms", "www.facebook.com", "www.googletagmanager.com", "www.youtube.com",
      ],
      kept: [
        "_clck@.traced.example", "_clsk@.traced.example", "_cltk@session", "_fbp@.traced.example", "_ga@.traced.example", "_ga_TRACED@.traced.example", "_gcl_au@.traced.example",
        "_uetsid@.traced.example", "_uetvid@.traced.example", "_uetsid@local", "_uetsid_exp@local", "experiment@www.traced.example",
        "CLID@www.clarity.ms", "IDE@googleads.g.doubleclick.net", "MUID@bat.bing.com", "MUID@c.clarity.ms", "SM@c.clarity.ms", "YSC@www.youtube.com",
      ],
    },
  },
};

let origin, parties, profile, worker;
before(async () => {
  origin = await startOrigin({
    "*": (seen) => {
      const [site] = Object.entries(hosts).find(([, host]) => host === seen.headers["x-forwarded-host"]) ?? ["traced"];
      if (seen.path === "/favicon.ico") return { status: 204 };
      const { head, body = "", cookies } = pages[site];
      return {
        headers: { "set-cookie": cookies.map((name) => `${name}=1; Path=/; Max-Age=86400; Secure; HttpOnly`) },
        body: `<!doctype html><html lang="en"><head><title>Page</title>${head}</head><body><main><h1>Page</h1>${body}<a href="/_privacy/" data-consent="preferences">Cookie settings</a></main></body></html>`,
      };
    },
  });
  parties = await startThirdParties();
  worker = await startWorker({ testSites: true, bindings: { ORIGIN: origin.url }, miniflare: { httpsKey: parties.key, httpsCert: parties.cert } });
  const own = Object.values(hosts).flatMap((host) => [`MAP ${host} 127.0.0.1:${worker.port}`]);
  const rules = [...own, `MAP traced.example 127.0.0.1:${worker.port}`, `MAP * 127.0.0.1:${parties.port}`];
  profile = await startProfile({ args: [`--host-resolver-rules=${rules.join(",")}`], ignoreHTTPSErrors: true });
});
after(() => Promise.all([profile?.stop(), worker?.stop(), origin?.stop(), parties?.stop()]));

/** Waits until nobody has been asked anything for a while. */
async function quiet(page, still = 400) {
  await page.waitForLoadState();
  for (let count = -1; count !== parties.seen.length; ) {
    count = parties.seen.length;
    await page.waitForTimeout(still);
  }
}

/** A visitor who has never been here, on a page of the site. */
async function open(site, { gpc, path = "/" } = {}) {
  const page = await profile.context.newPage();
  const devtools = await profile.context.newCDPSession(page);
  await devtools.send("Network.clearBrowserCache");
  await devtools.send("Network.clearBrowserCookies");
  for (const host of Object.values(hosts)) await devtools.send("Storage.clearDataForOrigin", { origin: `https://${host}`, storageTypes: "all" });
  if (gpc) {
    await page.setExtraHTTPHeaders({ "sec-gpc": "1" });
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true }));
  }
  page.setDefaultTimeout(10_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  parties.clear();
  await page.goto(`https://${hosts[site]}${path}`);
  return page;
}

const press = async (page, decision) => {
  await bannerOf(page).locator(`button[value=${decision}]`).click();
  await bannerOf(page).waitFor({ state: "detached" });
};

/** Takes everything back in the dialog; a page of somebody who has answered has no script of ours unless it asks for it. */
async function withdraw(page) {
  await page.evaluate(() => document.head.append(Object.assign(document.createElement("script"), { src: "/_privacy/consent.js" })));
  await page.waitForFunction(() => window.consent?.state.decided);
  await page.evaluate(() => addEventListener("consentchange", () => (window.done = Date.now())));
  await page.getByText("Cookie settings").click();
  await dialogOf(page).locator("button[value=reject]").click();
  await dialogOf(page).waitFor({ state: "detached" });
  return page.evaluate(() => window.done);
}

const asked = () => [...new Set(parties.seen.map((address) => address.split("/")[0]))].sort();

async function kept(page) {
  const cookies = (await page.context().cookies()).filter(({ name }) => name !== "cookie_consent").map(({ name, domain }) => `${name}@${domain}`);
  const storage = await page.evaluate(() => [...Object.keys(localStorage).map((key) => `${key}@local`), ...Object.keys(sessionStorage).map((key) => `${key}@session`)]);
  return [...cookies, ...storage].sort();
}

const sorted = (list) => [...list].sort();
const expected = ({ always, granted }, yes) => ({ hosts: sorted([...always.hosts, ...(yes && granted ? granted.hosts : [])]), kept: sorted([...always.kept, ...(yes && granted ? granted.kept : [])]) });
const found = async (page) => ({ hosts: asked(), kept: await kept(page) });

for (const [site, row] of Object.entries(table)) {
  const asks = Boolean(row.granted);
  for (const choice of asks ? ["no choice", "refuse", "accept", "accept, then withdraw", "GPC on"] : ["no choice", "GPC on"]) {
    test(`${site}, ${choice}: who is asked, and what is kept`, async () => {
      const page = await open(site, { gpc: choice === "GPC on" });
      await quiet(page);
      assert.equal(await bannerOf(page).count(), asks ? 1 : 0);
      assert.deepEqual(await found(page), expected(row, false), "before an answer");
      if (choice === "refuse") await press(page, "reject");
      if (choice.startsWith("accept")) {
        await press(page, "accept");
        await quiet(page);
        assert.deepEqual(asked(), expected(row, true).hosts, "on the page that was answered");
      }
      if (choice === "accept, then withdraw") {
        await page.goto(page.url());
        await quiet(page);
        const everything = expected(row, true);
        assert.deepEqual(await found(page), everything, "while it stands");
        const done = await withdraw(page);
        await quiet(page, 700);
        // What Clarity has recorded by then it sends as it stops.
        const sent = parties.since(done);
        assert.ok(sent.length <= 1 && sent.every((address) => address === "k.clarity.ms/collect"), `after the withdrawal: ${sent}`);
        assert.deepEqual(parties.since(done + 150), [], "later");
        parties.clear();
        await page.goto(page.url());
        await quiet(page);
        const rest = expected(row, false);
        // What third parties keep on their own domains is theirs.
        const own = hosts[site].split(".").slice(-2).join(".");
        const third = everything.kept.filter((one) => !one.includes(own) && !/@(local|session)$/.test(one));
        assert.deepEqual(await found(page), { hosts: rest.hosts, kept: sorted(new Set([...rest.kept, ...third])) }, "on the next page");
      } else {
        parties.clear();
        await page.goto(page.url());
        await quiet(page);
        assert.deepEqual(await found(page), expected(row, choice === "accept"), "on the next page");
      }
      assert.deepEqual(page.faults.filter((fault) => !isClaritysOwn(fault)), []);
      await page.close();
    });
  }
}
