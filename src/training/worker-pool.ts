/** @file Jobs on worker threads: as many at a time as asked for, with results that do not depend on how many that is. */
import { Worker } from "node:worker_threads";
import type { FailureCode } from "#base/failure.ts";
import { Failure } from "#base/failure.ts";

/** An iteration of training takes seconds at most. */
const mostWaitMs = 30_000;

/** What a worker answers: progress as often as it likes, then one result or one error. */
export type WorkerMessage<Result> =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "failure"; readonly code: FailureCode; readonly found: string }
  | { readonly kind: "error"; readonly message: string };

export interface PoolOptions {
  /** Jobs that run at the same time. */
  readonly workers: number;
  /** Called with a job's index and how far it is, in the job's own units. */
  readonly onProgress?: (job: number, done: number) => void;
}

/**
 * Runs each job in a worker of its own, started from `script`, which gets the job as its `workerData` and ends by itself when a
 * message comes.
 * @returns results in the order of the jobs
 * @throws Failure that a job failed with, or runtime/worker-failed when a worker throws another error or dies; the others are
 * stopped
 */
export async function runJobs<Job, Result>(
  script: URL,
  jobs: readonly Job[],
  { workers, onProgress }: PoolOptions,
): Promise<Result[]> {
  const results = Array.from<Result>({ length: jobs.length });
  const running = new Set<Worker>();
  let nextJob = 0;
  const runOne = (index: number): Promise<Result> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { workerData: jobs[index] });
      running.add(worker);
      const fail = (found: string, cause?: unknown): void =>
        reject(new Failure("runtime/worker-failed", `job ${index + 1} of ${jobs.length} stopped: ${found}`, { cause }));
      worker.on("message", (message: WorkerMessage<Result>) => {
        if (message.kind === "progress") onProgress?.(index, message.done);
        else if (message.kind === "result") resolve(message.result);
        else if (message.kind === "failure") reject(new Failure(message.code, message.found));
        else fail(message.message);
      });
      worker.on("error", (error) => fail(String(error), error));
      worker.on("exit", (code) => {
        running.delete(worker);
        fail(`exit code ${code} without a result`);
      });
    });
  const lane = async (): Promise<void> => {
    while (nextJob < jobs.length) {
      const index = nextJob++;
      results[index] = await runOne(index);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, lane));
  } finally {
    nextJob = jobs.length;
    await Promise.all([...running].map(ended));
  }
  return results;
}

/** Asks a worker to end, and ends it where it does not. */
async function ended(worker: Worker): Promise<void> {
  const exit = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.postMessage("stop");
  const late = setTimeout(() => void worker.terminate(), mostWaitMs);
  await exit;
  clearTimeout(late);
}
