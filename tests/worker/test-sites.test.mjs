// The worker that has the tests' own sites, which the deployed one must not have.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startWorker } from "../support/worker.mjs";

test("the tests' sites are in the tests' worker and in no other", async () => {
  const [plain, more] = await Promise.all([startWorker(), startWorker({ testSites: true })]);
  const site = async (worker) => (await worker.fetch(worker.url("tagged.localhost", "/_privacy/policy.json"))).json().site;
  assert.equal(await site(more), "tagged");
  await assert.rejects(site(plain));
  await Promise.all([plain.stop(), more.stop()]);
});
