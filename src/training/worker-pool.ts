/** @file Jobs on worker threads: as many at a time as asked for, with results that do not depend on how many that is. */
import { Worker, parentPort } from "node:worker_threads";
import type { FailureCode } from "#base/failure.ts";
import { Failure } from "#base/failure.ts";

/** An iteration of training takes seconds at most. */
const mostWaitMs = 30_000;

/** What a worker answers: progress as often as it likes, then one result or one error. */
type WorkerMessage<Result> =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "failure"; readonly code: FailureCode; readonly found: string }
  | { readonly kind: "error"; readonly message: string };

/** What a worker is sent: jobs one after the other, at last the word to end. */
type Order<Job> = { readonly kind: "job"; readonly job: Job } | { readonly kind: "stop" };

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
 * Runs the jobs in workers started from `script`, which calls `answerJobs`. A worker is started once and gets one job after the
 * other: loading its code takes a third of a second.
 * @returns results in the order of the jobs
 * @throws Failure that a job failed with, or runtime/worker-failed when a worker throws another error or dies; the others are
 * stopped
 */
export async function runJobs<Job, Result>(
  script: URL,
  jobs: readonly Job[],
  { workers, onProgress, follows, prepared, kept = [], onResult }: ChainedOptions<Job, Result>,
): Promise<Result[]> {
  let nextJob = 0;
  const started: Promise<Result>[] = [];
  const finished = async (index: number, worker: () => Worker): Promise<Result> => {
    const done = kept[index];
    if (done !== undefined) return done;
    const before = follows?.(index);
    // What it follows was begun earlier, by this lane or another.
    const job =
      before === undefined || prepared === undefined ? jobs[index] : prepared(jobs[index], await started[before]);
    const result = await answerOf<Job, Result>(worker(), job, `job ${index + 1} of ${jobs.length}`, (steps) =>
      onProgress?.(index, steps),
    );
    await onResult?.(index, result);
    return result;
  };
  const running: Worker[] = [];
  const lane = async (): Promise<void> => {
    let own: Worker | undefined;
    const worker = (): Worker => {
      if (own === undefined) running.push((own = new Worker(script)));
      return own;
    };
    while (nextJob < jobs.length) {
      const index = nextJob++;
      started[index] = finished(index, worker);
      await started[index];
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, lane));
    return await Promise.all(started);
  } finally {
    nextJob = jobs.length;
    await Promise.all(running.map(ended));
  }
}

/** @param name of the job, for the message of one that fails */
function answerOf<Job, Result>(
  worker: Worker,
  job: Job,
  name: string,
  onProgress: (done: number) => void,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const fail = (found: string, cause?: unknown): void =>
      reject(new Failure("runtime/worker-failed", `${name} stopped: ${found}`, { cause }));
    const heard = (message: WorkerMessage<Result>): void => {
      if (message.kind === "progress") onProgress(message.done);
      else if (message.kind === "result") resolve(message.result);
      else if (message.kind === "failure") reject(new Failure(message.code, message.found));
      else fail(message.message);
    };
    worker.removeAllListeners();
    worker.on("message", heard);
    worker.on("error", (error) => fail(String(error), error));
    worker.on("exit", (code) => fail(`exit code ${code} without a result`));
    worker.postMessage({ kind: "job", job } satisfies Order<Job>);
  });
}

/** Asks a worker to end, and ends it where it does not. */
async function ended(worker: Worker): Promise<void> {
  // One that has died is nobody's thread any more.
  if (worker.threadId < 0) return;
  const exit = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.postMessage({ kind: "stop" } satisfies Order<never>);
  const late = setTimeout(() => void worker.terminate(), mostWaitMs);
  await exit;
  clearTimeout(late);
}

/** What a worker's program has of those that it works for. */
export interface JobContext {
  readonly onProgress: (done: number) => void;
  /** Was it asked to end? A thread that is ended within a call of ONNX Runtime takes the program with it. */
  readonly stopped: () => boolean;
}

/**
 * The program of a worker: does one job after the other until it is asked to end. `work` gives undefined where it ended early
 * because of that; it must let messages through from time to time.
 */
export function answerJobs<Job, Result>(work: (job: Job, context: JobContext) => Promise<Result | undefined>): void {
  const port = parentPort;
  if (port === null) return;
  const say = (message: WorkerMessage<Result>): void => port.postMessage(message);
  let stopped = false;
  const context: JobContext = { onProgress: (done) => say({ kind: "progress", done }), stopped: () => stopped };
  port.on("message", (order: Order<Job>) => {
    if (order.kind === "stop") {
      stopped = true;
      // A job that is under way still ends in good order.
      port.close();
      return;
    }
    void work(order.job, context).then(
      (result) => {
        if (result !== undefined) say({ kind: "result", result });
      },
      (error: unknown) => {
        if (error instanceof Failure) say({ kind: "failure", code: error.code, found: error.found });
        else say({ kind: "error", message: error instanceof Error ? error.message : String(error) });
      },
    );
  });
}
