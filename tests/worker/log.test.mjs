// docs/log.md names every fault that the worker logs, and no other.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const read = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

/** What is logged: by name, by one of two names, as the name of all else, or as a form's check names it. */
const named = /\b(?:log|note)\((?:error, )?\s*"([\w-]+)"|\b(?:log|note)\(\w+ \? "([\w-]+)" : "([\w-]+)"|fault = "([\w-]+)"|"(turnstile-[\w-]+)",\s|\? "(trap)"/g;

test("every fault that is logged is explained, and none that isn't", () => {
  const folder = fileURLToPath(new URL("../../src/shell", import.meta.url));
  const files = [...readdirSync(folder).map((name) => `src/shell/${name}`), "src/app/guard.rs"];
  const logged = files.flatMap((file) => [...read(file).matchAll(named)].flatMap(([, ...names]) => names.filter(Boolean)));
  const explained = read("docs/log.md").split("\n").filter((line) => line.startsWith("| `"));
  const names = explained.flatMap((line) => [...line.split("|")[1].matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
  assert.deepEqual([...new Set(names.filter((name) => name !== "fault"))].sort(), [...new Set(logged)].sort());
});
