/** @file Something that can be traded again and again over the same bars: a rule, a model, yesterday's champion. */
import { firstBarFrom, sliceUniverse } from "#domain/universe.ts";
import type { Universe } from "#domain/universe.ts";
import { Failure } from "#base/failure.ts";
import type { Policy } from "#policy/policy.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";
import { backtest, noFeatures } from "./backtest.ts";

/** Every call trades a fresh account with nothing remembered, so that costs, delays and prices can be changed between calls. */
export interface Candidate {
  readonly name: string;
  trade(setting: BacktestSetting): Promise<Backtest>;
}

/** A rule that looks at prices only. */
export function ruleCandidate(name: string, create: (setting: BacktestSetting) => Policy): Candidate {
  return { name, trade: (setting) => backtest(create(setting), noFeatures, setting) };
}

/**
 * Buy and hold of another market over the same bars, at the same costs: an index to be measured by.
 * @throws Failure evaluation/not-comparable where it has another calendar, currency or timeframe, or lacks bars
 */
export function benchmarkCandidate(benchmark: Universe, judged: BacktestSetting): Candidate {
  const same = sameBars(benchmark, judged);
  return {
    name: `benchmark ${benchmark.name}`,
    trade: (setting) =>
      backtest(buyAndHold(benchmark.instruments.length), noFeatures, { ...setting, ...same, finer: undefined }),
  };
}

/** The benchmark with nothing but the tested bars after its history. */
function sameBars(
  benchmark: Universe,
  { universe, from, to, rules }: BacktestSetting,
): Pick<BacktestSetting, "universe" | "from" | "to"> {
  const differ = (what: string, its: string, ours: string): Failure =>
    new Failure("evaluation/bad-benchmark", `${benchmark.name} has ${what} ${its}, ${universe.name} ${ours}`);
  if (benchmark.timeframe !== universe.timeframe) {
    throw differ("bars of", benchmark.timeframe, universe.timeframe);
  }
  const [its, ours] = [benchmark, universe].map((each) => each.instruments[0].calendar);
  if (its !== ours) throw differ("the calendar", its, ours);
  const currency = rules?.currency ?? universe.instruments[0].currency;
  const other = benchmark.instruments.find((each) => each.currency !== currency);
  if (other !== undefined) throw differ("prices in", other.currency, `is judged in ${currency}`);
  const first = firstBarFrom(benchmark.openTime, universe.openTime[from]);
  const missing = Array.from({ length: to - from }, (_, n) => n).find(
    (n) => benchmark.openTime[first + n] !== universe.openTime[from + n],
  );
  if (missing !== undefined) {
    const day = new Date(universe.openTime[from + missing]).toISOString().slice(0, 16).replace("T", " ");
    throw differ("no bar, or one more, at", `${day} UTC`, "is tested there");
  }
  return { universe: sliceUniverse(benchmark, 0, first + to - from), from: first, to: first + to - from };
}
