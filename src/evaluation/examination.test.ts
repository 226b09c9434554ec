/** @file What an agent is asked beside its verdict, all at once. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { logReturn } from "#market/rewards/log-return.ts";
import type { Policy } from "#policy/policy.ts";
import { assess } from "./assessment.ts";
import type { BacktestSetting } from "./backtest.ts";
import { ruleCandidate } from "./candidate.ts";
import { examine } from "./examination.ts";

const universe = randomWalk({ bars: 700, volatility: 0.01, seed: 9, drift: 0.0003 });
const costs = { spreadBps: 2, slippageAtr: 0.01, commissionBps: 1 };
const setting: BacktestSetting = {
  universe,
  from: 300,
  to: 700,
  costs,
  sizing: { rebalanceBand: 0 },
  capital: 100_000,
};
const agent = ruleCandidate("wave", (): Policy => {
  let t = 0;
  return { name: "wave", act: () => ({ weights: [Math.sin(t++ / 9) > 0 ? 1 : 0] }) };
});
const about = {
  runId: "a",
  createdAt: 0,
  command: "",
  codeVersion: "",
  source: "",
  quality: {},
  settings: {},
  warnings: [],
};

async function examined(rivals = [ruleCandidate("rival", agentPolicy)]) {
  const runs = [await agent.trade(setting)];
  const judging = { setting, agent: { name: "wave", runs, seeds: [1] }, folds: [], inSample: false, seed: 1, about };
  const report = await assess({ ...judging, rivals, randomAgents: 4 });
  const steps: number[] = [];
  const found = await examine({
    setting,
    runs,
    candidates: [agent],
    rivals,
    report,
    reward: [{ term: logReturn, weight: 1 }],
    onProgress: (done, total) => steps.push(done / total),
  });
  return { found, report, steps };
}

/** Knows which bars rise: nothing beats it. */
function agentPolicy(): Policy {
  let t = setting.from;
  const { close, open } = universe.bars[0];
  return {
    name: "rival",
    act: () => {
      t++;
      return { weights: [t + 1 < 700 && close[t + 1] > open[t] ? 1 : 0] };
    },
  };
}

test("sweeps run against the best rule, be it a rival, and end when all is traded", async () => {
  const { found, report, steps } = await examined();
  expect(report.verdict.bestBaseline).toBe("rival");
  for (const swept of [found.costSweep, found.latencySweep, found.capacity!]) expect(swept.baseline).toBe("rival");
  expect(steps.at(-1)).toBe(1);
  expect(steps).toHaveLength(2 * (6 + 4 + 5));
});

test("what was paid lies between the costs that were swept, and the reward that is the log return pays for profit", async () => {
  const { found } = await examined();
  // Half the spread and the commission: 2 basis points, and some slippage.
  expect(found.costSweep.paidBps).toBeGreaterThan(2);
  expect(found.costSweep.paidBps).toBeLessThan(5);
  const [reward] = found.reward!;
  expect(reward.correlation).toBeCloseTo(1, 9);
  expect(reward.flagged).toBe(false);
  expect(reward.windows).toBe(Math.floor(399 / 21));
});
