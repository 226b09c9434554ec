/** @file How often the verdict is wrong: BEATS for agents without skill (too many would be a lie), and found for agents with it. */
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import type { Contender } from "#evaluation/significance.ts";
import { judge } from "#evaluation/significance.ts";
import type { Figure } from "./figure.ts";

/** A market without drift or memory, in per-bar returns. */
type Market = (rng: Rng, bars: number) => Float64Array;

/** Four years of daily bars. */
const testBars = 1008;
/** One-sided: the share of BEATS that a 95 % interval allows an agent without skill. */
const nominal = 0.025;

const normal: Market = (rng, bars) => Float64Array.from({ length: bars }, () => 0.01 * rng.normal());

/** Student's t with 3 degrees of freedom: as fat-tailed as returns get. */
const fatTailed: Market = (rng, bars) =>
  Float64Array.from({ length: bars }, () => {
    const chi = rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2;
    return (0.006 * rng.normal()) / Math.sqrt(chi / 3);
  });

/** Volatility in clusters: GARCH(1, 1) with α = 0.1 and β = 0.85. */
const clustered: Market = (rng, bars) => {
  let variance = 1;
  let last = 0;
  return Float64Array.from({ length: bars }, () => {
    variance = 0.05 + 0.1 * last * last + 0.85 * variance;
    last = Math.sqrt(variance) * rng.normal();
    return 0.01 * last;
  });
};

/** Many small gains and rare large losses, mean 0: luck that looks like skill. */
const shortVolatility: Market = (rng, bars) =>
  Float64Array.from({ length: bars }, () => 0.01 * (1 + Math.log(1 - rng.uniform())));

/** Long, flat or short for 20 bars on average, by chance, plus `edge` times the market's deviation a bar while in it. */
function randomAgent(rng: Rng, market: Float64Array, edge = 0): Float64Array {
  let position = 1;
  return market.map((value) => {
    if (rng.uniform() < 0.05) position = rng.integer(3) - 1;
    return position * value + Math.abs(position) * edge * 0.01;
  });
}

interface Case {
  readonly market: Market;
  readonly seeds: number;
  readonly bars: number;
  readonly baselines: (market: Float64Array, rng: Rng) => readonly Contender[];
  readonly edge: number;
}

const hold = (market: Float64Array): Contender => ({ name: "buy and hold", runs: [market] });
const flat = (market: Float64Array): Contender => ({ name: "flat", runs: [new Float64Array(market.length)] });

/** Share of BEATS among `trials` fresh markets and agents. */
function shareOfBeats({ market, seeds, bars, baselines, edge }: Case, trials: number, label: string): number {
  let beats = 0;
  for (let trial = 0; trial < trials; trial++) {
    const rng = createRng(trial, label);
    const returns = market(rng, bars);
    const runs = Array.from({ length: seeds }, () => randomAgent(rng, returns, edge));
    const verdict = judge({ name: "agent", runs }, baselines(returns, rng), { barsPerYear: 252, rng, resamples: 500 });
    if (verdict.word === "BEATS") beats++;
  }
  return beats / trials;
}

/** The largest share that chance allows a true rate of `nominal` in 99 % of benches (normal approximation of the binomial). */
function largestByChance(trials: number): number {
  return nominal + 2.326 * Math.sqrt((nominal * (1 - nominal)) / trials);
}

const noSkill: Readonly<Record<string, Partial<Case>>> = {
  "buy and hold": { baselines: (market) => [hold(market)] },
  flat: {},
  "buy and hold and flat": { baselines: (market) => [hold(market), flat(market)] },
  "flat, 3 seeds": { seeds: 3 },
  "flat, 252 bars": { bars: 252 },
  "flat, fat tails": { market: fatTailed },
  "flat, clustered volatility": { market: clustered },
  "flat, rare large losses": { market: shortVolatility },
};

/** Share of BEATS among 1,000 strategies on as many random walks, against all simple baselines at once; and the power where an edge is planted. */
export function benchLuck(trials = 1000): Figure {
  const settings: Case = {
    market: normal,
    seeds: 3,
    bars: testBars,
    baselines: (market) => [hold(market), flat(market)],
    edge: 0,
  };
  const value = shareOfBeats(settings, trials, "random walks");
  const power: Record<string, number> = {};
  for (const edge of [0.05, 0.1, 0.2]) {
    power[`Sharpe ${annualSharpe(edge)}`] = shareOfBeats({ ...settings, edge }, trials / 5, `planted edge ${edge}`);
  }
  return { value, unit: "share", nominal, trials, power, powerTrials: trials / 5 };
}

/** Of an agent with this edge a bar; two thirds of the bars carry it. */
function annualSharpe(edge: number): string {
  return (edge * Math.sqrt(2 / 3) * Math.sqrt(252)).toFixed(1);
}

/** Shares of BEATS with no skill against each baseline, and with planted edges (in deviations of the market a bar). */
export function benchVerdict(trials = 300): Record<string, Figure> {
  const standard: Case = { market: normal, seeds: 1, bars: testBars, baselines: (market) => [flat(market)], edge: 0 };
  const figures: Record<string, Figure> = {};
  const atMost = largestByChance(trials);
  for (const [name, settings] of Object.entries(noSkill)) {
    const value = shareOfBeats({ ...standard, ...settings }, trials, name);
    figures[`verdict.falseBeats.${name}`] = { value, unit: "share", nominal, atMost, trials };
  }
  for (const edge of [0.1, 0.2]) {
    const value = shareOfBeats({ ...standard, seeds: 3, edge }, Math.ceil(trials / 3), `edge ${edge}`);
    figures[`verdict.power.edge ${edge}`] = {
      value,
      unit: "share",
      annualSharpe: annualSharpe(edge),
      trials: Math.ceil(trials / 3),
    };
  }
  figures["verdict.milliseconds"] = { value: speed(), unit: "ms", bars: 4000, runs: 33, resamples: 2000 };
  return figures;
}

/** A full verdict: 5 seeds, 28 baseline runs, 4,000 bars, 2,000 resamples. */
function speed(): number {
  const rng = createRng(1);
  const market = normal(rng, 4000);
  const runs = (count: number): Float64Array[] => Array.from({ length: count }, () => randomAgent(rng, market));
  const baselines = [hold(market), flat(market), { name: "cross", runs: runs(1) }, { name: "random", runs: runs(25) }];
  const start = performance.now();
  judge({ name: "agent", runs: runs(5) }, baselines, { barsPerYear: 252, rng });
  return performance.now() - start;
}
