/** @file Jobs on worker threads: as many at a time as asked for, with results that do not depend on how many that is. */
import { Worker } from "node:worker_threads";
import { Failure } from "#base/failure.ts";

/** What a worker answers: progress as often as it likes, then one result or one error. */
export type WorkerMessage<Result> =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "error"; readonly message: string };

export interface PoolOptions {
  /** Jobs that run at the same time. */
  readonly workers: number;
  /** Called with a job's index and how far it is, in the job's own units. */
  readonly onProgress?: (job: number, done: number) => void;
}

/**
 * Runs each job in a worker of its own, started from `script`, which gets the job as its `workerData`.
 * @returns results in the order of the jobs
 * @throws Failure runtime/worker-failed when a worker throws or dies; the others are stopped
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
    await Promise.all([...running].map((worker) => worker.terminate()));
  }
  return results;
}
