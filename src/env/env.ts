/** @file The contract of a world, one lane (`World`) and many (`VectorEnv`). Knows nothing of trading. */
import type { Rng } from "#base/rng.ts";
import type { ActionSpace, ObservationSpace } from "./space.ts";

/** What one step of one lane gives, next to its state. */
export interface Transition<State> {
  readonly state: State;
  readonly reward: number;
  /** The world ended, e.g. ruin: nothing of value lies beyond. */
  readonly terminated: boolean;
}

/** A world as state → state over small plain values, so that search can branch from any state. */
export interface World<State> {
  readonly name: string;
  readonly observationSpace: ObservationSpace;
  readonly actionSpace: ActionSpace;
  /** Steps after which an episode is truncated; absent: never. */
  readonly maxSteps?: number;
  initial(rng: Rng): State;
  /** Never changes `state`; all chance comes from `rng`. */
  step(state: State, action: ArrayLike<number>, rng: Rng): Transition<State>;
  /** Writes the observation of `state` into `into`, from index `at` on. */
  observe(state: State, into: Float32Array, at: number): void;
}

/** Buffers of N lanes that the caller owns and `reset` and `step` write into. O is the observation width. */
export interface StepBuffers {
  /** `[N, O]`: what to act on next; of a lane whose episode ended, the first observation of the next episode. */
  readonly observations: Float32Array;
  /** `[N, O]`: the last observation of each episode that ended in this step; other lanes are left as they were. */
  readonly finalObservations: Float32Array;
  /** `[N]` */
  readonly rewards: Float32Array;
  /** `[N]`, 0 or 1: the world ended; nothing of value lies beyond. */
  readonly terminated: Uint8Array;
  /** `[N]`, 0 or 1: we stopped watching; value does lie beyond, so bootstrap from `finalObservations`. */
  readonly truncated: Uint8Array;
  /** `[N, logits]`, 1 where an action is legal. Discrete spaces only. */
  readonly legal: Uint8Array;
  /** `[N, logits]`: the same for `finalObservations`, so that value is bootstrapped from what could have been done there. */
  readonly finalLegal: Uint8Array;
}

/** Actions of N lanes, row-major `[N, width]`: Int32 for discrete spaces, Float32 for boxes. */
export type Actions = Int32Array | Float32Array;

/** Everything that decides an env's future, as named arrays, for checkpoints. */
export type Snapshot = Readonly<Record<string, Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array>>;

/** N lanes of a world that restart by themselves (in the same step in which an episode ends). */
export interface VectorEnv {
  readonly lanes: number;
  readonly observationSpace: ObservationSpace;
  readonly actionSpace: ActionSpace;
  /** Least and greatest reward of a step, where the env knows them: learning stops at any other. */
  readonly rewardRange?: readonly [number, number];
  /** Set where some actions may be illegal: then every `reset` and `step` writes `legal`, and a step `finalLegal` of lanes that ended. */
  readonly masked?: boolean;
  /**
   * `[N × heads]`, there where the world asks how sure the policy is: who acts writes H(π) / ln(number of legal actions) of each
   * head before a step, NaN for unknown.
   */
  readonly policyEntropy?: Float32Array | undefined;
  /** Starts all lanes anew from a seed. */
  reset(seed: number, into: StepBuffers): void;
  step(actions: Actions, into: StepBuffers): void;
  snapshot(): Snapshot;
  /** Goes on exactly where `snapshot` was taken, on an env made with the same settings. */
  restore(snapshot: Snapshot): void;
}
