/** @file CartPole-v1: a pole hinged on a cart that is pushed left or right. */
import { invariant } from "#base/invariant.ts";
import type { World } from "../env.ts";

export type CartpoleState = {
  /** Metres from the middle of the track. */
  readonly position: number;
  readonly velocity: number;
  /** Radians from upright, clockwise. */
  readonly angle: number;
  readonly angularVelocity: number;
};

const gravity = 9.8;
const poleMass = 0.1;
const totalMass = 1 + poleMass;
/** From the hinge to the pole's centre of mass. */
const halfLength = 0.5;
const force = 10;
const secondsPerStep = 0.02;
const angleLimit = (12 * 2 * Math.PI) / 360;
const positionLimit = 2.4;
/** Each of the four numbers starts uniformly within ± this. */
const startRange = 0.05;

/** Barto, Sutton and Anderson, 1983, with the constants of Gymnasium's CartPole-v1: explicit Euler, truncated at 500 steps. */
export function cartpole(): World<CartpoleState> {
  return {
    name: "cartpole",
    observationSpace: { kind: "vector", size: 4 },
    actionSpace: { kind: "discrete", sizes: [2] },
    maxSteps: 500,
    initial(rng) {
      const start = (): number => (2 * rng.uniform() - 1) * startRange;
      return { position: start(), velocity: start(), angle: start(), angularVelocity: start() };
    },
    step({ position, velocity, angle, angularVelocity }, action) {
      invariant(action[0] === 0 || action[0] === 1, "an action is 0 (left) or 1 (right)", { action: action[0] });
      const push = action[0] === 1 ? force : -force;
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      const common = (push + poleMass * halfLength * angularVelocity ** 2 * sin) / totalMass;
      const angularAcceleration =
        (gravity * sin - cos * common) / (halfLength * (4 / 3 - (poleMass * cos ** 2) / totalMass));
      const acceleration = common - (poleMass * halfLength * angularAcceleration * cos) / totalMass;
      const state = {
        position: position + secondsPerStep * velocity,
        velocity: velocity + secondsPerStep * acceleration,
        angle: angle + secondsPerStep * angularVelocity,
        angularVelocity: angularVelocity + secondsPerStep * angularAcceleration,
      };
      const terminated = Math.abs(state.position) > positionLimit || Math.abs(state.angle) > angleLimit;
      return { state, reward: 1, terminated };
    },
    observe({ position, velocity, angle, angularVelocity }, into, at) {
      into[at] = position;
      into[at + 1] = velocity;
      into[at + 2] = angle;
      into[at + 3] = angularVelocity;
    },
  };
}
