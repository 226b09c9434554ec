/** @file How each kind of criterion is looked up in a report. What the report does not hold fails, and says what would bring it. */
import type { Interval } from "../bootstrap.ts";
import { randomAgentName } from "../baselines.ts";
import { failedChecks } from "../leaks/verify.ts";
import { leastTrips } from "../metric-intervals.ts";
import { mean } from "../metrics.ts";
import { randomRank } from "../random-rank.ts";
import type { ReportContender, ReportData } from "../report-data.ts";
import { toldRange } from "../report/metric-rows.ts";
import { rivalNames } from "../rival-names.ts";
import { decimal, day, percent, whole } from "../report/format.ts";
import type { Answer } from "../statistics/answer.ts";
import type { CriterionKind, CriterionOf } from "./criterion.ts";

/** Who approved a report, and when. */
interface Approval {
  readonly who: string;
  /** Unix ms UTC. */
  readonly when: number;
  /** Of the `report.json` that was approved. */
  readonly sha256: string;
}

export interface GateInput {
  readonly report: ReportData;
  /** Of the report's file, by which approvals name it. */
  readonly sha256: string;
  readonly approvals: readonly Approval[];
}

export interface Finding {
  readonly passed: boolean;
  /** Absent where there is no number. */
  readonly value?: number | undefined;
  readonly interval?: { readonly lower: number; readonly upper: number } | undefined;
  /** The interval in words, in the unit of what was found. */
  readonly range?: string | undefined;
  /** What is asked for, e.g. "above 1.00". */
  readonly asked: string;
  /** What was found, or why nothing was. */
  readonly found: string;
}

/** One look for each kind. */
export type Looks = {
  readonly [Kind in CriterionKind]: {
    readonly label: string;
    look(criterion: CriterionOf<Kind>, input: GateInput): Finding;
  };
};

