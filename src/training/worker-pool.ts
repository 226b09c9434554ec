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

interface PoolOptions {
  /** Jobs that run at the same time. */
  readonly workers: number;
  /** Called with a job's index and how far it is, in the job's own units. */
  readonly onProgress?: (job: number, done: number) => void;
}

interface ChainedOptions<Job, Result> extends PoolOptions {
  /** The job before it in its chain, which must have a lower index; absent where a job waits for none. */
  readonly follows?: (job: number) => number | undefined;
  /** A job as it is once the one that it follows has ended. */
  readonly prepared?: (job: Job, before: Result) => Job;
  /** Jobs whose results are there already are not run. */
  readonly kept?: readonly (Result | undefined)[];
  /** Called with each result that a worker gave. */
  readonly onResult?: (job: number, result: Result) => Promise<void>;
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
  { workers, onProgress, follows, prepared, kept = [], onResult }: ChainedOptions<Job, Result>,
): Promise<Result[]> {
  const running = new Set<Worker>();
  let nextJob = 0;
  const runOne = (index: number, job: Job): Promise<Result> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { workerData: job });
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
  const started: Promise<Result>[] = [];
  const finished = async (index: number): Promise<Result> => {
    const done = kept[index];
    if (done !== undefined) return done;
    const before = follows?.(index);
    // What it follows was begun earlier, by this lane or another.
    const result =
      before === undefined || prepared === undefined
        ? await runOne(index, jobs[index])
        : await runOne(index, prepared(jobs[index], await started[before]));
    await onResult?.(index, result);
    return result;
  };
  const lane = async (): Promise<void> => {
    while (nextJob < jobs.length) {
      const index = nextJob++;
      started[index] = finished(index);
      await started[index];
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, lane));
    return await Promise.all(started);
  } finally {
    nextJob = jobs.length;
    await Promise.all([...running].map(ended));
  }
}

/** Asks a worker to end, and ends it where it does not. */
async function ended(worker: Worker): Promise<void> {
  const exit = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.postMessage("stop");
  const late = setTimeout(() => void worker.terminate(), mostWaitMs);
  await exit;
  clearTimeout(late);
}
