/** @file Plays back weights that were decided beforehand: for random agents of a given turnover, and for replays. */
import type { Rng } from "#base/rng.ts";
import type { Policy } from "../policy.ts";

/** Wants `schedule[n]` at the n-th bar it sees, and no change after the last. */
export function scheduled(name: string, schedule: readonly (readonly number[] | undefined)[]): Policy {
  let at = 0;
  return { name, act: () => ({ weights: schedule[at++] }) };
}

/**
 * The holding periods of a schedule in random order, for each instrument by itself: the same positions held as long and
 * changed as often, but at other times. What it earns is what that turnover and exposure earn without any timing.
 */
export function shuffledHoldings(schedule: readonly (readonly number[])[], rng: Rng): number[][] {
  const instruments = schedule[0]?.length ?? 0;
  const shuffled = schedule.map(() => Array.from({ length: instruments }, () => 0));
  for (let i = 0; i < instruments; i++) {
    const holdings = holdingPeriods(schedule.map((weights) => weights[i]));
    let at = 0;
    for (const { weight, bars } of exchanged(holdings, rng)) {
      for (let n = 0; n < bars; n++) shuffled[at++][i] = weight;
    }
  }
  return shuffled;
}

interface Holding {
  readonly weight: number;
  readonly bars: number;
}

function holdingPeriods(weights: readonly number[]): Holding[] {
  const periods: { weight: number; bars: number }[] = [];
  for (const weight of weights) {
    const last = periods.at(-1);
    if (last?.weight === weight) last.bars++;
    else periods.push({ weight, bars: 1 });
  }
  return periods;
}

/** Exchanges per holding, enough to forget the order it came in. */
const passes = 10;

/** Exchanges holdings at random, but never so that neighbours of equal weight merge: the number of changes stays what it was. */
function exchanged(holdings: readonly Holding[], rng: Rng): Holding[] {
  const order = [...holdings];
  const exchange = (one: number, two: number): void => void ([order[one], order[two]] = [order[two], order[one]]);
  const parted = (at: number): boolean =>
    order[at - 1]?.weight !== order[at].weight && order[at + 1]?.weight !== order[at].weight;
  for (let pass = 0; pass < passes; pass++) {
    for (let at = order.length - 1; at > 0; at--) {
      const other = rng.integer(at + 1);
      exchange(at, other);
      if (!parted(at) || !parted(other)) exchange(at, other);
    }
  }
  return order;
}
