/** @file The one rule by which requests to a network are tried again. */
import { setTimeout } from "node:timers/promises";
import { Failure } from "#base/failure.ts";
import type { Rng } from "#base/rng.ts";

/** What went wrong with one request, in words of no library. */
export interface Trouble {
  readonly message: string;
  /** HTTP status of the answer; absent where none came whole: cut connection, timeout, a body that breaks off. */
  readonly status?: number | undefined;
  /** How long the other side asks to be left alone, ms. */
  readonly retryAfterMs?: number | undefined;
}

/** Waits, and throws the signal's reason as soon as it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export const systemSleep: Sleep = async (ms, signal) => {
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause;
  }
};

/** What trying again needs from outside. */
export interface Retrying {
  /** Dice of the jitter. */
  readonly rng: Rng;
  readonly sleep: Sleep;
  /** Told before each wait. */
  readonly onWait?: ((trouble: Trouble, waitMs: number) => void) | undefined;
}

const tries = 6;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** Who asks to be left alone for longer than this is taken at their word: the download ends and may be resumed. */
const longestAskedWaitMs = 300_000;

/**
 * Runs `attempt` until it succeeds, six times at most. No whole answer, 408, 425, 429 and 5xx are tried again after
 * Retry-After or else min(30 s, 0.5 s · 2ⁿ), of which a random part up to a half is left out; everything else fails at once.
 * @param troubleOf Translates what `attempt` threw; a Failure is final, undefined throws the error as it is.
 * @throws Failure data/source-unavailable after the last try, data/source-refused for any other status
 */
export async function withRetries<Result>(
  source: string,
  attempt: () => Promise<Result>,
  troubleOf: (error: unknown) => Trouble | Failure | undefined,
  { rng, sleep, onWait }: Retrying,
  signal?: AbortSignal,
): Promise<Result> {
  for (let tried = 1; ; tried++) {
    signal?.throwIfAborted();
    try {
      return await unlessAborted(attempt(), signal);
    } catch (cause) {
      signal?.throwIfAborted();
      const trouble = cause instanceof Failure ? cause : troubleOf(cause);
      if (trouble === undefined) throw cause;
      if (trouble instanceof Failure) throw trouble;
      if (!isPassing(trouble)) {
        const found = `${source} answered ${trouble.status}: ${trouble.message}`;
        throw new Failure("data/source-refused", found, { source, status: trouble.status, cause });
      }
      const asked = trouble.retryAfterMs;
      if (tried === tries || (asked ?? 0) > longestAskedWaitMs) {
        throw new Failure("data/source-unavailable", unavailable(source, trouble, tried), { source, tried, cause });
      }
      const waitMs = asked ?? Math.min(longestWaitMs, firstWaitMs * 2 ** (tried - 1)) * (1 - rng.uniform() / 2);
      onWait?.(trouble, waitMs);
      await sleep(waitMs, signal);
    }
  }
}

/** What `work` gives, or the signal's reason as soon as it is aborted: not every library can be stopped. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** True where the same request may succeed later. */
function isPassing({ status }: Trouble): boolean {
  return status === undefined || status >= 500 || [408, 425, 429].includes(status);
}

function unavailable(source: string, { message, status, retryAfterMs }: Trouble, tried: number): string {
  const answer = status === undefined ? message : `${status} ${message}`;
  const asks = retryAfterMs === undefined ? "" : ` and asks for ${Math.ceil(retryAfterMs / 1000)} s of rest`;
  return `${source} gave no whole answer in ${tried} ${tried === 1 ? "try" : "tries"}, lastly: ${answer}${asks}`;
}

/** Retry-After, in seconds or as a date, to milliseconds from `now`; undefined where there is none. */
export function askedWaitMs(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
