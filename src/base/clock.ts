/** @file The only clock of the program. Pure folders are told the time; nothing else may ask the machine for it. */

/** Unix time in milliseconds, UTC. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved, for tests and replays. */
export function fixedClock(at: number): Clock & { set(to: number): void } {
  let time = at;
  return { now: () => time, set: (to) => void (time = to) };
}

/** Milliseconds of a monotonic clock, for measuring how long something took. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