export const looks: Looks = {
  unseenBars: {
    label: "Bars that it had not seen",
    look: (_, { report }) => ({
      passed: report.inSample === false,
      asked: "none of training or selection",
      found:
        report.inSample === undefined
          ? "the report does not say; judge the run again with this version"
          : report.inSample
            ? "it was trained or chosen on some of the tested bars"
            : "none was among those of training and selection",
    }),
  },
  leaks: {
    label: "Leak battery",
    look(_, { report: { verification } }) {
      const asked = "no check failed";
      if (verification === undefined)
        return unknown(asked, "it was not run; `ploutos verify RUN` does, then judge it again");
      const failed = failedChecks(verification).map(({ name }) => name);
      return { passed: failed.length === 0, asked, found: failed.length === 0 ? "none did" : failed.join(", ") };
    },
  },
  maxDrawdown: {
    label: "Maximum drawdown",
    look({ below }, { report }) {
      const asked = `below ${percent(below)}`;
      const { runs, intervals } = agentOf(report);
      const value = worst(runs.map(({ maxDrawdown }) => maxDrawdown));
      if (value === undefined) return unknown(asked, "the report does not say it run by run; judge the run again");
      const told = `${percent(value)}${runs.length > 1 ? " in the worst run" : ""}`;
      return measured(value < below, value, intervals.maxDrawdown, asked, told, percent);
    },
  },
  dailyLoss: {
    label: "Worst day",
    look({ below }, { report }) {
      const asked = `a loss below ${percent(below)}`;
      const value = worst(agentOf(report).runs.map(({ worstDayLoss }) => worstDayLoss));
      if (value === undefined) return unknown(asked, "the report does not say it run by run; judge the run again");
      return measured(value < below, value, undefined, asked, percent(value));
    },
  },
  sharpe: {
    label: "Sharpe ratio",
    look({ above }, { report }) {
      const interval = sharpeOf(report);
      const value = interval.estimate;
      return measured(value > above, value, interval, `above ${decimal(above)}`, decimal(value));
    },
  },
  credibleSharpe: {
    label: "Credible Sharpe ratio",
    look({ atMost }, { report }) {
      const value = sharpeOf(report).estimate;
      const found = value > atMost ? `${decimal(value)}: look for a mistake in the test first` : decimal(value);
      return measured(value <= atMost, value, undefined, `at most ${decimal(atMost)}`, found);
    },
  },
  probabilisticSharpe: {
    label: "Probabilistic Sharpe ratio",
    look: ({ atLeast }, { report }) =>
      answered(
        report.statistics?.probabilisticSharpe.answer,
        (value) => value >= atLeast,
        `at least ${percent(atLeast)}`,
      ),
  },
  deflatedSharpe: {
    label: "Deflated Sharpe ratio",
    look: ({ atLeast }, { report }) =>
      answered(report.statistics?.deflatedSharpe.answer, (value) => value >= atLeast, `at least ${percent(atLeast)}`),
  },
  overfitting: {
    label: "Probability of backtest overfitting",
    look: ({ below }, { report }) =>
      answered(report.statistics?.overfitting.answer, (value) => value < below, `below ${percent(below)}`),
  },
  profitFactor: {
    label: "Profit factor",
    look({ atLeast }, { report }) {
      const asked = `at least ${decimal(atLeast)}, its interval above 1`;
      const { profitFactor } = agentOf(report).intervals;
      if (profitFactor === undefined) return unknown(asked, tooFewTrips(report));
      const { estimate, lower } = profitFactor;
      return measured(estimate >= atLeast && lower > 1, estimate, profitFactor, asked, decimal(estimate));
    },
  },
  winRate: {
    label: "Win rate",
    look({ atLeast }, { report }) {
      const asked = `at least ${percent(atLeast)}`;
      const { metrics, intervals } = agentOf(report);
      const { winRate: value, expectancyReturn } = metrics;
      if (value === undefined) return unknown(asked, "it closed no position");
      const told = `${percent(value)}, with an expectancy of ${percent(expectancyReturn, 2)} a round trip`;
      return measured(value >= atLeast, value, intervals.winRate, asked, told, percent);
    },
  },
  foldsPositive: {
    label: "Folds with a profit",
    look({ atLeast }, { report: { folds } }) {
      const asked = `at least ${percent(atLeast, 0)}`;
      if (folds.length < 2) return unknown(asked, "one span was tested; `ploutos walk-forward` tests several");
      const won = folds.filter(({ agentSharpe }) => mean(agentSharpe) > 0).length;
      const value = won / folds.length;
      return measured(value >= atLeast, value, undefined, asked, `${whole(won)} of ${whole(folds.length)}`);
    },
  },
  verdict: {
    label: "Verdict",
    look: (_, { report: { verdict } }) => ({
      ...measured(verdict.word === "BEATS", verdict.difference.estimate, verdict.difference, "BEATS", verdict.word),
      found: `${verdict.word}, against ${verdict.bestBaseline}`,
    }),
  },
  beats: {
    label: "Beats a baseline",
    look({ baseline }, { report }) {
      const asked = `Sharpe above that of ${baseline}, beyond luck`;
      const difference = differenceTo(report, baseline);
      if (difference === undefined) return unknown(asked, absent(baseline));
      const { estimate, lower } = difference.metrics.sharpe;
      return measured(lower > 0, estimate, difference.metrics.sharpe, asked, signed(estimate));
    },
  },
  beatsRandom: {
    label: "Beats random agents",
    look({ below }, { report }) {
      const asked = `one that does as well likelier than ${percent(below)}: no`;
      const random =
        report.contenders.find(({ name }) => name === randomAgentName)?.runs.map((run) => run.sharpe) ?? [];
      if (random.length === 0) return unknown(asked, absent(randomAgentName));
      const { pValue } = randomRank(agentOf(report).metrics.sharpe, random);
      const least = 1 / (1 + random.length);
      const told = `p ${decimal(pValue, 3)} of ${whole(random.length)} agents`;
      const found = least >= below ? `${told}; so few can't show less than ${decimal(least, 3)}` : told;
      return measured(pValue < below, pValue, undefined, asked, found);
    },
  },
  excessReturn: {
    label: "Return a year beyond a baseline",
    look({ baseline, atLeast }, { report }) {
      const asked = `at least ${percent(atLeast)} more than ${baseline}, beyond luck`;
      const difference = differenceTo(report, baseline);
      if (difference === undefined) return unknown(asked, absent(baseline));
      const { estimate, lower } = difference.metrics.annualReturn;
      const found = `${percent(estimate)} more`;
      return measured(
        estimate >= atLeast && lower > 0,
        estimate,
        difference.metrics.annualReturn,
        asked,
        found,
        percent,
      );
    },
  },
  betterThan: {
    label: "Better than a predecessor",
    look({ baseline, atLeast }, { report }) {
      const asked = `beyond luck in ${atLeast} of 4 against ${baseline}`;
      const difference = differenceTo(report, baseline);
      if (difference === undefined) return unknown(asked, absent(baseline));
      const { metrics } = difference;
      const better: readonly (readonly [string, boolean])[] = [
        ["Sharpe ratio", metrics.sharpe.lower > 0],
        ["drawdown", metrics.maxDrawdown.upper < 0],
        ["profit factor", metrics.profitFactor !== undefined && metrics.profitFactor.lower > 0],
        ["win rate", metrics.winRate !== undefined && metrics.winRate.lower > 0],
      ];
      const won = better.filter(([, is]) => is).map(([name]) => name);
      const missing =
        metrics.winRate === undefined
          ? `; profit factor and win rate count as not better: both need ${leastTrips} round trips a run`
          : "";
      const found = `better in ${won.length}${won.length > 0 ? ` (${won.join(", ")})` : ""}${missing}`;
      return measured(won.length >= atLeast, won.length, undefined, asked, found);
    },
  },
  stressedSharpe: {
    label: "Sharpe ratio under stress",
    look({ preset, above }, { report: { stress } }) {
      const asked = `above ${decimal(above)} with ${preset}`;
      if (stress?.preset !== preset) {
        return unknown(asked, `not traded so; \`ploutos evaluate RUN --stress ${preset}\` does`);
      }
      const copies = [stress.stressed, ...(stress.copies ?? [])];
      const value = Math.min(...copies.map(({ sharpe }) => sharpe));
      return measured(value > above, value, undefined, asked, `${decimal(value)}, the lowest of ${copies.length}`);
    },
  },
  paperDays: {
    label: "Paper trading on live prices",
    look: ({ atLeast }) =>
      unknown(`${whole(atLeast)} days`, "none is on record: replays of recorded bars are backtests, not paper trading"),
  },
  approval: {
    label: "Approval by a person",
    look(_, { approvals, sha256 }) {
      const asked = "of this very report";
      const given = approvals.findLast((approval) => approval.sha256 === sha256);
      if (given !== undefined) return { passed: true, asked, found: `${given.who}, ${day(given.when)}` };
      const others = approvals.length > 0 ? "what was approved is another report" : "nobody approved it";
      return unknown(asked, `${others}; \`--approve NAME\` records it`);
    },
  },
};

