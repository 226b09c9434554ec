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
    for (const { weight, bars } of withoutRepeats(shuffle(holdings, rng), rng)) {
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

/** Fisher and Yates' shuffle. */
function shuffle<Item>(items: readonly Item[], rng: Rng): Item[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

/** Neighbours of equal weight would merge and lower the turnover: exchange one of them where that parts them. */
function withoutRepeats(holdings: Holding[], rng: Rng): Holding[] {
  const fits = (holding: Holding, at: number): boolean =>
    holdings[at - 1]?.weight !== holding.weight && holdings[at + 1]?.weight !== holding.weight;
  for (let at = 1; at < holdings.length; at++) {
    for (let tries = 0; tries < 20 && holdings[at].weight === holdings[at - 1].weight; tries++) {
      const other = rng.integer(holdings.length);
      const [one, two] = [holdings[at], holdings[other]];
      if (Math.abs(other - at) > 1 && fits(two, at) && fits(one, other)) [holdings[at], holdings[other]] = [two, one];
    }
  }
  return holdings;
}
