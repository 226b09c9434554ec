/** @file A transition as soft actor-critic remembers it: one row of numbers. */
import type { VectorEnv } from "#env/env.ts";
import { logitWidth, observationWidth } from "#env/space.ts";

/** Where each part of a remembered transition stands in its row; the observation comes first. */
export interface SoftRow {
  readonly width: number;
  readonly kept: number;
  readonly reward: number;
  readonly discount: number;
  readonly next: number;
  readonly legal: number;
  readonly nextLegal: number;
  /** Width of a mask; 0 where everything is always legal. */
  readonly logits: number;
  readonly sizes: readonly number[];
}

/** The row of transitions of `env` whose actions are remembered by `kept` numbers. */
export function softRow({ observationSpace, actionSpace, masked }: VectorEnv, kept: number): SoftRow {
  const observation = observationWidth(observationSpace);
  const logits = masked === true && actionSpace.kind === "discrete" ? logitWidth(actionSpace) : 0;
  const sizes = [observation, kept, 1, 1, observation, ...(logits > 0 ? [logits, logits] : [])];
  const reward = observation + kept;
  const next = reward + 2;
  const legal = next + observation;
  return {
    width: sizes.reduce((sum, size) => sum + size, 0),
    kept: observation,
    reward,
    discount: reward + 1,
    next,
    legal,
    nextLegal: legal + logits,
    logits,
    sizes,
  };
}
