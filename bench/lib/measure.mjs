// CPU per request, contenders in turn, so that what else the machine does meets all of them alike.

import { load } from "./load.mjs";
import { start } from "./workerd.mjs";

export const median = (list) => quantile(list, 0.5);

export function quantile(list, at) {
  const sorted = [...list].sort((one, other) => one - other);
  const place = (sorted.length - 1) * at;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * Processes of one and the same worker lie up to a tenth apart for as long as they live, hence several of each: the
 * rounds are shared among them.
 *
 * @param contenders `{ name: { worker, request } }`, the first one ours
 * @returns `{ [name]: { cpu, rate, ratio, low, high } }`: microseconds of CPU and requests per second (medians), and how
 *   many times its CPU ours took, round by round: median and quartiles
 */
export async function compare(contenders, { origin, rounds, processes = 1, requests, warmup }) {
  const found = Object.entries(contenders).map(([name, { worker, request }]) => ({ name, worker, request, cpu: [], rate: [] }));
  for (let set = 0; set < processes; set += 1) {
    const running = [];
    try {
      for (const one of found) running.push({ ...one, process: await start(one.worker, { origin }) });
      for (const { process, request } of running) await load(process.port, request, warmup);
      for (let round = 0; round < rounds / processes; round += 1) {
        // Each is first as often as any other.
        const order = running.map((_, at) => running[(at + round) % running.length]);
        for (const { process, request, cpu, rate } of order) {
          const [before, began] = [process.cpu(), performance.now()];
          await load(process.port, request, requests);
          cpu.push(((process.cpu() - before) / requests) * 1e6);
          rate.push(requests / ((performance.now() - began) / 1000));
        }
      }
    } finally {
      await Promise.all(running.map(({ process }) => process.stop()));
    }
  }
  const [ours] = found;
  return Object.fromEntries(
    found.map(({ name, cpu, rate }) => {
      const ratios = cpu.map((value, at) => ours.cpu[at] / value);
      return [name, { cpu: median(cpu), rate: median(rate), ratio: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) }];
    }),
  );
}
