/** @file What each contender earned, risked and traded, with intervals. */
import type { Interval } from "../bootstrap.ts";
import type { Metrics } from "../metrics.ts";
import { leastTrips } from "../metric-intervals.ts";
import { leastYearlyBars } from "../metrics.ts";
import type { ReportData } from "../report-data.ts";
import { costRows } from "./costs-section.ts";
import { decimal, percent, whole } from "./format.ts";
import type { MetricRow } from "./metric-rows.ts";
import { metricTable, toldRange } from "./metric-rows.ts";
import type { Section, SectionPart } from "./section.ts";
import { tablePart } from "./section.ts";

const performanceRows: readonly MetricRow[] = [
  {
    name: "sharpe",
    label: "Sharpe ratio",
    meaning:
      "Mean return over its deviation, a year: what was earned for each unit of ups and downs. The verdict rests on it.",
    print: decimal,
  },
  {
    name: "annualReturn",
    label: "Return a year",
    meaning: "The steady yearly return that would have ended at the same place.",
    print: percent,
  },
  {
    name: "totalReturn",
    label: "Total return",
    meaning: "Gain over the whole span, as a share of the start.",
    print: percent,
  },
  {
    name: "volatility",
    label: "Volatility",
    meaning: "Deviation of the returns, a year: how much equity moves about.",
    print: percent,
  },
  {
    name: "sortino",
    label: "Sortino ratio",
    meaning: "As the Sharpe ratio, but only losses count as risk.",
    print: decimal,
  },
  {
    name: "maxDrawdown",
    label: "Maximum drawdown",
    meaning: "The deepest fall below an earlier high, as a share of that high.",
    print: percent,
  },
  {
    name: "maxDrawdownBars",
    label: "Longest drawdown",
    meaning: "The most bars spent below an earlier high.",
    print: (value) => `${whole(value)} bars`,
  },
  { name: "calmar", label: "Calmar ratio", meaning: "Return a year over the maximum drawdown.", print: decimal },
  { name: "exposure", label: "Exposure", meaning: "Share of bars in which a position was held.", print: percent },
  {
    name: "grossExposure",
    label: "Gross exposure",
    meaning: "Mean value of all positions over equity, long and short alike.",
    print: percent,
  },
  {
    name: "netExposure",
    label: "Net exposure",
    meaning: "The same with short positions against long ones: what a move of all prices would be felt by.",
    print: percent,
  },
];

const tradeRows: readonly MetricRow[] = [
  {
    name: "trades",
    label: "Round trips",
    meaning: "Positions, or parts of them, opened and closed again.",
    print: whole,
  },
  { name: "winRate", label: "Win rate", meaning: "Share of round trips that made money.", print: percent },
  {
    name: "profitFactor",
    label: "Profit factor",
    meaning: "Money won over money lost in closed round trips; above 1 is a gain.",
    print: decimal,
  },
  {
    name: "expectancyReturn",
    label: "Expectancy",
    meaning: "Mean profit of a round trip, as a share of the value at entry, after fees.",
    print: (value) => percent(value, 2),
  },
  {
    name: "expectancyMoney",
    label: "Expectancy, money",
    meaning: "Mean profit of a round trip in account currency, after fees.",
    print: whole,
  },
];

export function metricsSection(data: ReportData): Section {
  const seeds = data.contenders
    .filter(({ runs }) => runs.length > 1)
    .map(({ name, runs }) => `${runs.length} of ${name}`);
  const shared = seeds.length > 0 ? ` Means over runs (${seeds.join("; ")}).` : "";
  const note = `Small print: 95 % intervals by stationary bootstrap; for the drawdown, the range that the same returns give in other orders. A number without one is the same however the bars are redrawn; win rate, profit factor and expectancy are of the round trips of all runs together, and have an interval from ${leastTrips} a run on.`;
  return {
    title: "Metrics",
    note: `${note}${shared} Point at a name to read what it means.`,
    parts: [metricTable(data, [...performanceRows, ...tradeRows]), ...differenceTable(data)],
  };
}

/** The agent less the best baseline: where the interval of a difference covers 0, luck may have made it. */
function differenceTable({ differences = [], verdict, time }: ReportData): SectionPart[] {
  const best = differences.find(({ than }) => than === verdict.bestBaseline);
  if (best === undefined || time.length - 1 < leastYearlyBars) return [];
  const differenceOf: Partial<Record<keyof Metrics, Interval>> = {
    ...best.metrics,
    sharpe: verdict.difference,
  };
  const rows = [...performanceRows, ...costRows, ...tradeRows].flatMap(({ name, label, meaning, print }) => {
    const interval = differenceOf[name];
    // Without colours: more drawdown is no gain.
    return interval === undefined
      ? []
      : [{ label, meaning, cells: [print(interval.estimate), toldRange(interval, print)] }];
  });
  const told =
    best.metrics.winRate === undefined
      ? ` Of what round trips earn nothing is told: both need ${leastTrips} a run.`
      : "";
  return [
    {
      kind: "text",
      text: `${verdict.agent} less ${best.than}, over the same redrawn bars: where the interval holds 0, luck may have made the difference.${told}`,
    },
    tablePart(["", { text: "Difference", agent: true }, "95 % interval"], rows),
  ];
}
