import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { envContract } from "../env.contract.ts";
import { vectorEnv } from "../vector.ts";
import { pendulum } from "./pendulum.ts";

envContract("pendulum", (lanes) => vectorEnv(pendulum(), lanes), {
  isStart: ([cos, sin, angularVelocity]) => Math.abs(cos ** 2 + sin ** 2 - 1) < 1e-6 && Math.abs(angularVelocity) <= 1,
});

const world = pendulum();

function after(angle: number, angularVelocity: number, torque: number): readonly [number, number, number] {
  const { state, reward, terminated } = world.step({ angle, angularVelocity }, [torque], createRng(0));
  expect(terminated).toBe(false);
  return [state.angle, state.angularVelocity, reward];
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 12);
}

test("falls from the horizontal by g, at a cost of the angle squared", () => {
  expectClose(after(Math.PI / 2, 0, 0), [Math.PI / 2 + 0.0375, 0.75, -((Math.PI / 2) ** 2)]);
});

test("hangs still at the bottom, at the greatest cost of an angle", () => {
  const [angle, angularVelocity, reward] = after(Math.PI, 0, 0);
  expectClose([angle, angularVelocity, reward], [Math.PI, 0, -(Math.PI ** 2)]);
});

test("agrees with Gymnasium 1.3.0, torque and speed clipped and the angle wrapped", () => {
  // Gymnasium rounds the torque to 32 bits, so its reward is known to about nine digits only.
  const published: readonly (readonly [readonly [number, number, number], readonly [number, number, number]])[] = [
    [
      [3, -7.9, 2.5],
      [2.625292000302245, -7.4941599939551, -15.24500000018999],
    ],
    [
      [-3.5, 1.2, 0.5],
      [-3.423095628961639, 1.5380874207672148, -7.890370454112202],
    ],
    [
      [1.6, 7.95, 2],
      [2, 8, -8.88425000018999],
    ],
  ];
  for (const [[angle, angularVelocity, torque], expected] of published) {
    const found = after(angle, angularVelocity, torque);
    expectClose(found.slice(0, 2), expected.slice(0, 2));
    expect(found[2]).toBeCloseTo(expected[2], 9);
  }
});

test("shows cosine, sine and angular velocity, and refuses a torque that is not a number", () => {
  const shown = new Float32Array(5);
  world.observe({ angle: Math.PI / 6, angularVelocity: -3 }, shown, 1);
  expectClose([...shown], [0, Math.fround(Math.sqrt(3) / 2), 0.5, -3, 0]);
  expect(() => after(0, 0, NaN)).toThrow("finite");
});
