/** @file In which kinds of market it earned: trend or range, calm or wild, and year by year. */
import type { Universe } from "#domain/universe.ts";
import { barAt } from "#domain/bar.ts";
import { averageDirectionalIndex } from "#features/indicators/average-directional-index.ts";
import { quantile } from "./bootstrap.ts";
import { mean, moments, sharpe } from "./metrics.ts";

/** The bars of one kind, and what was earned in them. */
export interface Regime {
  readonly group: "trend" | "volatility" | "year";
  readonly name: string;
  readonly bars: number;
  /** Of the tested bars. */
  readonly share: number;
  readonly agent: RegimeFigures;
  /** By baseline. */
  readonly baselines: Readonly<Record<string, RegimeFigures>>;
}

/** Means over runs. */
export interface RegimeFigures {
  /** Annualised, over these bars alone; absent where there are too few. */
  readonly sharpe: number | undefined;
  /** (Π (1 + r)) − 1 over these bars. */
  readonly totalReturn: number;
}

interface Side {
  readonly name: string;
  /** Simple returns per bar, `[T]` each. */
  readonly runs: readonly Float64Array[];
}

/** Fewer bars than this have no Sharpe ratio that means anything. */
export const leastRegimeBars = 30;

/** Bars that the volatility of a regime is measured on. */
const volatilityBars = 21;

/**
 * Parts the tested bars by what was known at the close before each:
 * trend: mean over instruments of ADX(14): 25 and above a trend, up or down by the mean of +DI − −DI, below 20 a range, between
 * neither (Wilder, New Concepts in Technical Trading Systems, 1978); volatility: deviation of the last 21 returns of an
 * equally weighted index, by thirds of the tested bars; year: the calendar year in UTC that a bar opens in.
 * @param from the bar of the starting capital: the first return is that of bar `from + 1`
 */
export function regimes(
  universe: Universe,
  from: number,
  agent: Side,
  baselines: readonly Side[],
  barsPerYear: number,
): Regime[] {
  const bars = agent.runs[0].length;
  const years = Array.from({ length: bars }, (_, n) => `${new Date(universe.openTime[from + 1 + n]).getUTCFullYear()}`);
  const labels = [
    ["trend", trendLabels(universe, from, bars)],
    ["volatility", volatilityLabels(universe, from, bars)],
    ["year", years],
  ] as const;
  return labels.flatMap(([group, of]) =>
    namesOf(of).map((name): Regime => {
      const places = of.flatMap((label, n) => (label === name ? [n] : []));
      const figuresOf = ({ runs }: Side): RegimeFigures => figures(runs, places, barsPerYear);
      return {
        group,
        name,
        bars: places.length,
        share: places.length / bars,
        agent: figuresOf(agent),
        baselines: Object.fromEntries(baselines.map((side) => [side.name, figuresOf(side)])),
      };
    }),
  );
}

const order = ["trend up", "trend down", "range", "between", "low", "middle", "high", "not known yet"];

function namesOf(labels: readonly string[]): string[] {
  return [...new Set(labels)].toSorted((a, b) => order.indexOf(a) - order.indexOf(b) || (a < b ? -1 : 1));
}

function figures(runs: readonly Float64Array[], places: readonly number[], barsPerYear: number): RegimeFigures {
  const slices = runs.map((run) => Float64Array.from(places, (n) => run[n]));
  const grown = (slice: Float64Array): number => slice.reduce((product, value) => product * (1 + value), 1) - 1;
  return {
    sharpe: places.length < leastRegimeBars ? undefined : mean(slices.map((slice) => sharpe(slice, barsPerYear))),
    totalReturn: mean(slices.map(grown)),
  };
}

/** A label for the return of each bar after `from`, from what was known at the close before it. */
function trendLabels({ bars: series, instruments }: Universe, from: number, bars: number): string[] {
  const columns = series.map((own) => {
    const indicator = averageDirectionalIndex(14);
    const into = new Float64Array(3 * (from + bars)).fill(NaN);
    for (let t = 0; t < from + bars; t++) indicator.next(barAt(own, t), into, 3 * t);
    return into;
  });
  return Array.from({ length: bars }, (_, n) => {
    const at = 3 * (from + n);
    let [strength, direction] = [0, 0];
    for (const column of columns) {
      strength += column[at] / instruments.length;
      direction += (column[at + 1] - column[at + 2]) / instruments.length;
    }
    if (Number.isNaN(strength)) return "not known yet";
    if (strength >= 25) return direction >= 0 ? "trend up" : "trend down";
    return strength < 20 ? "range" : "between";
  });
}

function volatilityLabels({ bars: series }: Universe, from: number, bars: number): string[] {
  const deviations = Float64Array.from({ length: bars }, (_, n) => {
    const last = from + n;
    if (last < volatilityBars) return NaN;
    const returns = Float64Array.from({ length: volatilityBars }, (__, back) => {
      const t = last - back;
      return mean(series.map(({ close }) => close[t] / close[t - 1] - 1));
    });
    return moments(returns).deviation;
  });
  const known = deviations.filter((value) => !Number.isNaN(value)).toSorted();
  const [low, high] = known.length === 0 ? [NaN, NaN] : [quantile(known, 1 / 3), quantile(known, 2 / 3)];
  return Array.from(deviations, (value) => {
    if (Number.isNaN(value)) return "not known yet";
    return value <= low ? "low" : value <= high ? "middle" : "high";
  });
}
