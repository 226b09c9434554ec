/** @file What an agent must beat, traded over the same bars by the same trader at the same costs. */
import { createRng } from "#base/rng.ts";
import type { Policy } from "#policy/policy.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import { flat } from "#policy/rules/flat.ts";
import { movingAverageCross } from "#policy/rules/moving-average-cross.ts";
import { scheduled, shuffledHoldings } from "#policy/rules/scheduled.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";
import { backtest, noFeatures } from "./backtest.ts";

/** A baseline's name and its backtests: one, or many where chance is part of it. */
export interface Baseline {
  readonly name: string;
  readonly runs: readonly Backtest[];
}

/** Random agents for each run of the agent. */
const randomAgentsPerRun = 10;

/** Buy and hold, flat, a moving-average cross, and random agents with the holding periods of the agent's runs. */
export async function runBaselines(
  setting: BacktestSetting,
  agentRuns: readonly Backtest[],
  seed: number,
  onProgress?: (done: number, total: number) => void,
): Promise<Baseline[]> {
  const { universe, from } = setting;
  const instruments = universe.instruments.length;
  const history = universe.bars.map(({ close }) => Array.from(close.subarray(0, from)));
  const rules = [buyAndHold(instruments), flat(instruments), movingAverageCross(50, 200, history)];
  const total = rules.length + agentRuns.length * randomAgentsPerRun;
  let done = 0;
  const trade = async (policy: Policy): Promise<Backtest> => {
    const run = await backtest(policy, noFeatures, setting);
    onProgress?.(++done, total);
    // Backtests of rules never leave this thread by themselves: let the progress be drawn.
    await new Promise((resolve) => setImmediate(resolve));
    return run;
  };
  const baselines: Baseline[] = [];
  for (const rule of rules) baselines.push({ name: rule.name, runs: [await trade(rule)] });
  const random: Backtest[] = [];
  for (const [run, { wanted }] of agentRuns.entries()) {
    const schedule = wantedWeights(wanted, instruments);
    for (let n = 0; n < randomAgentsPerRun; n++) {
      const shuffled = shuffledHoldings(schedule, createRng(seed, `random agent ${run}/${n}`));
      random.push(await trade(scheduled("random, same turnover", shuffled)));
    }
  }
  baselines.push({ name: "random, same turnover", runs: random });
  return baselines;
}

/** Wanted weights at every bar, where "no change" repeats the last. */
function wantedWeights(wanted: Backtest["wanted"], instruments: number): (readonly number[])[] {
  let last: readonly number[] = Array.from({ length: instruments }, () => 0);
  return wanted.map((weights) => (last = weights ?? last));
}
