/** @file Highest high and lowest low of the last sessions, the running one included: with 252 sessions the 52-week levels. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { runningSession } from "../running-session.ts";
import { slidingHighest, slidingLowest } from "../sliding-extreme.ts";

/** Over `sessions` sessions, whatever the length of a bar: at a session's last bar the same as on daily bars. Known after as many usual sessions of `sessionBars` bars. In price. */
export function sessionExtremes(
  sessions: number,
  sessionOf: (openTime: number) => number,
  sessionBars: number,
): Indicator {
  const session = runningSession(sessionOf);
  const [highest, lowest] = [slidingHighest(sessions - 1), slidingLowest(sessions - 1)];
  /** Extremes of the sessions before. */
  const before = Float64Array.of(-Infinity, Infinity);
  const parts = [session, highest, lowest, before];
  return indicator(["high", "low"], sessions * sessionBars, parts, (bar, into, at) => {
    const first = Number.isNaN(session.now[0]);
    if (session.take(bar) && !first) {
      before[0] = highest(session.previous[0]);
      before[1] = lowest(session.previous[1]);
    }
    into[at] = Math.max(before[0], session.now[1]);
    into[at + 1] = Math.min(before[1], session.now[2]);
  });
}
