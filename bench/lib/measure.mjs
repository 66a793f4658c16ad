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
 * @param contenders `{ name: { worker, request } }`, the first one ours
 * @returns `{ [name]: { cpu, rate, ratio, low, high } }`: microseconds of CPU and requests per second (medians), and how
 *   many times its CPU ours took, round by round: median and quartiles
 */
export async function compare(contenders, { origin, rounds, requests, warmup }) {
  const running = [];
  try {
    for (const [name, { worker, request }] of Object.entries(contenders)) running.push({ name, request, process: await start(worker, { origin }), cpu: [], rate: [] });
    for (const { process, request } of running) await load(process.port, request, warmup);
    for (let round = 0; round < rounds; round += 1) {
      // Each is first as often as any other.
      const order = running.map((_, at) => running[(at + round) % running.length]);
      for (const one of order) {
        const [cpu, began] = [one.process.cpu(), performance.now()];
        await load(one.process.port, one.request, requests);
        one.cpu.push(((one.process.cpu() - cpu) / requests) * 1e6);
        one.rate.push(requests / ((performance.now() - began) / 1000));
      }
    }
    const [ours] = running;
    return Object.fromEntries(
      running.map(({ name, cpu, rate }) => {
        const ratios = cpu.map((value, at) => ours.cpu[at] / value);
        return [name, { cpu: median(cpu), rate: median(rate), ratio: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) }];
      }),
    );
  } finally {
    await Promise.all(running.map(({ process }) => process.stop()));
  }
}
