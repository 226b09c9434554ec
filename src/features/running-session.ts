/** @file The running session so far, and the one before it. */
import type { Bar } from "#domain/bar.ts";
import type { Remembering } from "./memory.ts";

export interface RunningSession extends Remembering {
  /** Session, high, low and close so far. */
  readonly now: Float64Array;
  /** High, low and close of the session before; those of the first bar until a session has ended. */
  readonly previous: Float64Array;
  /** Takes the next bar; true where it is the first of its session. */
  take(bar: Bar): boolean;
}

/** A session before its first bar; `sessionOf` names the session of a bar by its time. */
export function runningSession(sessionOf: (openTime: number) => number): RunningSession {
  const now = Float64Array.of(NaN, NaN, NaN, NaN);
  const previous = Float64Array.of(NaN, NaN, NaN);
  return {
    now,
    previous,
    memory: [now, previous],
    take({ openTime, high, low, close }) {
      const session = sessionOf(openTime);
      const begins = session !== now[0];
      if (begins) {
        const first = Number.isNaN(now[0]);
        previous[0] = first ? high : now[1];
        previous[1] = first ? low : now[2];
        previous[2] = first ? close : now[3];
        now[0] = session;
        now[1] = high;
        now[2] = low;
      }
      if (high > now[1]) now[1] = high;
      if (low < now[2]) now[2] = low;
      now[3] = close;
      return begins;
    },
  };
}
