/** @file Benchmark of a backtest: the trader, a rule that trades now and then, the Guardian and the simulated broker, one core. */
import { randomWalk } from "#data/synthetic.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import { indexFundCosts } from "#market/costs.ts";
import { defaultSizing } from "#market/sizing.ts";
import type { Policy } from "#policy/policy.ts";
import { noiseTable } from "./env-bench.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const bars = 200_000;
const features = 7;
const repetitions = 7;

/** Long where the close is a band above its exponential average, short where it is as far below: cheap, and seldom changing. */
function bandCross(averageBars: number, band: number): Policy {
  const wanted = { long: { weights: [1] }, short: { weights: [-1] }, same: { weights: undefined } };
  let average = NaN;
  let side = 0;
  return {
    name: "band cross",
    act({ bars: [{ close }] }) {
      average = Number.isNaN(average) ? close : average + (2 / (averageBars + 1)) * (close - average);
      const now = close > average * (1 + band) ? 1 : close < average * (1 - band) ? -1 : side;
      if (now === side) return wanted.same;
      side = now;
      return now > 0 ? wanted.long : wanted.short;
    },
  };
}

/** Turns a small position at every bar, so that costs leave equity for an order, a review and a fill each time. */
function turning(): Policy {
  const wanted = [{ weights: [0.001] }, { weights: [-0.001] }];
  let at = 0;
  return { name: "turning", act: () => wanted[at++ & 1] };
}

/** One instrument, full costs and ledger, features by a window of one bar; no network. */
export async function benchBacktest(): Promise<Figure> {
  const universe = randomWalk({ bars, volatility: 0.01, seed: 1, timeframe: "1h" });
  const table = { ...noiseTable(bars, features), firstRow: 0 };
  const setting = { universe, from: 0, to: bars, costs: indexFundCosts, sizing: defaultSizing, capital: 100_000 };
  let fills = 0;
  const perCpuSecond: number[] = [];
  const rate = async (policy: Policy): Promise<number> => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = await backtest(policy, tableWindow(table, 1, 0), setting);
    const { user, system } = process.cpuUsage(cpu);
    perCpuSecond.push((bars * 1e6) / (user + system));
    fills = result.fills.length;
    return (bars * 1000) / (performance.now() - start);
  };
  for (let warmUp = 0; warmUp < 2; warmUp++) await rate(bandCross(100, 0.02));
  const rates: number[] = [];
  for (let round = 0; round < repetitions; round++) rates.push(await rate(bandCross(100, 0.02)));
  const value = median(rates);
  // What a machine that others use as well would do on a core of its own; warm-up is left out.
  const barsPerCpuSecond = median(perCpuSecond.slice(-repetitions));
  const details = { barsPerCpuSecond, best: Math.max(...rates), bars, fills, features, repetitions };
  const everyBar: number[] = [];
  for (let round = 0; round < 3; round++) everyBar.push(await rate(turning()));
  const orders = { withAnOrderEveryBar: median(everyBar), fillsThen: fills };
  return { value, unit: "bars/s", ...details, ...orders };
}
