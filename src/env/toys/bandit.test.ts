import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { envContract } from "../env.contract.ts";
import { vectorEnv } from "../vector.ts";
import { bandit } from "./bandit.ts";

envContract("bandit", (lanes) => vectorEnv(bandit(), lanes), { isStart: ([constant]) => constant === 1 });

test("pays exactly 1 for the best arm and 0 for the others when there is no noise", () => {
  const world = bandit({ arms: 4, best: 2, noise: 0 });
  const rewards = [0, 1, 2, 3].map((arm) => world.step({ pulls: 0 }, [arm], createRng(1)).reward);
  expect(rewards).toEqual([0, 0, 1, 0]);
});

test("pays 1 on average for the best arm, with standard deviation 1", () => {
  const world = bandit();
  const rng = createRng(5);
  const pulls = 20_000;
  const rewards = Array.from({ length: pulls }, () => world.step({ pulls: 0 }, [7], rng).reward);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / pulls;
  const variance = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / pulls;
  // Four standard errors: 4 / √20000 for the mean, √2 times that for the variance.
  expect(Math.abs(mean - 1)).toBeLessThan(0.0283);
  expect(Math.abs(variance - 1)).toBeLessThan(0.04);
});

test("ends after one pull and refuses an arm that does not exist", () => {
  const world = bandit({ arms: 3, best: 0 });
  expect(world.step({ pulls: 0 }, [1], createRng(1)).terminated).toBe(true);
  for (const arm of [3, -1, 0.5, NaN]) expect(() => world.step({ pulls: 0 }, [arm], createRng(1))).toThrow("arm");
  expect(() => bandit({ arms: 3, best: 3 })).toThrow("best arm");
});
