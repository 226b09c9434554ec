/** @file Names of runs: when they began, and what they are. */
import type { Clock } from "#base/clock.ts";

/** E.g. `2026-01-31T12-00-05-demo`. */
export function runId(clock: Clock, what: string): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(":", "-")}-${what}`;
}
