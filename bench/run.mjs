// npm run bench [-- part …] [--quick]: ours against the peers and against the limit, as ratios of one run.

import { cpus, totalmem } from "node:os";
import { readFileSync, writeFileSync } from "node:fs";
import { inRoot, main, requireEverything, run, seconds } from "../scripts/setup.mjs";
import { startOrigin } from "./lib/origin.mjs";

/** Each has a name, and a module whose function of that name does it. */
const parts = {
  requests: "./edge/requests.mjs",
  scanners: "./edge/scanners.mjs",
  streams: "./edge/streams.mjs",
  starting: "./edge/starting.mjs",
  growth: "./edge/growth.mjs",
  browser: "./browser/browser.mjs",
};

async function machine() {
  const { stdout } = await run("rustc", ["--version"], { capture: true });
  const version = (name) => JSON.parse(readFileSync(inRoot("node_modules", name, "package.json"), "utf8")).version;
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu.model.trim()}, ${Math.round(totalmem() / 1e9)} GB; Node ${process.versions.node}, workerd ${version("workerd")}, ${stdout.trim()}, binaryen ${version("binaryen")}`;
}

main(async () => {
  const words = process.argv.slice(2);
  const quick = words.includes("--quick");
  const wanted = words.filter((word) => !word.startsWith("--"));
  const unknown = wanted.filter((word) => !(word in parts));
  if (unknown.length) {
    console.error(`There is no part called ${unknown.join(", ")}. There are: ${Object.keys(parts).join(", ")}.`);
    return 1;
  }
  await requireEverything();
  const began = performance.now();
  const origin = await startOrigin();
  const sections = [];
  const failed = [];
  try {
    for (const name of wanted.length ? wanted : Object.keys(parts)) {
      console.log(`\n${name}…`);
      try {
        const { [name]: part } = await import(parts[name]);
        const { title, text, notes = [] } = await part({ origin: origin.port, quick });
        sections.push(`## ${title}\n\n${text}\n${notes.map((note) => `\n${note}\n`).join("")}`);
        console.log(`\n${sections.at(-1)}`);
      } catch (error) {
        // The others are worth having all the same.
        console.error(error);
        failed.push(name);
      }
    }
  } finally {
    origin.stop();
  }
  const head = `# Results\n\n\`npm run bench${words.length ? ` -- ${words.join(" ")}` : ""}\`, ${new Date().toISOString().slice(0, 10)}, ${seconds(began)}. ${await machine()}.\n`;
  if (failed.length) {
    console.error(`✖ Failed: ${failed.join(", ")}. Nothing is written down.`);
    return 1;
  }
  if (!wanted.length) writeFileSync(inRoot("bench/RESULTS.md"), [head, ...sections].join("\n"));
  console.log(wanted.length ? "A run of some parts only is not written down." : `Written to bench/RESULTS.md (${seconds(began)}).`);
  return 0;
});
