// What a visitor waits for, and what the runtime holds: first byte of a slow origin, memory over many requests and for a
// long page.

import { ask, load } from "../lib/load.mjs";
import { median } from "../lib/measure.mjs";
import { table } from "../lib/table.mjs";
import { byHand, start } from "../lib/workerd.mjs";
import { prepare, visit } from "./requests.mjs";

const ms = (number) => `${number.toFixed(1)} ms`;
const mb = (number) => `${number.toFixed(1)} MB`;

export async function streams({ origin, quick }) {
  const { ours, cookies } = await prepare(origin);
  const worker = await start(ours, { origin });
  const pass = await start(byHand("pass"), { origin });
  try {
    const rows = [await firstByte(worker, pass, quick), await longPage(worker, pass), await manyRequests(worker, pass, cookies, quick)];
    return {
      title: "Waiting and memory",
      text: table(["what", "ours", "pass-through", "difference", "aim", "met"], rows),
      notes: [
        "Memory is that of the whole process. It rises with the first forty thousand requests of a kind or so, with a worker that only passes them on as well: the runtime collects in waves. What is flat is so after them, which takes a full run to see.",
      ],
    };
  } finally {
    await worker.stop();
    await pass.stop();
  }
}

async function firstByte(worker, pass, quick) {
  const request = visit("tags", "/stream");
  const times = { worker: [], pass: [] };
  const once = async (process) => {
    const began = performance.now();
    return (await ask(process.port, request)).first - began;
  };
  for (let round = 0; round < (quick ? 20 : 100) + 5; round += 1) {
    const [one, other] = [await once(worker), await once(pass)];
    // The first few build what is kept afterwards.
    if (round >= 5) {
      times.worker.push(one);
      times.pass.push(other);
    }
  }
  const difference = median(times.worker.map((time, at) => time - times.pass[at]));
  return ["first byte of a page that comes piece by piece, banner and holding", ms(median(times.worker)), ms(median(times.pass)), ms(difference), "< 5 ms", difference < 5 ? "yes" : "no"];
}

/** The most that was held while 100 MB went by, above what was held before. */
async function longPage(worker, pass) {
  const grown = async (process) => {
    await load(process.port, visit("tags", "/1m-40"), 40);
    const before = process.memory();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memory())), 20);
    await ask(process.port, visit("tags", "/100m"));
    clearInterval(watch);
    return most - before;
  };
  const [ours, theirs] = [await grown(worker), await grown(pass)];
  return ["memory for a page of 100 MB, banner and holding", `+${mb(ours)}`, `+${mb(theirs)}`, mb(ours - theirs), "< 16 MB", ours < 16 ? "yes" : "no"];
}

/** Everything that a site gets: pages with and without a choice, files, the policy, choices. */
async function manyRequests(worker, pass, cookies, quick) {
  const total = quick ? 6_000 : 200_000;
  const kinds = [
    visit("tags", "/60k-40"),
    visit("tags", "/60k-40", { cookie: cookies["tags reject"] }),
    visit("plain", "/60k-0", { cookie: cookies["plain accept"] }),
    visit("plain", "/api"),
    visit("tags", "/cookie-policy"),
  ];
  const pieces = 20;
  const growth = async (process) => {
    const samples = [];
    for (let piece = 0; piece < pieces; piece += 1) {
      for (const kind of kinds) await load(process.port, kind, total / pieces / kinds.length);
      samples.push(process.memory());
    }
    // The collector's waves are larger than a leak of one piece: quarters are compared.
    return [median(samples.slice(pieces / 4, pieces / 2)), median(samples.slice((pieces * 3) / 4))];
  };
  const [ours, theirs] = [await growth(worker), await growth(pass)];
  const grown = ours[1] - ours[0] - (theirs[1] - theirs[0]);
  const said = (ends) => ends.map(mb).join(" → ");
  return [`memory over ${total.toLocaleString("en")} requests of all kinds (second and last quarter)`, said(ours), said(theirs), mb(grown), "flat", grown < 8 ? "yes" : "no"];
}
