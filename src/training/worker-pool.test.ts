import { expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { runJobs } from "./worker-pool.ts";

/** A worker's program as an address: does `body` for each `job`, `say` answers. */
function script(body: string): URL {
  const program = `import { parentPort } from "node:worker_threads";
    const say = (message) => parentPort.postMessage(message);
    parentPort.on("message", ({ kind, job }) => {
      if (kind === "stop") return parentPort.close();
      ${body}
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

test("gives results in the order of the jobs, whichever is done first", async () => {
  const slowFirst = script(`setTimeout(() => say({ kind: "result", result: job.of }), job.wait)`);
  const jobs = [60, 30, 0].map((wait, of) => ({ wait, of }));
  expect(await runJobs(slowFirst, jobs, { workers: 3 })).toEqual([0, 1, 2]);
});

test("fails as a job fails, and lets the others end by themselves", async () => {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const body = `const flags = new Int32Array(job.shared);
    if (job.fails) {
      Atomics.wait(flags, 0, 0);
      say({ kind: "failure", code: "market/no-rate", found: "no rate" });
    } else {
      parentPort.once("message", () => setTimeout(() => Atomics.store(flags, 1, 1), 50));
      Atomics.store(flags, 0, 1);
      Atomics.notify(flags, 0);
    }`;
  const jobs = [true, false].map((fails) => ({ fails, shared: flags.buffer }));
  const failure = await runJobs(script(body), jobs, { workers: 2 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ code: "market/no-rate", found: "no rate" });
  expect(flags[1], "what ran was not cut off").toBe(1);
});

test.each([
  ["throws", `throw new Error("broken")`, /job 1 of 1 stopped: .*broken/],
  ["says an error", `say({ kind: "error", message: "no memory" })`, /job 1 of 1 stopped: no memory/],
  ["ends without an answer", `process.exit(3)`, /job 1 of 1 stopped: exit code 3 without a result/],
])("a worker that %s is told as such", async (_, body, message) => {
  await expect(runJobs(script(body), [{}], { workers: 1 })).rejects.toThrow(message);
});

test("a job that follows another is given its result, whatever the number of workers, and what is kept is not run", async () => {
  const adds = script(`setTimeout(() => say({ kind: "result", result: job.value + job.before }), job.wait)`);
  const jobs = [5, 40, 0, 0, 0, 0].map((wait, at) => ({ wait, value: 10 ** at, before: 0 }));
  for (const workers of [1, 2, 4]) {
    const told: number[] = [];
    const results = await runJobs(adds, jobs, {
      workers,
      follows: (job) => (job < 2 ? undefined : job - 2),
      prepared: (job, before: number) => ({ ...job, before }),
      kept: [undefined, undefined, 7],
      onResult: async (job) => void told.push(job),
    });
    expect(results).toEqual([1, 10, 7, 1010, 10_007, 101_010]);
    expect(told.toSorted((one, other) => one - other)).toEqual([0, 1, 3, 4, 5]);
  }
});

test("a chain fails with the job that fails in it", async () => {
  const second = script(
    `say(job.at === 1 ? { kind: "failure", code: "market/no-rate", found: "no rate" } : { kind: "result", result: 1 })`,
  );
  const jobs = [0, 1, 2, 3].map((at) => ({ at }));
  const options = {
    workers: 2,
    follows: (job: number) => (job < 1 ? undefined : job - 1),
    prepared: (job: { at: number }) => job,
  };
  await expect(runJobs(second, jobs, options)).rejects.toMatchObject({ code: "market/no-rate" });
});
