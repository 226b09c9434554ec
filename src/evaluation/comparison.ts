/** @file Which of two agents is better over the same bars, or whether that cannot be told. */
import { invariant } from "#base/invariant.ts";
import { createRng } from "#base/rng.ts";
import type { Interval } from "./bootstrap.ts";
import type { Contender, Verdict } from "./significance.ts";
import { judge } from "./significance.ts";

export interface Comparison {
  /** Name of the better one; undefined where the difference may be luck. */
  readonly better: string | undefined;
  /** Annualised Sharpe, net of costs, of the first less that of the second. */
  readonly difference: Interval;
  readonly confidence: number;
  /** Of each by its name. */
  readonly sharpe: Readonly<Record<string, Interval>>;
  readonly bars: number;
  readonly runs: Readonly<Record<string, number>>;
  /** The number that decided, in a sentence. */
  readonly reason: string;
}

/**
 * Each is judged against the other as an agent is against its baseline (`judge`): the paired bootstrap redraws blocks of bars
 * for both together and the runs of each, so that the interval holds the luck of the market and of the seeds.
 */
export function compare(
  one: Contender,
  other: Contender,
  { barsPerYear, seed }: { readonly barsPerYear: number; readonly seed: number },
): Comparison {
  invariant(one.name !== other.name, "contenders have different names", { name: one.name });
  const against = (agent: Contender, baseline: Contender): Verdict =>
    judge(agent, [baseline], { barsPerYear, rng: createRng(seed, "comparison") });
  const forward = against(one, other);
  const backward = against(other, one);
  const better = forward.word === "BEATS" ? one.name : backward.word === "BEATS" ? other.name : undefined;
  const { difference, confidence, bars, sharpe } = forward;
  const interval = `${difference.lower.toFixed(2)} to ${difference.upper.toFixed(2)}`;
  const found = `${one.name} has a Sharpe ratio of ${sharpe[one.name].estimate.toFixed(2)}, ${other.name} of ${sharpe[other.name].estimate.toFixed(2)}; ${100 * confidence} % interval of the difference ${interval}`;
  return {
    better,
    difference,
    confidence,
    sharpe,
    bars,
    runs: { [one.name]: one.runs.length, [other.name]: other.runs.length },
    reason: `${found}: ${better === undefined ? "which is better cannot be told" : `${better} is better`}.`,
  };
}
