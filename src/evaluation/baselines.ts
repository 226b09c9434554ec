/** @file What an agent must beat, traded over the same bars by the same trader at the same costs. */
import { createRng } from "#base/rng.ts";
import type { Policy } from "#policy/policy.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import { equalWeight } from "#policy/rules/equal-weight.ts";
import { flat } from "#policy/rules/flat.ts";
import { meanReversion } from "#policy/rules/mean-reversion.ts";
import { momentum } from "#policy/rules/momentum.ts";
import { movingAverageCross } from "#policy/rules/moving-average-cross.ts";
import { scheduled, rotated } from "#policy/rules/scheduled.ts";
import { volatilityTarget } from "#policy/rules/volatility-target.ts";
import { annualisation } from "./annualisation.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";
import type { Candidate } from "./candidate.ts";
import { ruleCandidate } from "./candidate.ts";

/** A baseline's name and its backtests: one, or many where chance is part of it. */
export interface Baseline {
  readonly name: string;
  readonly runs: readonly Backtest[];
}

/** Random agents, where nobody asks for another number: enough to see a distribution, few enough to be quick. */
const usualRandomAgents = 50;

/** Bars that the slowest rule looks back, the last one included. */
const longestLookback = 253;

export const randomAgentName = "random, same turnover";

/** What is asked for beside the setting and the agent. */
export interface BaselineOptions {
  readonly seed: number;
  /** More that the agent must beat: boosted trees, the previous champion, a benchmark. */
  readonly rivals?: readonly Candidate[] | undefined;
  /** In all, spread evenly over the agent's runs and at least one for each. */
  readonly randomAgents?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The rules that every agent is judged against, with the settings that their sources use; none is fitted to anything. All are long
 * or flat and never hold more than the equity, so that any account may trade them. Bars are bars of the market's
 * timeframe, whatever it is. Of one instrument, equal weight is buy and hold and is left out.
 */
export function ruleBaselines(instruments: number): Candidate[] {
  return rules(instruments).map(({ name, create }) => ruleCandidate(name, create));
}

/** The bars that a rule trades, and the first that it decides at. */
type RuleSetting = Pick<BacktestSetting, "universe" | "from">;

/** The same rules, to be made for any bars. */
export function rules(
  instruments: number,
): { readonly name: string; readonly create: (setting: RuleSetting) => Policy }[] {
  const rule = (name: string, create: (setting: RuleSetting) => Policy) => ({ name, create });
  return [
    rule("buy and hold", () => buyAndHold(instruments)),
    ...(instruments === 1 ? [] : [rule("equal weight, rebalanced", () => equalWeight(instruments))]),
    rule("flat", () => flat(instruments)),
    rule("momentum 252", (setting) => momentum(252, history(setting))),
    rule("mean reversion 20/2", (setting) => meanReversion(20, 2, history(setting))),
    rule("moving averages 50/200", (setting) => movingAverageCross(50, 200, history(setting))),
    rule("volatility target 10 %", (setting) => {
      const { barsPerYear } = annualisation(setting.universe);
      return volatilityTarget({ target: 0.1, bars: 20, barsPerYear }, history(setting));
    }),
  ];
}

/** Closes before the first bar that is decided at, as many as the slowest rule looks back. */
function history({ universe, from }: RuleSetting): number[][] {
  return universe.bars.map(({ close }) => Array.from(close.subarray(Math.max(0, from - longestLookback), from)));
}

/** The rules, the rivals, and random agents: the weights of the agent's runs at other times. */
export async function runBaselines(
  setting: BacktestSetting,
  agentRuns: readonly Backtest[],
  options: BaselineOptions,
): Promise<Baseline[]> {
  const { seed, rivals = [], randomAgents = usualRandomAgents, onProgress } = options;
  const instruments = setting.universe.instruments.length;
  const single = [...ruleBaselines(instruments), ...rivals];
  const each = Math.max(1, Math.ceil(randomAgents / agentRuns.length));
  const total = single.length + agentRuns.length * each;
  let done = 0;
  const trade = async (candidate: Candidate): Promise<Backtest> => {
    const run = await candidate.trade(setting);
    onProgress?.(++done, total);
    // Backtests of rules never leave this thread by themselves: let the progress be drawn.
    await new Promise((resolve) => setImmediate(resolve));
    return run;
  };
  const baselines: Baseline[] = [];
  for (const candidate of single) baselines.push({ name: candidate.name, runs: [await trade(candidate)] });
  const random: Backtest[] = [];
  for (const [run, { wanted }] of agentRuns.entries()) {
    const schedule = wantedWeights(wanted, instruments);
    for (let n = 0; n < each; n++) {
      const moved = rotated(schedule, createRng(seed, `random agent ${run}/${n}`));
      random.push(await trade(ruleCandidate(randomAgentName, () => scheduled(randomAgentName, moved))));
    }
  }
  baselines.push({ name: randomAgentName, runs: random });
  return baselines;
}

/** Wanted weights at every bar, where "no change" repeats the last. */
function wantedWeights(wanted: Backtest["wanted"], instruments: number): (readonly number[])[] {
  let last: readonly number[] = Array.from({ length: instruments }, () => 0);
  return wanted.map((weights) => (last = weights ?? last));
}