function agentOf({ contenders }: ReportData): ReportContender {
  return contenders.find(({ role }) => role === "agent") ?? contenders[0];
}

function sharpeOf({ verdict }: ReportData): Interval {
  return verdict.sharpe[verdict.agent];
}

function differenceTo(
  { differences }: ReportData,
  baseline: string,
): NonNullable<ReportData["differences"]>[number] | undefined {
  return differences?.find(({ than }) => than === baseline);
}

/** The largest; undefined where one is not known. */
function worst(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length && known.length > 0 ? Math.max(...known) : undefined;
}

function measured(
  passed: boolean,
  value: number,
  interval: { readonly lower: number; readonly upper: number } | undefined,
  asked: string,
  found: string,
  print = (number: number): string => decimal(number),
): Finding {
  // Not a number is above nothing and below nothing, but let it never pass.
  const real = !Number.isNaN(value);
  const bounds = interval && { lower: interval.lower, upper: interval.upper };
  const range = bounds && toldRange(bounds, (bound) => print(bound ?? Number.NaN));
  return { passed: passed && real, value, interval: bounds, range, asked, found };
}

function unknown(asked: string, found: string): Finding {
  return { passed: false, asked, found };
}

function answered(answer: Answer<number> | undefined, passes: (value: number) => boolean, asked: string): Finding {
  if (answer === undefined) return unknown(asked, "the report has no such statistic; judge the run again");
  if (!answer.known) return unknown(asked, answer.reason);
  return measured(passes(answer.value), answer.value, undefined, asked, percent(answer.value));
}

function signed(value: number): string {
  return value > 0 ? `+${decimal(value)}` : decimal(value);
}

function absent(baseline: string): string {
  const how: Readonly<Record<string, string>> = {
    "previous champion": "; judge with `--champion RUN`",
    [rivalNames["rule-and-boosting"]]: "; judge with `--against rule-and-boosting`",
  };
  return `the report has nothing on ${baseline}${how[baseline] ?? ""}`;
}

function tooFewTrips(report: ReportData): string {
  const { trades } = agentOf(report).metrics;
  if (trades >= leastTrips) return "the report has no interval of it; judge the run again";
  return `it closed ${whole(trades)} round trips a run, ${leastTrips} are needed`;
}
