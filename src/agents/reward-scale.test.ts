import fc from "fast-check";
import { expect, test } from "vitest";
import { fixedRewardScale, runningRewardScale } from "./reward-scale.ts";

const lanes = 3;
const gamma = 0.9;
const step = fc.record({
  rewards: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: lanes, maxLength: lanes }),
  ends: fc.array(fc.constantFrom("no", "terminated", "truncated"), { minLength: lanes, maxLength: lanes }),
});

test("divides by the deviation of all discounted returns so far, from their definition, and keeps signs", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const scale = runningRewardScale(lanes, gamma);
      const into = new Float32Array(lanes + 1).fill(9);
      const seen: number[] = [];
      const since = Array.from({ length: lanes }, () => 0);
      steps.forEach(({ rewards, ends }, at) => {
        const flags = (kind: string): Uint8Array => Uint8Array.from(ends, (end) => (end === kind ? 1 : 0));
        scale.scale(Float32Array.from(rewards), flags("terminated"), flags("truncated"), into, 1);
        for (let lane = 0; lane < lanes; lane++) {
          let total = 0;
          for (let back = since[lane]; back <= at; back++) total += gamma ** (at - back) * steps[back].rewards[lane];
          seen.push(total);
          if (ends[lane] !== "no") since[lane] = at + 1;
        }
        const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
        const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length;
        rewards.forEach((reward, lane) => {
          const wanted = Math.min(10, Math.max(-10, reward / Math.sqrt(variance + 1e-8)));
          expect(into[1 + lane]).toBeCloseTo(wanted, 4);
        });
        expect(into[0]).toBe(9);
      });
    }),
  );
});

test("goes on from a snapshot as if nothing had been", () => {
  const play = (scale: ReturnType<typeof runningRewardScale>, seed: number): number[] => {
    const into = new Float32Array(lanes);
    const ended = Uint8Array.of(seed % 2, 0, 0);
    scale.scale(Float32Array.of(seed, -1, 0.5 * seed), ended, new Uint8Array(lanes), into, 0);
    return [...into];
  };
  const one = runningRewardScale(lanes, gamma);
  for (let n = 0; n < 5; n++) play(one, n);
  const other = runningRewardScale(lanes, gamma);
  other.restore(one.snapshot());
  for (let n = 0; n < 5; n++) expect(play(other, n)).toEqual(play(one, n));
});

test("or multiplies by a number", () => {
  const into = new Float32Array(3);
  fixedRewardScale(0.5).scale(Float32Array.of(1, -4), new Uint8Array(2), new Uint8Array(2), into, 1);
  expect([...into]).toEqual([0, 0.5, -2]);
});
