/** @file The contract of an action space: from a network's numbers to orders, with what may be chosen and what an agent sees of it. */
import type { ActionSpace } from "#env/space.ts";
import type { Accounts, SizedVenue } from "./world.ts";

/** One way to act in a market. It keeps nothing: what it remembers of a lane lies in `state`, which the caller owns. */
export interface Acting {
  readonly name: string;
  readonly space: ActionSpace;
  /** True where some actions may be illegal: then `legal` is asked at every step. */
  readonly masked: boolean;
  /** Numbers that it remembers of a lane. */
  readonly stateWidth: number;
  /** Numbers that an agent sees of a lane beside those of `account.ts`, by name. All are 0 while the lane is flat. */
  readonly observed: readonly string[];
  /** True where it asks how sure the policy is: then `Moment.entropy` is looked at. */
  readonly asksEntropy?: boolean;
  /** Forgets a lane: it begins flat. `state` from `at` on is the lane's. */
  begin(state: Float64Array, at: number): void;
  /**
   * At the close of the lane's bar: turns `actions` (the lane's begin at `actionAt`) into signed units to trade of each
   * position at the next open, `orders` `[P]`, and rests stops and targets where it wants them.
   * @throws InvariantBroken where an action is not legal
   */
  act(moment: Moment, actions: ArrayLike<number>, actionAt: number, orders: Float64Array): void;
  /** Writes 1 for each action that is legal now and 0 for the others, in the layout of the logits, from `at` on. */
  legal(moment: Moment, into: Uint8Array, at: number): void;
  /** Writes a number for each of `observed` into `into` from `at` on. */
  observe(moment: Moment, into: Float32Array, at: number): void;
}

/** A lane at the close of its bar. */
export interface Moment {
  readonly market: SizedVenue;
  readonly accounts: Accounts;
  lane: number;
  /** State of all lanes; this one's begins at `stateAt`. */
  readonly state: Float64Array;
  stateAt: number;
  /**
   * `[N × heads]`: H(π) / ln(number of legal actions) of each head of the policy that acts, 0 to 1; NaN or absent where it is
   * not known. Who acts writes it before the step.
   */
  readonly entropy?: Float32Array | undefined;
}
