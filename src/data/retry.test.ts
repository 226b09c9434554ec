import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { Failure } from "#base/failure.ts";
import type { Trouble } from "./retry.ts";
import { askedWaitMs, systemSleep, withRetries } from "./retry.ts";

/** Runs with troubles thrown one after another, then success; what came out, and the waits. */
async function run(troubles: readonly Trouble[], seed = 1): Promise<{ outcome: unknown; waits: number[] }> {
  const waits: number[] = [];
  let at = 0;
  const attempt = async (): Promise<string> => {
    if (at < troubles.length) throw Object.assign(new Error("trouble"), { trouble: troubles[at++] });
    return "done";
  };
  const outcome: unknown = await withRetries(
    "somewhere",
    attempt,
    (error) => (error as { trouble?: Trouble }).trouble,
    { rng: createRng(seed), sleep: async (ms) => void waits.push(ms) },
  ).catch((error: unknown) => error);
  return { outcome, waits };
}

const times = (count: number, trouble: Trouble): Trouble[] => Array.from({ length: count }, () => trouble);

test("tries again after growing, jittered waits, with the same waits for the same seed", async () => {
  const { outcome, waits } = await run(times(5, { message: "cut" }));
  expect(outcome).toBe("done");
  waits.forEach((wait, n) => {
    expect(wait).toBeGreaterThan(250 * 2 ** n);
    expect(wait).toBeLessThanOrEqual(500 * 2 ** n);
  });
  expect((await run(times(5, { message: "cut" }))).waits).toEqual(waits);
  expect((await run(times(5, { message: "cut" }), 2)).waits).not.toEqual(waits);
});

test.each([408, 425, 429, 500, 502, 503, 504])("tries again after %i", async (status) => {
  expect((await run([{ status, message: "busy" }])).outcome).toBe("done");
});

test.each([400, 401, 403, 404, 422])("takes %i as an answer, at once", async (status) => {
  const { outcome, waits } = await run([{ status, message: "no" }]);
  expect(outcome).toMatchObject({ code: "data/source-refused", facts: { status } });
  expect(String(outcome)).toContain(`somewhere answered ${status}: no`);
  expect(waits).toEqual([]);
});

test("waits as long as it is asked to, and no shorter", async () => {
  expect((await run([{ status: 429, message: "slow down", retryAfterMs: 7000 }])).waits).toEqual([7000]);
});

test("gives up when it is asked to wait for more than five minutes, and says for how long", async () => {
  const { outcome, waits } = await run([{ status: 503, message: "maintenance", retryAfterMs: 3_600_000 }]);
  expect(String(outcome)).toContain("503 maintenance and asks for 3600 s of rest");
  expect(waits).toEqual([]);
});

test("gives up after six tries, with a failure that may be retried", async () => {
  const { outcome, waits } = await run(times(6, { status: 502, message: "bad gateway" }));
  expect(outcome).toMatchObject({ code: "data/source-unavailable", retryable: true });
  expect(String(outcome)).toContain("in 6 tries, lastly: 502 bad gateway");
  expect(waits).toHaveLength(5);
});

test("throws what it does not know, and failures, as they are", async () => {
  const retrying = { rng: createRng(1), sleep: async () => undefined };
  const bug = new RangeError("a bug");
  const failing = (error: Error) =>
    withRetries(
      "x",
      () => Promise.reject(error),
      () => undefined,
      retrying,
    );
  await expect(failing(bug)).rejects.toBe(bug);
  const failure = new Failure("data/no-such-bars", "nothing");
  await expect(failing(failure)).rejects.toBe(failure);
});

test("ends its wait when it is told to stop", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const waiting = systemSleep(60_000, stop.signal);
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test("reads Retry-After in seconds and as a date", () => {
  const now = Date.parse("2024-01-02T03:04:00Z");
  expect(askedWaitMs("3", now)).toBe(3000);
  expect(askedWaitMs("Tue, 02 Jan 2024 03:04:05 GMT", now)).toBe(5000);
  expect(askedWaitMs("Tue, 02 Jan 2024 03:00:00 GMT", now)).toBe(0);
  expect(askedWaitMs("soon", now)).toBeUndefined();
  expect(askedWaitMs(undefined, now)).toBeUndefined();
});
