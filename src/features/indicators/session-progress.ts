/** @file How far the running session has ranged, in price, and whether this bar opens it. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { runningSession } from "../running-session.ts";

/** range = high − low of the session so far; opens = 1 at its first bar (a gap before it is a gap between sessions), else 0. */
export function sessionProgress(sessionOf: (openTime: number) => number): Indicator {
  const session = runningSession(sessionOf);
  return indicator(["range", "opens"], 1, [session], (bar, into, at) => {
    into[at + 1] = session.take(bar) ? 1 : 0;
    into[at] = session.now[1] - session.now[2];
  });
}
