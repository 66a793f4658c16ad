// One workerd process per contender, without Miniflare in front of it: what is measured is the worker.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageBin, root } from "../../scripts/setup.mjs";

const compatibilityDate = /compatibility_date = "([^"]+)"/.exec(readFileSync(join(root, "wrangler.toml"), "utf8"))[1];
const quoted = (text) => JSON.stringify(text);

/** A worker of one JavaScript file of `bench/workers/`. */
export const byHand = (name, bindings) => ({ script: readFileSync(join(root, "bench/workers", `${name}.js`)), bindings });

/** A worker that `scripts/build.mjs` built into `folder`. */
export const built = (folder, bindings) => ({ script: readFileSync(join(folder, "index.js")), wasm: readFileSync(join(folder, "index_bg.wasm")), bindings });

/** The same wasm, told apart by a section that nothing reads: of what is alike, one isolate compiles for all others. */
const distinct = (wasm, at) => Buffer.concat([wasm, Buffer.from([0, 6, 4, ...Buffer.from("copy"), at])]);

/**
 * Starts `copies` isolates of a worker in one process, each on a port of its own; `apart`: and with code of its own, as if each
 * were the first there.
 *
 * @returns `{ ports, pid, cpu(), memory(), stop() }`: CPU seconds of all of its threads, memory in MB
 */
export async function start({ script, wasm, bindings = {} }, { origin, copies = 1, apart = false }) {
  const folder = mkdtempSync(join(tmpdir(), "edge-consent-bench-"));
  writeFileSync(join(folder, "index.js"), script);
  const names = Array.from({ length: copies }, (_, at) => `worker${at}`);
  if (wasm) names.forEach((name, at) => writeFileSync(join(folder, `${name}.wasm`), apart ? distinct(wasm, at) : wasm));
  const worker = (name) => `const ${name} :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")${wasm ? `, (name = "./index_bg.wasm", wasm = embed "${name}.wasm")` : ""}],
  compatibilityDate = "${compatibilityDate}",
  globalOutbound = "origin",
  bindings = [${[...text, `(name = "CONSENT", kvNamespace = "origin")`].join(", ")}]
);`;
  const text = Object.entries(bindings).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`);
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${names.map((name) => `(name = "${name}", worker = .${name}),`).join(" ")}
    (name = "origin", external = (address = "127.0.0.1:${origin}", http = ())),
  ],
  sockets = [${names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`).join(", ")}]
);
${names.map(worker).join("\n")}
`,
  );
  const child = spawn(packageBin("workerd"), ["serve", "--control-fd=3", join(folder, "config.capnp")], { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const complaints = [];
  child.stderr.setEncoding("utf8").on("data", (piece) => complaints.push(piece));
  const ports = await new Promise((resolve, reject) => {
    const found = new Map();
    let rest = "";
    child.on("exit", (code) => reject(new Error(`workerd ended with ${code}:\n${complaints.join("")}`)));
    child.stdio[3].setEncoding("utf8").on("data", (piece) => {
      const lines = (rest + piece).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const { event, socket, port } = JSON.parse(line);
        if (event === "listen") found.set(socket, port);
      }
      if (found.size === copies) resolve(names.map((name) => found.get(name)));
    });
  });
  rmSync(folder, { recursive: true, force: true });
  const seen = new Map();
  return {
    ports,
    port: ports[0],
    complaints,
    cpu: () => cpuOf(child.pid, seen),
    memory: () => memoryOf(child.pid),
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit").on("exit", resolve);
        child.kill("SIGKILL");
      }),
  };
}

/** In nanoseconds from the scheduler; a thread that has ended keeps what it had. */
function cpuOf(pid, seen) {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      seen.set(task, Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ", 1)[0]));
    } catch {
      // It has just ended.
    }
  }
  return [...seen.values()].reduce((sum, value) => sum + value, 0) / 1e9;
}

function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1000;
}
