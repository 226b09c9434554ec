/** @file The contract of a reward: what a step did to an account, and the terms that are made of it. */

/** What one step did to the account of a lane, in account currency. The same object is used again for every step. */
export interface StepFacts {
  /** Equity at the close before and after, never below a millionth of the capital. */
  before: number;
  after: number;
  /** Highest equity so far, before and after. */
  peakBefore: number;
  peakAfter: number;
  /** Value traded in the step, and what trading and holding cost in it. */
  traded: number;
  cost: number;
  /** Fills of the step. */
  fills: number;
  /** Gain of positions, or parts of them, that were closed in the step, before fees; 0 where none was. */
  realised: number;
  /** Positions that were closed in the step. */
  closed: number;
  /** Value of all positions after the step, long and short alike. */
  gross: number;
  /** What the episode began with. */
  capital: number;
  /** Fills of the day of the exchange so far, and that day, counted from 1970-01-01. */
  tradesToday: number;
  day: number;
}

/** Was the account flat throughout the step? A position cannot go without a trade. */
export function wasFlat({ traded, gross }: StepFacts): boolean {
  return traded === 0 && gross === 0;
}

/** One term of a reward. What it remembers of a lane lies in `state`, which the caller owns. */
export interface RewardTerm {
  readonly name: string;
  /** Numbers that it remembers of a lane. */
  readonly stateWidth: number;
  /** Forgets a lane. */
  begin(state: Float64Array, at: number): void;
  /** The term's value of a step, finite; 0 where the account was flat throughout and nothing was traded. */
  value(facts: StepFacts, state: Float64Array, at: number): number;
}

/** A term and what it counts for. */
export interface WeightedTerm {
  readonly term: RewardTerm;
  readonly weight: number;
  /** Steps of each lane over which the weight grows evenly from 0; absent: it is whole from the first step on. */
  readonly growthSteps?: number;
}

/** A term as it is asked for: where it is normalised, its weight counts for the term over its standard deviation. */
export interface RewardPart extends WeightedTerm {
  readonly normalised: boolean;
}

/** Standard deviation of terms in a step, by name: measured on the training span alone. */
export type RewardDeviations = Readonly<Record<string, number>>;
