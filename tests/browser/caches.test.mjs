// Back, forward, reload and conditional requests never show another state's page, whatever the origin says of caching and
// whether or not the browser keeps whole pages in memory. Such pages are out of Playwright's reach when they come back: so
// each tells the origin what it shows, and is told where to go.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTraced } from "./traced.mjs";

const clarityTag = `<script>(function(c,l,a,r,i,t,y){c[a]=c[a]||function(){(c[a].q=c[a].q||[]).push(arguments)};t=l.createElement(r);t.async=1;t.src="https://www.clarity.ms/tag/"+i;y=l.getElementsByTagName(r)[0];y.parentNode.insertBefore(t,y);})(window,document,"clarity","script","page");</script>`;

/**
 * In one the tags are ours, and what watches over them stands beside; in the other pages carry them, and pass as they are once
 * all is granted: what a browser has of those in its memory nobody can take back (README, "Limits"), unless they ask for our
 * script, as here.
 */
const sites = { traced: "https://www.traced.example", musictracker: "https://musictracker.io" };

const date = "Mon, 23 Nov 2026 10:00:00 GMT";
const validators = {
  strong: { etag: '"strong"' },
  weak: { etag: 'W/"weak"' },
  "date-only": { "last-modified": date },
  fresh: { "cache-control": "max-age=3600", etag: '"fresh"' },
};

/** What is done, in order, and what the page that is there then must show. */
const steps = [
  ["go b", "asked", "b"],
  ["accept", "granted", "b"],
  ["back", "granted", "a"],
  ["forward", "granted", "b"],
  ["reload", "granted", "b"],
  ["withdraw", "refused", "a"],
  ["back", "refused", "b"],
  ["back", "refused", "a"],
  ["reload", "refused", "a"],
  ["reset and forward", "asked", "b"],
];

/** The page's side. A page that is about to be loaded again tells nothing. */
function drive() {
  let leaving;
  addEventListener("beforeunload", () => (leaving = true));
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const banner = () => document.body.shadowRoot?.querySelector("section[data-state]");
  const act = {
    "go b": () => (location.href = "b"),
    accept: () => new Promise((done) => {
      addEventListener("consentchange", done, { once: true });
      banner().querySelector("button[value=accept]").click();
    }),
    back: () => history.back(),
    forward: () => history.forward(),
    reload: () => location.reload(),
    withdraw: () => {
      document.body.insertAdjacentHTML("beforeend", `<form method="post" action="/_privacy/choice"><input name="decision" value="reject"><input name="return_to" value="${location.pathname.replace(/[^/]*$/, "a")}"></form>`);
      document.forms[0].submit();
    },
    "reset and forward": async () => {
      await fetch("/_privacy/reset", { method: "POST" });
      history.forward();
    },
    nothing: () => {},
  };
  const tell = async (persisted) => {
    if (persisted) leaving = false;
    await wait(350);
    if (leaving) return;
    const seen = { page: location.pathname.split("/").at(-1), persisted, banner: Boolean(banner()), held: document.querySelectorAll("script[data-consent-hold]").length, runs: Boolean(window.clarity) };
    const next = await (await fetch(`${location.pathname}/next`, { method: "POST", body: JSON.stringify(seen) })).text();
    await act[next]();
    if (next === "accept") await tell(false);
  };
  addEventListener("pageshow", ({ persisted }) => tell(persisted));
}

const runs = new Map();
const conditional = [];
const routes = {
  "*": (seen) => {
    const [, kind, page, next] = seen.path.split("/");
    const validator = validators[kind];
    if (next) {
      const run = runs.get(seen.headers["x-forwarded-host"] + kind + seen.headers["user-agent"]);
      run.told.push(JSON.parse(seen.body));
      if (run.told.length > steps.length) run.finish(run.told);
      return { headers: { "content-type": "text/plain" }, body: (steps[run.told.length - 1] ?? ["nothing"])[0] };
    }
    const tags = seen.headers["if-none-match"];
    conditional.push({ kind, asked: tags ?? seen.headers["if-modified-since"] });
    const same = tags ? validator.etag && tags.includes(validator.etag.replace("W/", "")) : seen.headers["if-modified-since"] === date;
    if (same) return { status: 304, headers: validator };
    const ours = seen.headers["user-agent"] === "keeps" && seen.headers["x-forwarded-host"] === "musictracker.io" ? `<script src="/_privacy/consent.js" defer></script>` : "";
    return { headers: validator, body: `<!doctype html><html lang="en"><head><title>${page}</title>${ours}${clarityTag}<script>(${drive})()</script></head><body><h1>${page}</h1></body></html>` };
  },
};

const stages = {};
before(async () => {
  const options = { routes, others: ["musictracker.io"], caches: true };
  stages["kept in memory"] = await startTraced({ ...options, userAgent: "keeps", ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  stages["not kept in memory"] = await startTraced({ ...options, userAgent: "forgets" });
});
after(() => Promise.all(Object.values(stages).map((stage) => stage.stop())));

const shows = { asked: { banner: true, held: 1, runs: false }, granted: { banner: false, held: 0, runs: true }, refused: { banner: false, held: 1, runs: false } };

for (const kind of Object.keys(validators)) {
  test(`${kind}: a page is always of the present state`, async () => {
    const all = Object.keys(stages).flatMap((memory) => Object.entries(sites).map(async ([site, origin]) => {
      const stage = stages[memory];
      const told = new Promise((finish) => {
        runs.set(new URL(origin).host + kind + (memory === "kept in memory" ? "keeps" : "forgets"), { told: [], finish });
      });
      const page = await stage.open(undefined, `${origin}/${kind}/a`);
      const reports = await told;
      const got = reports.map(({ page, banner, held, runs }) => ({ page, banner, held, runs }));
      const wanted = [["", "asked", "a"], ...steps].map(([, state, name]) => ({ page: name, ...shows[state] }));
      assert.deepEqual(got, wanted, `${site}, pages ${memory}`);
      assert.equal(reports.some(({ persisted }) => persisted), memory === "kept in memory", `${site}, pages ${memory}`);
      await page.close();
    }));
    await Promise.all(all);
    // What the origin is asked of it: its own validators or none, never ours.
    // What the origin is asked of it: its own validators or none, never ours. Dates don't tell states apart: for pages that
    // we edit they are taken out.
    const asked = conditional.filter((one) => one.kind === kind).map((one) => one.asked);
    for (const one of asked) assert.ok(one === undefined || !one.includes("ec1-"), one);
    if (kind !== "date-only") assert.ok(asked.some(Boolean), `something was asked again: ${asked}`);
  });
}
