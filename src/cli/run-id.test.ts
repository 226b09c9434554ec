/** @file Names of runs that begin in the same second. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { ownFolder, runId } from "./run-id.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-run-id-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("sessions that begin in the same second have folders of their own", async () => {
  const name = runId(fixedClock(Date.UTC(2026, 0, 31, 12, 0, 5)), "replay");
  const parent = join(root, "paper");
  const made = await Promise.all([1, 2, 3].map(() => ownFolder(parent, name)));
  expect(new Set(made).size).toBe(3);
  expect(readdirSync(parent).toSorted()).toEqual([
    "2026-01-31T12-00-05-replay",
    "2026-01-31T12-00-05-replay-2",
    "2026-01-31T12-00-05-replay-3",
  ]);
});
