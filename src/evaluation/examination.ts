/** @file What an agent is asked beside its verdict: other costs, late orders, more capital, its timing, and whether its reward pays for profit. */
import { createRng } from "#base/rng.ts";
import type { WeightedTerm } from "#market/reward.ts";
import { annualisation } from "./annualisation.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";
import { ruleBaselines } from "./baselines.ts";
import type { Candidate } from "./candidate.ts";
import type { Capacity } from "./capacity.ts";
import { capacity, sweptCapital } from "./capacity.ts";
import type { CostSweep } from "./cost-sweep.ts";
import { costSweep, sweptBps } from "./cost-sweep.ts";
import { latencySweep, sweptLatencyBars } from "./latency-sweep.ts";
import { replayedRewards } from "./replay.ts";
import { mean } from "./metrics.ts";
import type { ReportData } from "./report-data.ts";
import type { RewardAgreement } from "./reward-agreement.ts";
import { rewardAgreement } from "./reward-agreement.ts";
import type { Sweep } from "./sweep.ts";
import type { RunsTiming } from "./timing-entries.ts";
import { decidedFill, runsTiming } from "./timing-entries.ts";
import { usualTiming } from "./timing.ts";

/** Plain data, part of a report. */
export interface Examination {
  readonly costSweep: CostSweep;
  readonly latencySweep: Sweep;
  /** Absent where the bars have no volume. */
  readonly capacity?: Capacity | undefined;
  /** Of each run of the agent; absent where the reward is not known or its fills cannot be played again at the open. */
  readonly reward?: readonly RewardAgreement[] | undefined;
  /** Of all runs together. */
  readonly timing: RunsTiming;
}

export interface ExaminationOptions {
  readonly setting: BacktestSetting;
  /** The agent's runs as they were tested, and ready to be traded again, in the same order. */
  readonly runs: readonly Backtest[];
  readonly candidates: readonly Candidate[];
  readonly rivals?: readonly Candidate[];
  /** What the report says so far: the sweeps run against its best rule. */
  readonly report: ReportData;
  /** What the agent was paid for in training. */
  readonly reward: readonly WeightedTerm[] | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A month of daily bars: long enough for a profit to show, short enough for many of them. */
const usualWindowBars = 21;

/** Trades the agent and the best rule again under each condition. */
export async function examine(options: ExaminationOptions): Promise<Examination> {
  const { setting, runs, candidates, rivals = [], report, reward, onProgress } = options;
  const baseline = bestRule(report, [...ruleBaselines(setting.universe.instruments.length), ...rivals]);
  const { barsPerYear } = annualisation(setting.universe);
  const conditions = sweptBps.length + sweptLatencyBars.length + sweptCapital.length;
  const total = conditions * (candidates.length + 1);
  let done = 0;
  const sides = { agent: candidates, baseline, barsPerYear, onTraded: () => onProgress?.(++done, total) };
  const costs = await costSweep(sides, setting, paidBps(runs));
  const latency = await latencySweep(sides, setting);
  const carried = await capacity(sides, setting);
  const agreements = reward && runs.map((run) => agreement(run, setting, reward));
  const known = agreements?.filter((each) => each !== undefined);
  const decided = runs.map(({ fills }) => fills.map(decidedFill));
  return {
    costSweep: costs,
    latencySweep: latency,
    ...(carried === undefined ? {} : { capacity: carried }),
    ...(known === undefined || known.length < runs.length ? {} : { reward: known }),
    timing: runsTiming(decided, setting, usualTiming, createRng(report.seeds[0], "timing")),
  };
}

/** The baseline of one run with the highest Sharpe: random agents are no rule that could be traded again. */
function bestRule({ contenders }: ReportData, rules: readonly Candidate[]): Candidate {
  const sharpeOf = ({ name }: Candidate): number =>
    contenders.find((contender) => contender.name === name)?.metrics.sharpe ?? -Infinity;
  return rules.reduce((best, rule) => (sharpeOf(rule) > sharpeOf(best) ? rule : best));
}

/** All that trading cost over the value traded, in basis points. */
function paidBps(runs: readonly Backtest[]): number | undefined {
  const paid = mean(runs.map(({ tradingCost }) => tradingCost));
  const traded = mean(runs.map((run) => run.traded.reduce((sum, value) => sum + value, 0)));
  return traded > 0 ? (1e4 * paid) / traded : undefined;
}

function agreement(
  run: Backtest,
  setting: BacktestSetting,
  reward: readonly WeightedTerm[],
): RewardAgreement | undefined {
  const rewards = replayedRewards(run, setting, reward);
  return rewards && rewardAgreement(rewards, run.curve.equity, usualWindowBars);
}
