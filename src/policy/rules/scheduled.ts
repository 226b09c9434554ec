/** @file Plays back weights that were decided beforehand: for random agents of a given turnover, and for replays. */
import type { Rng } from "#base/rng.ts";
import type { Policy } from "../policy.ts";

/** Wants `schedule[n]` at the n-th bar it sees, and no change after the last. */
export function scheduled(name: string, schedule: readonly (readonly number[] | undefined)[]): Policy {
  let at = 0;
  return { name, act: () => ({ weights: schedule[at++] }) };
}

/**
 * The schedule begun at a random bar of it, what came before appended: the same positions of all instruments beside each other, held
 * as long and changed by as much, at other times. Only the seam differs, where the last bar meets the first. It is the circular block
 * bootstrap of Politis and Romano (1992) with one block as long as the series. What it earns is what that turnover and exposure
 * earn without any timing.
 */
export function rotated<Weights>(schedule: readonly Weights[], rng: Rng): Weights[] {
  if (schedule.length < 2) return [...schedule];
  const from = 1 + rng.integer(schedule.length - 1);
  return [...schedule.slice(from), ...schedule.slice(0, from)];
}
