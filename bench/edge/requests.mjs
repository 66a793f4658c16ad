// CPU of workerd per request, against what somebody would write by hand.

import { ask } from "../lib/load.mjs";
import { compare } from "../lib/measure.mjs";
import { micro, table, times } from "../lib/table.mjs";
import { built, byHand, start } from "../lib/workerd.mjs";
import { variant } from "../lib/builds.mjs";

const browser = { accept: "text/html,*/*;q=0.8", "accept-language": "en-GB,en;q=0.9", "accept-encoding": "gzip, br", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" };
const other = (dest) => ({ ...browser, accept: "*/*", "sec-fetch-dest": dest, "sec-fetch-mode": "no-cors", "sec-fetch-site": "same-origin" });

export const visit = (site, path, headers = {}) => ({ host: `${site}.bench.example`, path, headers: { ...browser, ...headers } });
export const choose = (site, decision) => ({
  ...visit(site, "/_privacy/choice", { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", origin: `http://${site}.bench.example` }),
  method: "POST",
  body: `surface=banner&return_to=%2F&decision=${decision}`,
  status: 303,
});

/** Asks a worker once for what the hand-written ones are made with: banner, policy and cookies. */
export async function prepare(origin) {
  const folder = await variant("bench");
  const ours = built(folder);
  const worker = await start(ours, { origin });
  const once = async (request) => {
    const answer = await ask(worker.port, { ...request, keep: true });
    if (answer.status !== (request.status ?? 200)) throw new Error(`${request.path} was answered with ${answer.status}: ${answer.body} ${worker.complaints.join("")}`);
    return answer;
  };
  const cookies = {};
  for (const site of ["plain", "tags", "five", "fifty", "many"]) {
    for (const decision of ["accept", "reject"]) {
      const { headers } = await once(choose(site, decision));
      cookies[`${site} ${decision}`] = headers["set-cookie"].find((line) => line.startsWith("cookie_consent=")).split(";", 1)[0];
    }
  }
  const page = String((await once(visit("tags", "/60k-40"))).body);
  const banner = /<template shadowrootmode.*?<\/template>/s.exec(page)[0];
  const frame = /srcdoc="(?<document>[^"]*)"/.exec(page).groups.document.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const inventory = JSON.parse((await once(visit("tags", "/_privacy/policy.json"))).body);
  const policy = String((await once(visit("tags", "/cookie-policy"))).body);
  await worker.stop();
  return { ours, cookies, banner, frame, policy: byHandPolicy(inventory, policy) };
}

/** What the hand-written policy page is made of, so that it is about as long as ours. */
function byHandPolicy({ categories, cookies, services }, page) {
  const text = (value) => (typeof value === "string" ? value : (value?.en ?? ""));
  return JSON.stringify({
    style: /<style>(?<style>.*?)<\/style>/s.exec(page).groups.style,
    prose: "<p>We use as few cookies as we can, and say here what they are for.</p>".repeat(6),
    categories: categories.map(({ id, name, purpose, digest }) => ({ id, name: text(name), purpose: text(purpose), digest: digest ?? "00000000" })),
    cookies: cookies.map(({ name, category, purpose, duration, provider }) => ({ name, category, purpose: text(purpose), duration: JSON.stringify(duration ?? ""), provider: provider ?? "Bench" })),
    services: services.map(({ name, company, purpose, privacy }) => ({ name, company, purpose: text(purpose), privacy: privacy ?? "" })),
    notice: "What was shown, word for word. ".repeat(40),
  });
}

export async function requests({ origin, quick }) {
  const { ours, cookies, banner, frame, policy } = await prepare(origin);
  const pass = byHand("pass");
  const append = byHand("append", { BANNER: banner });
  const rewriter = byHand("rewriter", { BANNER: banner, FRAME: frame });
  const own = byHand("own", { POLICY: policy });
  const cases = [];
  const add = (name, limit, against, worker, request, size) => cases.push({ name, limit, against, worker, request, size });

  for (const size of ["60k", "1m"]) add(`decided, nothing to edit, ${size}`, 1.15, "pass-through", pass, visit("plain", `/${size}-0`, { cookie: `session=abc; ${cookies["plain accept"]}` }), size);
  add("image passing by, 60 kB", 1.15, "pass-through", pass, { ...visit("tags", "/image"), headers: { ...other("image"), cookie: cookies["tags reject"] } }, "60k");
  let visitors = 0;
  add("image passing by, each time another visitor", 1.15, "pass-through", pass, { ...visit("tags", "/image"), headers: other("image"), each: () => ({ cookie: `${cookies["tags reject"]}; visitor=${(visitors += 1)}` }) }, "60k");
  add("script passing by, 55 kB", 1.15, "pass-through", pass, { ...visit("tags", "/script"), headers: { ...other("script"), cookie: cookies["tags reject"] } }, "60k");
  add("API answer passing by, 1 kB", 1.15, "pass-through", pass, { ...visit("tags", "/api"), headers: { ...other("empty"), cookie: cookies["tags reject"] } }, "60k");
  for (const coding of ["", "-gzip"]) {
    const name = coding ? ", gzipped origin" : "";
    for (const size of ["60k", "1m"]) add(`banner, no tag rules, ${size}${name}`, 1.1, "append by hand", append, visit("plain", `/${size}-0${coding}`), size);
    for (const size of ["60k", "1m"]) add(`banner and 40 tags held, ${size}${name}`, 0.75, "HTMLRewriter by hand", rewriter, visit("tags", `/${size}-40${coding}`), size);
  }
  add("policy page", 1.3, "by hand", own, visit("tags", "/cookie-policy"), "60k");
  add("choice with its KV writes", 1.3, "by hand", own, choose("tags", "accept"), "60k");

  const rows = [];
  for (const { name, limit, against, worker, request, size } of cases) {
    const large = size === "1m";
    const bodied = !name.startsWith("policy") && !name.startsWith("choice");
    const found = await compare(
      { ours: { worker: ours, request }, against: { worker, request }, ...(bodied && worker !== pass && { untouched: { worker: pass, request } }) },
      { origin, rounds: quick ? 5 : 20, processes: quick ? 1 : 4, requests: large ? 30 : 250, warmup: large ? 60 : quick ? 700 : 1000 },
    );
    const { ours: us, against: them, untouched } = found;
    rows.push([name, micro(us.cpu), `${Math.round(us.rate)}/s`, against, micro(them.cpu), `${Math.round(them.rate)}/s`, times(them.ratio), `${them.low.toFixed(2)}–${them.high.toFixed(2)}`, `≤ ${limit}`, them.ratio <= limit ? "yes" : "no", untouched ? times(untouched.ratio) : ""]);
    console.log(rows.at(-1).join(" · "));
  }
  return {
    title: "At the edge: CPU of workerd per request",
    text: table(["case", "ours", "", "against", "theirs", "", "ratio", "quartiles", "aim", "met", "ours ÷ untouched"], rows),
    notes: [
      "Workerd processes of their own for each contender (four one after the other, in a quick run one), the same origin in another, contenders in turn; medians over the rounds. Single processes of one and the same worker lie up to a tenth apart for as long as they live. “untouched” is a worker that returns the origin's response object.",
      "But for the case that says otherwise, all requests of a case are one visitor's, one behind the other: what passes by is decided once in each second and said again for the others, as with a page's images and scripts. A request that comes alone costs what it does “each time another visitor”, which keeps up to 256 of them besides. What stands in the way where an aim is missed: docs/adr/0018.",
    ],
  };
}
