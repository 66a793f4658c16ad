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

/** Adds up a total per pattern over all the places where a tool prints it. */
export function add(output, patterns) {
  return Object.fromEntries(
    Object.entries(patterns).map(([name, pattern]) => [name, [...output.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number), 0)]),
  );
}

export const cargoTotals = (output) =>
  add(output, {
    passed: /^test result: .*?(\d+) passed/gm,
    failed: /^test result: .*?(\d+) failed/gm,
    left: /^test result: .*?(\d+) ignored/gm,
  });

export function nodeTotals(output) {
  const { passed, failed, cancelled, skipped, todo } = add(output, {
    passed: /^# pass (\d+)/gm,
    failed: /^# fail (\d+)/gm,
    cancelled: /^# cancelled (\d+)/gm,
    skipped: /^# skipped (\d+)/gm,
    todo: /^# todo (\d+)/gm,
  });
  return { passed, failed: failed + cancelled, left: skipped + todo };
}

async function core() {
  heading("Rust: format, lints, documentation");
  await run("cargo", ["fmt", "--check"]);
  await run("cargo", ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]);
  await run("cargo", ["clippy", "--locked", ...wasm, "--", "-D", "warnings"]);
  await run("cargo", ["doc", "--locked", "--no-deps", "--document-private-items", "--quiet"], { env: { ...process.env, RUSTDOCFLAGS: "-D warnings" } });
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
  const { code, output } = await listen(process.execPath, ["--test", "--test-reporter=tap", ...files]);
  return { code, ...nodeTotals(output) };
}

async function deployable() {
  heading("What would be deployed");
  await run(process.execPath, [packageBin("wrangler"), "deploy", "--dry-run", "--outdir", inRoot("target/dry-run")], {
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
  });
}

const parts = {
  core,
  worker: async () => {
    heading("Build");
    await build();
    return node("worker");
  },
  browser: async () => {
    await build();
    return node("browser");
  },
};

main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !parts[name]);
  if (unknown.length) throw new Trouble(`There is no part called ${unknown.join(", ")}: choose from ${Object.keys(parts).join(", ")}.`);
  await requireEverything();

  const results = [];
  const complaints = [];
  for (const name of asked.length ? asked : Object.keys(parts)) {
    try {
      const { code, passed, failed, left } = await parts[name]();
      results.push(`${name}: ${passed} passed, ${failed} failed`);
      if (failed) complaints.push(`${name}: ${failed} failed`);
      else if (code !== 0) complaints.push(`${name}: ended with code ${code}`);
      if (passed + failed === 0) complaints.push(`${name}: no test has run`);
      if (left) complaints.push(`${name}: ${left} left out; every test has to run`);
    } catch (error) {
      // The other parts are still worth knowing.
      if (!(error instanceof Trouble)) throw error;
      results.push(`${name}: did not run`);
      complaints.push(`${name}: ${error.message}`);
    }
  }
  if (!asked.length) {
    await deployable().catch((error) => complaints.push(error.message));
  }

  console.log("");
  for (const complaint of complaints) console.error(`✖ ${complaint}`);
  for (const result of results) console.log(result);
  return complaints.length ? 1 : 0;
});
