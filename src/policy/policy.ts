/** @file Acting: an observation in, wanted weights out. Networks, rules and random dice all look like this. */
import type { Bar } from "#domain/bar.ts";

/** All that may be looked at when a bar has closed. */
export interface Observation {
  /** The bar that has just closed, of each instrument. */
  readonly bars: readonly Bar[];
  /** `[L × F]`: scaled features of the last L bars, newest last. */
  readonly market: Float32Array;
  /** What the account looks like to an agent (market/account.ts). */
  readonly account: Float32Array;
}

export interface Decision {
  /** Wanted weight of equity of each instrument, signed; absent: leave everything as it is. */
  readonly weights: readonly number[] | undefined;
}

/** May keep state of its own between bars, so one policy serves one account. */
export interface Policy {
  readonly name: string;
  act(observation: Observation): Decision | Promise<Decision>;
}
