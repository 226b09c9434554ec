/** @file Threads that boost together: they share the memory, take tasks from one counter, and wait for each other by atomics. */
import { Worker } from "node:worker_threads";
import { Failure } from "#base/failure.ts";
import { perform } from "#agents/boosting/work.ts";
import type { Crew, Phase } from "#agents/boosting/work.ts";
import { phases } from "#agents/boosting/work.ts";
import type { BoostingMemory } from "#agents/boosting/memory.ts";
import { workplace } from "#agents/boosting/memory.ts";

/** Numbers of the control block, an Int32Array that all threads share. */
export const control = {
  /** Goes up by one with each phase; −1 ends a thread. */
  turn: 0,
  phase: 1,
  tasks: 2,
  /** The next task that nobody has taken. */
  next: 3,
  /** Threads that have found nothing more to take in this turn. */
  idle: 4,
  /** Threads that failed. */
  failed: 5,
  length: 6,
} as const;

export interface CrewJob {
  readonly memory: BoostingMemory;
  readonly control: Int32Array;
}

/** A look at shared memory costs nanoseconds and waking a thread some 50 µs: phases follow each other faster than that. */
const looks = 2000;
/** A phase takes milliseconds; a thread that has not answered for so long is gone. */
const mostWaitMs = 120_000;

/** Waits while `shared[index]` holds `value`; false where that takes too long. */
export function waitWhile(shared: Int32Array, index: number, value: number, timeoutMs: number): boolean {
  for (let look = 0; look < looks; look++) if (Atomics.load(shared, index) !== value) return true;
  return Atomics.wait(shared, index, value, timeoutMs) !== "timed-out";
}

/** A crew of so many threads, the one that asks among them. What comes of it does not depend on how many. */
export function threadCrew(threads: number): (memory: BoostingMemory) => Promise<Crew> {
  return async (memory) => {
    const shared = new Int32Array(new SharedArrayBuffer(control.length * 4));
    const place = workplace(memory);
    const others = Math.max(0, threads - 1);
    const workers = await Promise.all(Array.from({ length: others }, () => started({ memory, control: shared })));
    return {
      perform(phase, tasks) {
        if (others === 0 || tasks < 2) {
          for (let task = 0; task < tasks; task++) perform(place, phase, task);
          return;
        }
        begin(shared, phase, tasks);
        for (let task = take(shared); task < tasks; task = take(shared)) perform(place, phase, task);
        for (let idle = Atomics.load(shared, control.idle); idle < others; idle = Atomics.load(shared, control.idle)) {
          if (!waitWhile(shared, control.idle, idle, mostWaitMs)) throw lost(`no answer for ${mostWaitMs / 1000} s`);
        }
        if (Atomics.load(shared, control.failed) > 0) throw lost(`a task of ${phase} failed`);
      },
      dismiss: async () => {
        Atomics.store(shared, control.turn, -1);
        Atomics.notify(shared, control.turn);
        await Promise.all(workers.map((worker) => worker.terminate()));
      },
    };
  };
}

function begin(shared: Int32Array, phase: Phase, tasks: number): void {
  Atomics.store(shared, control.phase, phases.indexOf(phase));
  Atomics.store(shared, control.tasks, tasks);
  Atomics.store(shared, control.next, 0);
  Atomics.store(shared, control.idle, 0);
  Atomics.add(shared, control.turn, 1);
  Atomics.notify(shared, control.turn);
}

/** The number of the next task. */
export function take(shared: Int32Array): number {
  return Atomics.add(shared, control.next, 1);
}

/** A worker that has said that it waits for work. */
function started(job: CrewJob): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`./boosting.worker${import.meta.url.slice(-3)}`, import.meta.url), {
      workerData: job,
    });
    worker.once("message", () => {
      worker.unref();
      resolve(worker);
    });
    worker.once("error", (cause) => reject(lost(String(cause), cause)));
  });
}

function lost(found: string, cause?: unknown): Failure {
  return new Failure("runtime/worker-failed", `a thread of the boosting stopped: ${found}`, { cause });
}
