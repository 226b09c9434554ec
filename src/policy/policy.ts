/** @file Acting: an observation in, wanted weights or signals out. Networks, rules and random dice all look like this. */
import type { Bar } from "#domain/bar.ts";

/** All that may be looked at when a bar has closed. */
export interface Observation {
  /** The bar that has just closed, of each instrument. */
  readonly bars: readonly Bar[];
  /** `[L × F]`: scaled features of the last L bars, newest last. */
  readonly market: Float32Array;
  /** What the account looks like to an agent (market/account.ts), then what its position plan shows, where there is one. */
  readonly account: Float32Array;
  /** 1 for each signal that is legal now, 0 for the others, in the layout of the logits; absent where weights are asked for. */
  readonly legal?: Uint8Array;
}

/** Weights or signals, as the trader that asks is made for. */
export type Decision = WeightDecision | SignalDecision;

export interface WeightDecision {
  /** Wanted weight of equity of each instrument, signed; absent: leave everything as it is. */
  readonly weights: readonly number[] | undefined;
}

export interface SignalDecision {
  /** A word of the trader's signal space for each instrument; HOLD leaves a position as it is. */
  readonly signals: readonly string[];
  /** How unsure the policy is of each: H(π) / ln(number of legal actions), 0 to 1; absent where it is not known. */
  readonly entropy?: readonly number[];
  /** How often choices like it were right on the validation span, of each; absent where that is not known. */
  readonly confidence?: readonly number[];
}

/** May keep state of its own between bars, so one policy serves one account. */
export interface Policy {
  readonly name: string;
  act(observation: Observation): Decision | Promise<Decision>;
}
