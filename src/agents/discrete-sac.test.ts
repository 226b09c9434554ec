import { describe, expect, test } from "vitest";
import { bandit } from "#env/toys/bandit.ts";
import { pendulum } from "#env/toys/pendulum.ts";
import { vectorEnv } from "#env/vector.ts";
import type { DiscreteSacConfig } from "./discrete-sac.ts";
import { createDiscreteSac, discreteSacDefaults } from "./discrete-sac.ts";
import { learnerContract } from "./learner.contract.ts";
import { learned, legalActions, maskedEnv, maskedPay, paying } from "./learner.fixture.ts";

/** Small and quick; what a test is about is named in it. */
const quick: DiscreteSacConfig = {
  ...discreteSacDefaults,
  rolloutSteps: 8,
  updatesPerTransition: 1 / 8,
  learningStarts: 256,
  minibatchSize: 64,
  capacity: 20_000,
  learningRate: 3e-3,
  finalLearningRate: 3e-3,
  initialTemperature: 0.1,
  targetEntropyShare: 0.1,
  targetRate: 0.02,
  network: { body: "mlp", hidden: [16], activation: "relu" },
};

learnerContract("discrete SAC", {
  acts: ["choices"],
  create: (env, settings, seed) => createDiscreteSac(env, { ...quick, targetEntropyShare: 0.05, ...settings }, seed),
  enough: 10_000,
  breakDown: (env) => createDiscreteSac(env, { ...quick, learningRate: 1e30 }, 1),
  saysHowSure: true,
});

describe("learns", () => {
  test("to be as unsure as it is told to, whatever the rewards' scale", async () => {
    for (const rewardScale of [0.2, 5]) {
      const config = { gamma: 0, rewardScale, targetEntropyShare: 0.5, initialTemperature: rewardScale };
      const last = (
        await learned(createDiscreteSac(vectorEnv(bandit({ noise: 0.1 }), 16), { ...quick, ...config }, 1), 16_000)
      ).at(-1)!;
      expect(Math.abs(last["entropy"] - 0.5 * Math.log(10))).toBeLessThan(0.35);
    }
  });
});

test("remembers with each state what was legal in it and after it, at the end of an episode too", async () => {
  const learner = await createDiscreteSac(
    maskedEnv(4, () => undefined, 3),
    { ...quick, rolloutSteps: 90, updatesPerTransition: 1 / 4000 },
    1,
  );
  await learner.iterate();
  const rows = learner.snapshot()["replay.rows"];
  await learner.dispose();
  const width = 2 + 3 + 2 + 2 + 3 + 3;
  expect(rows.length / width, "every third is truncated").toBe(4 * 90);
  for (let at = 0; at < rows.length; at += width) {
    expect([...rows.subarray(at + 9, at + 12)]).toEqual(legalActions[rows[at]]);
    expect([...rows.subarray(at + 12, at + 15)]).toEqual(legalActions[rows[at + 7]]);
    const chosen = [...rows.subarray(at + 2, at + 5)].indexOf(1);
    expect(legalActions[rows[at]][chosen]).toBe(1);
    expect(rows[at + 5]).toBe(maskedPay[rows[at]][chosen] / 2);
  }
});

test("refuses real actions, and to go on once a loss is no longer finite", async () => {
  await expect(createDiscreteSac(vectorEnv(pendulum(), 2), quick, 1)).rejects.toThrow("real actions are for SAC");
  const broken = createDiscreteSac(paying(vectorEnv(bandit(), 16), 1e30), quick, 1);
  await expect(learned(broken, 5000)).rejects.toThrow(/criticLoss is Infinity.* in update 1, after 256 transitions/);
});
