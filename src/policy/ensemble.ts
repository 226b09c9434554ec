/** @file Several policies that decide together: by weighted vote, or by the weighted mean of what they want. */
import { invariant } from "#base/invariant.ts";
import type { Decision, Policy, SignalDecision, WeightDecision } from "./policy.ts";

export interface Member {
  readonly policy: Policy;
  /** How much its word counts, above or equal to 0; e.g. its Sharpe ratio on the validation span where that is above 0. */
  readonly weight: number;
}

/**
 * - `vote`: for each instrument the word or weight that has most of the weight behind it. A tie between words is HOLD, which
 *   leaves the position as it is; a tie between weights is the one nearest to flat.
 * - `mean`: the mean of the wanted weights. Words have no mean.
 * A member that wants no change does not take part in that decision; without any that does, nothing changes.
 */
export type EnsembleRule = "vote" | "mean";

/** A policy of its members, each of which sees every observation. */
export function ensemble(name: string, members: readonly Member[], rule: EnsembleRule): Policy {
  const heard = members.filter(({ weight }) => weight > 0);
  invariant(heard.length > 0, "some member of an ensemble counts", { name, members: members.length });
  return {
    name,
    async act(observation) {
      const decisions: Weighted<Decision>[] = [];
      for (const { policy, weight } of heard) decisions.push({ said: await policy.act(observation), weight });
      const signals = decisions.filter(isSignals);
      if (signals.length === 0) return weights(decisions.filter(isWeights), rule);
      invariant(signals.length === decisions.length, "members of an ensemble all speak in words, or all in weights");
      invariant(rule === "vote", "words are voted on, they have no mean", { ensemble: name });
      return voted(signals);
    },
  };
}

interface Weighted<Said> {
  readonly said: Said;
  readonly weight: number;
}

function isSignals(each: Weighted<Decision>): each is Weighted<SignalDecision> {
  return "signals" in each.said;
}

function isWeights(each: Weighted<Decision>): each is Weighted<WeightDecision> {
  return "weights" in each.said;
}

/** The word that every space has and that is always legal. */
const hold = "HOLD";

function voted(decisions: readonly Weighted<SignalDecision>[]): SignalDecision {
  const instruments = decisions[0].said.signals.length;
  const each = Array.from({ length: instruments }, (_, i) => i);
  const signals = each.map((i) => {
    const leading = leaders(decisions.map(({ said, weight }) => ({ said: said.signals[i], weight })));
    return leading.length > 1 ? hold : leading[0];
  });
  const entropy = each.map((i) =>
    mean(decisions.map(({ said, weight }) => ({ said: said.entropy?.[i] ?? Number.NaN, weight }))),
  );
  return entropy.some(Number.isNaN) ? { signals } : { signals, entropy };
}

function weights(decisions: readonly Weighted<WeightDecision>[], rule: EnsembleRule): WeightDecision {
  const wanted = decisions.flatMap(({ said, weight }) =>
    said.weights === undefined ? [] : [{ said: said.weights, weight }],
  );
  if (wanted.length === 0) return { weights: undefined };
  return {
    weights: wanted[0].said.map((_, i) => {
      const ofInstrument = wanted.map(({ said, weight }) => ({ said: said[i], weight }));
      if (rule === "mean") return mean(ofInstrument);
      return leaders(ofInstrument).reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
    }),
  };
}

/** What has most of the weight behind it: one, or several in the order in which they were first said. */
function leaders<Said>(votes: readonly Weighted<Said>[]): Said[] {
  const sums = new Map<Said, number>();
  for (const { said, weight } of votes) sums.set(said, (sums.get(said) ?? 0) + weight);
  const most = Math.max(...sums.values());
  // Sums of the same weights in another order differ by rounding alone.
  return [...sums].filter(([, sum]) => sum > most * (1 - 1e-12)).map(([said]) => said);
}

function mean(values: readonly Weighted<number>[]): number {
  let [sum, total] = [0, 0];
  for (const { said, weight } of values) {
    sum += weight * said;
    total += weight;
  }
  return sum / total;
}
