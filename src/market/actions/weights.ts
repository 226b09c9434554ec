/** @file Target weights as real numbers: long only with cash, and long and short. */
import type { Acting } from "../acting.ts";
import { ordersForWeights } from "../world.ts";

/** Writes the weight of each instrument that an action stands for; the action begins at `at`. */
export type WeightCodec = (actions: ArrayLike<number>, at: number, weights: Float64Array) => void;

/** What softmax scores are multiplied by: at ±1 one weight can be 400 times another. */
const sharpness = 3;

/**
 * Long only: one score for each instrument and, last, one for cash, each −1 to 1; weights are softmax(3 · scores), so that all
 * with the cash add up to 1 (Jiang et al., 2017, https://arxiv.org/abs/1706.10059).
 */
export const longWeights: WeightCodec = (actions, at, weights) => {
  const instruments = weights.length;
  let total = Math.exp(sharpness * actions[at + instruments]);
  for (let i = 0; i < instruments; i++) {
    weights[i] = Math.exp(sharpness * actions[at + i]);
    total += weights[i];
  }
  for (let i = 0; i < instruments; i++) weights[i] /= total;
};

/** The scores that lead to these weights (and the rest in cash), as near as scores between −1 and 1 can; written from `at` on. */
export function longWeightScores(weights: Float64Array, into: { [at: number]: number }, at: number): void {
  const cash = Math.max(0, 1 - weights.reduce((sum, weight) => sum + weight, 0));
  const largest = Math.max(cash, ...weights);
  for (let i = 0; i <= weights.length; i++) {
    const weight = i < weights.length ? weights[i] : cash;
    into[at + i] = Math.max(-1, 1 + Math.log(weight / largest) / sharpness);
  }
}

/** Long and short: one weight for each instrument, −1 to 1; where they add up to more than 1, unsigned, all are scaled down to it. */
export const longShortWeights: WeightCodec = (actions, at, weights) => {
  const instruments = weights.length;
  let gross = 0;
  for (let i = 0; i < instruments; i++) {
    weights[i] = actions[at + i];
    gross += Math.abs(weights[i]);
  }
  if (gross > 1) for (let i = 0; i < instruments; i++) weights[i] /= gross;
};

export function longWeightsActing(instruments: number): Acting {
  return weightsActing("weights-long", instruments, instruments + 1, longWeights);
}

export function longShortActing(instruments: number): Acting {
  return weightsActing("weights", instruments, instruments, longShortWeights);
}

function weightsActing(name: string, instruments: number, width: number, write: WeightCodec): Acting {
  const weights = new Float64Array(instruments);
  const bound = (value: number): number[] => Array.from({ length: width }, () => value);
  return {
    name,
    space: { kind: "box", low: bound(-1), high: bound(1) },
    masked: false,
    stateWidth: 0,
    observed: [],
    begin() {},
    act({ market, accounts, lane }, actions, actionAt, orders) {
      write(actions, actionAt, weights);
      ordersForWeights(market, accounts, lane, weights, 0, orders);
    },
    legal() {},
    observe() {},
  };
}
