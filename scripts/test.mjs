// Everything that must hold, in the order that finds a fault soonest.
//
//   npm test                            all of it
//   npm test -- core | worker | browser one part
//
// Nothing may be skipped: a part that ran no test, or left one out, has failed.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { build } from "./build.mjs";
import { Trouble, inRoot, main, packageBin, requireEverything, root, run } from "./setup.mjs";

const wasm = ["--lib", "--target", "wasm32-unknown-unknown"];
const heading = (text) => console.log(`\n── ${text}`);

/** Runs a program, shows its output as it comes, and returns all of it. */
function listen(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Adds up the numbers that a pattern finds: a tool may print its totals once a file. */
const add = (output, pattern) => [...output.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number), 0);

const cargoTotals = (output) => ({
  passed: add(output, /^test result: .*?(\d+) passed/gm),
  failed: add(output, /^test result: .*?(\d+) failed/gm),
  left: add(output, /^test result: .*?(\d+) ignored/gm),
});

const nodeTotals = (output) => ({
  passed: add(output, /^ℹ pass (\d+)/gm),
  failed: add(output, /^ℹ (?:fail|cancelled) (\d+)/gm),
  left: add(output, /^ℹ (?:skipped|todo) (\d+)/gm),
});

/** Notes what went wrong and goes on: the tests are worth knowing too. */
async function check(complaints, command, args, options) {
  await run(command, args, options).catch((error) => complaints.push(error.message));
}

async function core(complaints) {
  heading("Rust: format, lints, documentation");
  await check(complaints, "cargo", ["fmt", "--check"]);
  await check(complaints, "cargo", ["fmt", "--check", "--manifest-path", "tools/bindgen/Cargo.toml"]);
  await check(complaints, "cargo", ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]);
  await check(complaints, "cargo", ["clippy", "--locked", ...wasm, "--", "-D", "warnings"]);
  await check(complaints, "cargo", ["doc", "--locked", "--no-deps", "--document-private-items"], { env: { ...process.env, RUSTDOCFLAGS: "-D warnings" } });
  heading("Rust: tests of the core");
  const { code, output } = await listen("cargo", ["test", "--locked", "--no-fail-fast"]);
  return { code, ...cargoTotals(output) };
}

async function node(folder) {
  heading(`Tests of the ${folder}`);
  const files = readdirSync(inRoot("tests", folder), { recursive: true })
    .filter((name) => name.endsWith(".test.mjs"))
    .sort()
    .map((name) => inRoot("tests", folder, name));
  const { code, output } = await listen(process.execPath, ["--test", "--test-reporter=spec", "--test-timeout=120000", ...files]);
  return { code, ...nodeTotals(output) };
}

async function deployable(complaints) {
  heading("What would be deployed");
  await check(complaints, process.execPath, [packageBin("wrangler"), "deploy", "--dry-run", "--outdir", inRoot(".wrangler/dry-run")], {
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
  });
}

/** The worker with the tests' sites first: after the other one nothing has to be built again before a deployment. */
async function builds() {
  await build({ testSites: true });
  await build();
}

let once;
async function built(folder) {
  await (once ??= builds());
  return node(folder);
}

const parts = { core, worker: () => built("worker"), browser: () => built("browser") };

main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !parts[name]);
  if (unknown.length) throw new Trouble(`There is no part called ${unknown.join(", ")}: choose from ${Object.keys(parts).join(", ")}.`);
  await requireEverything();
  // What is tested is what is deployed.
  delete process.env.EDGE_CONSENT_WATCHED;

  const results = [];
  const complaints = [];
  for (const name of asked.length ? asked : Object.keys(parts)) {
    const { code, passed, failed, left } = await parts[name](complaints).catch((error) => {
      if (!(error instanceof Trouble)) throw error;
      complaints.push(`${name}: ${error.message}`);
      return { code: 1, passed: 0, failed: 0, left: 0 };
    });
    results.push(`${name}: ${passed} passed, ${failed} failed`);
    if (failed) complaints.push(`${name}: ${failed} failed, see above`);
    else if (passed === 0) complaints.push(`${name}: no test has run`);
    else if (code !== 0) complaints.push(`${name}: ended with code ${code}, see above`);
    if (left) complaints.push(`${name}: ${left} left out; every test has to run`);
  }
  if (!asked.length) await deployable(complaints);

  console.log("");
  for (const complaint of complaints) console.log(`✖ ${complaint}`);
  for (const result of results) console.log(result);
  return complaints.length ? 1 : 0;
});
