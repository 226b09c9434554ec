/** @file Pendulum-v1: swing a pendulum up and hold it there with a torque too weak to lift it at once. */
import { invariant } from "#base/invariant.ts";
import type { World } from "../env.ts";

export type PendulumState = {
  /** Radians from upright, not wrapped. */
  readonly angle: number;
  readonly angularVelocity: number;
};

const gravity = 10;
const mass = 1;
const length = 1;
const secondsPerStep = 0.05;
const maxTorque = 2;
const maxAngularVelocity = 8;

/** The constants of Gymnasium's Pendulum-v1: reward −(θ² + 0.1 θ̇² + 0.001 u²) with θ in [−π, π), truncated at 200 steps, never terminated. */
export function pendulum(): World<PendulumState> {
  return {
    name: "pendulum",
    observationSpace: { kind: "vector", size: 3 },
    actionSpace: { kind: "box", low: [-maxTorque], high: [maxTorque] },
    maxSteps: 200,
    initial: (rng) => ({ angle: (2 * rng.uniform() - 1) * Math.PI, angularVelocity: 2 * rng.uniform() - 1 }),
    step({ angle, angularVelocity }, action) {
      invariant(Number.isFinite(action[0]), "a torque is a finite number", { torque: action[0] });
      const torque = clamp(action[0], maxTorque);
      const reward = -(wrapped(angle) ** 2 + 0.1 * angularVelocity ** 2 + 0.001 * torque ** 2);
      const acceleration = ((3 * gravity) / (2 * length)) * Math.sin(angle) + (3 / (mass * length ** 2)) * torque;
      const nextVelocity = clamp(angularVelocity + acceleration * secondsPerStep, maxAngularVelocity);
      const state = { angle: angle + nextVelocity * secondsPerStep, angularVelocity: nextVelocity };
      return { state, reward, terminated: false };
    },
    observe({ angle, angularVelocity }, into, at) {
      into[at] = Math.cos(angle);
      into[at + 1] = Math.sin(angle);
      into[at + 2] = angularVelocity;
    },
  };
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}

/** The same angle in [−π, π). */
function wrapped(angle: number): number {
  const turn = 2 * Math.PI;
  return angle - turn * Math.floor((angle + Math.PI) / turn);
}
