/** @file Pivot points of the session before: levels that the floor traders drew in the morning, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { runningSession } from "../running-session.ts";

/**
 * From high H, low L and close C of the session before the bar's: pivot P = (H + L + C) / 3, r1 = 2P − L, s1 = 2P − H,
 * r2 = P + H − L, s2 = P − (H − L). Known after two usual sessions of `sessionBars` bars, so that the one before was seen
 * whole. Person, A Complete Guide to Technical Trading Tactics, 2004.
 */
export function pivotPoints(sessionOf: (openTime: number) => number, sessionBars: number): Indicator {
  const session = runningSession(sessionOf);
  return indicator(["pivot", "r1", "s1", "r2", "s2"], 2 * sessionBars, [session], (bar, into, at) => {
    session.take(bar);
    const [high, low, close] = session.previous;
    const pivot = (high + low + close) / 3;
    into[at] = pivot;
    into[at + 1] = 2 * pivot - low;
    into[at + 2] = 2 * pivot - high;
    into[at + 3] = pivot + (high - low);
    into[at + 4] = pivot - (high - low);
  });
}
