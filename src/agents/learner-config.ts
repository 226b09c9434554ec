/** @file The settings that learners share: all of them, and those that learn on the policy. */
import type { GaussianConfig } from "#policy/action-heads/gaussian.ts";
import type { NetworkConfig } from "#policy/body.ts";
import type { Device } from "#tensor/onnx/session.ts";
import type { RolloutConfig } from "./rollout.ts";
import type { ScheduleShape } from "./schedule.ts";

export interface LearnerConfig {
  /** Adam's step size at the start; goes to `finalLearningRate` at `totalTransitions`, linearly unless a schedule says otherwise. */
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly totalTransitions: number;
  /** Discount of a step. */
  readonly gamma: number;
  readonly network: NetworkConfig;
  /** Threads of the tensor run-time. Part of the configuration, never of the machine, so that results do not depend on it. */
  readonly threads: number;
  /** What computes; `cpu` by default. Devices differ in the last digits. */
  readonly device?: Device;
}

export interface OnPolicyConfig extends LearnerConfig, RolloutConfig {
  /** The way from each first value to its final one. */
  readonly schedule: ScheduleShape;
  /** Weight of the mean entropy of an action's parts, or one weight for each part. */
  readonly entropyCoefficient: number | readonly number[];
  readonly valueCoefficient: number;
  /** Largest norm of a gradient over all parameters. */
  readonly maxGradientNorm: number;
  /** How real-valued actions are drawn. */
  readonly gaussian?: GaussianConfig | undefined;
}
