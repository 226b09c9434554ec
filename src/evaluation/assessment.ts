/** @file Backtests in, judgement out: baselines over the same bars, metrics with intervals, the verdict, the report's data. */
import { createRng } from "#base/rng.ts";
import { afterSplits } from "#domain/corporate-action.ts";
import { positionName } from "#domain/leg.ts";
import type { Universe } from "#domain/universe.ts";
import { contractSizesOf } from "#domain/universe.ts";
import type { Fold } from "#data/split.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { Latency } from "#trading/simulated-broker.ts";
import type { Activity } from "./activity.ts";
import { activityOf, exposedBars } from "./activity.ts";
import { annualisation } from "./annualisation.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";
import type { Baseline } from "./baselines.ts";
import { randomAgentName, runBaselines } from "./baselines.ts";
import type { Candidate } from "./candidate.ts";
import { equityBand } from "./equity-band.ts";
import type { Track } from "./metric-intervals.ts";
import { metricDifferences } from "./metric-intervals.ts";
import type { Metrics } from "./metrics.ts";
import { mean, metrics, sharpe, simpleReturns } from "./metrics.ts";
import { monthlyReturns } from "./monthly-returns.ts";
import { regimes } from "./regimes.ts";
import type { Json, ReportConfidence, ReportData, ReportDifference, ReportedRun, ReportFold } from "./report-data.ts";
import { reportContender } from "./report-data.ts";
import type { RoundTrip } from "./round-trips.ts";
import { roundTrips, tripSums } from "./round-trips.ts";
import type { Verdict } from "./significance.ts";
import { judge } from "./significance.ts";
import { evidence } from "./statistics/evidence.ts";
import { decidedFill } from "./timing-entries.ts";
import type { ReportTrials } from "./trial-count.ts";
import type { ReportVault } from "./vault-note.ts";
import { worstDrawdowns } from "./worst-drawdowns.ts";

export interface AssessmentOptions {
  readonly setting: BacktestSetting;
  /** The agent's backtests over the setting's bars, one for each seed. */
  readonly agent: { readonly name: string; readonly runs: readonly Backtest[]; readonly seeds: readonly number[] };
  /** Empty for one backtest of one model. */
  readonly folds: readonly Fold[];
  /** Was the agent trained or chosen on some of these bars? Then it can't be said to beat anything on them. */
  readonly inSample: boolean;
  /** Of the random agents and the resampling. */
  readonly seed: number;
  /** More that the agent must beat, beside the rules: boosted trees, the previous champion, a benchmark. */
  readonly rivals?: readonly Candidate[];
  /** Random agents of the same turnover; absent: 50. */
  readonly randomAgents?: number | undefined;
  /** From the project's ledger; absent: nobody counted. */
  readonly trials?: ReportTrials | undefined;
  /** Of the project; absent: nothing was ever sealed. */
  readonly vault?: ReportVault | undefined;
  /** Backtests of baselines done, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly about: {
    readonly runId: string;
    readonly createdAt: number;
    readonly command: string;
    readonly codeVersion: string;
    readonly source: string;
    readonly quality: Readonly<Record<string, number>>;
    readonly settings: Json;
    /** See `ReportData.lookAhead`. */
    readonly lookAhead?: string | undefined;
    /** See `ReportData.confidence`. */
    readonly confidence?: ReportConfidence | undefined;
    readonly warnings: readonly string[];
  };
}

/** The intervals of so many random agents are small print, and redrawing all of them takes as long as all else: fewer are drawn. */
const [manyRuns, fewResamples] = [20, 250];

/** Of the difference that matters most, and of each of the others. */
const [manyResamples, someResamples] = [1000, 500];

/** Of how many drawdowns the report tells. */
const worstFalls = 5;

/** Runs the baselines and judges the agent against the best of them. */
export async function assess({
  setting,
  agent,
  folds,
  inSample,
  seed,
  rivals,
  randomAgents,
  trials,
  vault,
  onProgress,
  about,
}: AssessmentOptions): Promise<ReportData> {
  const { universe } = setting;
  const { barsPerYear: yearly, warning } = annualisation(universe);
  const baselines = await runBaselines(setting, agent.runs, { seed, rivals, randomAgents, onProgress });
  const returnsOf = (runs: readonly Backtest[]): Float64Array[] => runs.map(({ curve }) => simpleReturns(curve.equity));
  const judgedAgent = { name: agent.name, runs: returnsOf(agent.runs) };
  const judgedBaselines = baselines.map(({ name, runs }) => ({ name, runs: returnsOf(runs) }));
  const judged = judge(judgedAgent, judgedBaselines, { barsPerYear: yearly, rng: createRng(seed, "verdict") });
  const verdict = inSample ? withheld(judged) : judged;
  const contender = (role: "agent" | "baseline", { name, runs }: Baseline, labels: readonly string[]) =>
    reportContender({
      name,
      role,
      runs: runs.map((run, at) => reportedRun(run, labels[at] ?? `${at + 1}`, setting, yearly)),
      barsPerYear: yearly,
      rng: createRng(seed, `intervals of ${name}`),
      ...(runs.length > manyRuns ? { resamples: fewResamples } : {}),
    });
  const labels = agent.seeds.map((value) => `seed ${value}`);
  const reportFolds = folds.map((fold) => reportFold(fold, universe, setting, agent.runs, baselines, yearly));
  const statistics = evidence({
    agent: judgedAgent,
    baselines: judgedBaselines,
    // A return stands one bar before the close that it ends at.
    folds: folds.map(({ test }) => ({ from: test.from - 1 - setting.from, to: test.to - 1 - setting.from })),
    barsPerYear: yearly,
    trials,
    rng: createRng(seed, "statistics"),
  });
  const { runId, createdAt, command, codeVersion, source, quality, settings, lookAhead, confidence, warnings } = about;
  return {
    runId,
    createdAt,
    command,
    codeVersion,
    verdict,
    inSample,
    statistics,
    differences: differencesTo(verdict.bestBaseline, agent.runs, baselines, setting, { barsPerYear: yearly, seed }),
    market: {
      name: universe.name,
      timeframe: universe.timeframe,
      symbols: universe.instruments.map(({ symbol }) => symbol),
      currency: setting.rules?.currency ?? universe.instruments[0].currency,
      from: universe.openTime[0],
      to: universe.openTime[universe.openTime.length - 1],
      bars: universe.openTime.length,
      source,
      dataHash: dataHash(universe),
      quality,
    },
    time: [...universe.openTime.subarray(setting.from, setting.to)],
    contenders: [
      contender("agent", agent, labels),
      ...baselines.map((baseline) => contender("baseline", baseline, [])),
    ],
    prices: universe.instruments.map(({ symbol }, i) => ({
      symbol,
      close: [...universe.bars[i].close.subarray(setting.from, setting.to)],
    })),
    trades: agent.runs.map(({ fills }, run) => ({
      label: labels[run],
      fills: fills.map((fill) => {
        const { side, units, price, filledAt } = fill;
        const { decidedAt } = decidedFill(fill);
        return { ...positionName(fill), side, units, price, filledAt, decidedAt };
      }),
    })),
    folds: reportFolds,
    equityBand: equityBand(returnsOf(agent.runs), setting.capital, { rng: createRng(seed, "band of the equity") }),
    drawdowns: agent.runs
      .flatMap(({ curve }, run) =>
        worstDrawdowns(curve.equity, worstFalls).map((fall) => ({ ...fall, label: labels[run] })),
      )
      .toSorted((a, b) => b.depth - a.depth)
      .slice(0, worstFalls),
    months: monthlyReturns(
      universe.openTime.subarray(setting.from, setting.to),
      agent.runs.map(({ curve }) => curve.equity),
    ),
    regimes: regimes(
      universe,
      setting.from,
      { name: agent.name, runs: returnsOf(agent.runs) },
      baselines
        .filter(({ name }) => name === "buy and hold" || name === verdict.bestBaseline)
        .map(({ name, runs }) => ({ name, runs: returnsOf(runs) })),
      yearly,
    ),
    ...(trials === undefined ? {} : { trials }),
    ...(vault === undefined ? {} : { vault }),
    ...(lookAhead === undefined ? {} : { lookAhead }),
    ...(confidence === undefined ? {} : { confidence }),
    seeds: [...agent.seeds],
    settings,
    warnings: [...(warning === undefined ? [] : [warning]), ...warnings, ...limits(setting, agent.seeds.length)],
  };
}

/** The agent less every rule and rival, the best first. */
function differencesTo(
  best: string,
  runs: readonly Backtest[],
  baselines: readonly Baseline[],
  setting: BacktestSetting,
  { barsPerYear, seed }: { readonly barsPerYear: number; readonly seed: number },
): ReportDifference[] {
  const tracksOf = (of: readonly Backtest[]): Track[] =>
    of.map((run) => ({
      returns: simpleReturns(run.curve.equity),
      activity: activityIn(run, setting),
    }));
  const tracks = tracksOf(runs);
  return baselines
    .filter(({ name }) => name !== randomAgentName)
    .toSorted((one, other) => Number(other.name === best) - Number(one.name === best))
    .map(({ name, runs: others }) => {
      const rng = createRng(seed, `difference to ${name}`);
      const resamples = name === best ? manyResamples : someResamples;
      return {
        than: name,
        metrics: metricDifferences(tracks, tracksOf(others), { barsPerYear, rng, resamples }),
      };
    });
}

function tripsOf({ fills }: Backtest, { universe }: BacktestSetting): RoundTrip[] {
  return roundTrips(afterSplits(fills, universe.actions ?? []), contractSizesOf(universe));
}

/** A verdict on bars that the agent knows: whatever it says for the agent proves nothing. */
function withheld(verdict: Verdict): Verdict {
  const reason = "These bars are among those that the agent was trained or chosen on: this is no test of it.";
  const word = verdict.word === "BEATS" ? "INCONCLUSIVE" : verdict.word;
  return { ...verdict, word, reasons: [reason, ...verdict.reasons] };
}

/** All metrics of one run. */
export function metricsOf(
  run: Backtest,
  setting: BacktestSetting,
  yearly: number,
  activity = activityIn(run, setting),
): Metrics {
  const { universe } = setting;
  return metrics(run.curve, afterSplits(run.fills, universe.actions ?? []), {
    barsPerYear: yearly,
    exposureBars: exposedBars(activity),
    grossExposure: mean(activity.gross),
    netExposure: mean(activity.net),
    costs: run.tradingCost,
    contractSizes: contractSizesOf(universe),
  });
}

function activityIn(run: Backtest, setting: BacktestSetting): Activity {
  return activityOf(run, tripsOf(run, setting));
}

function reportedRun(run: Backtest, label: string, setting: BacktestSetting, yearly: number): ReportedRun {
  const trips = tripsOf(run, setting);
  const activity = activityOf(run, trips);
  const measured = metricsOf(run, setting, yearly, activity);
  return { label, curve: run.curve, metrics: measured, trips: tripSums(trips), activity };
}

function reportFold(
  { train, validation, test }: Fold,
  { openTime }: Universe,
  { from }: BacktestSetting,
  agentRuns: readonly Backtest[],
  baselines: readonly Baseline[],
  yearly: number,
): ReportFold {
  const span = ({ from: first, to }: { readonly from: number; readonly to: number }) => ({
    from: openTime[first],
    to: openTime[to - 1],
  });
  const sharpeOf = ({ curve }: Backtest): number =>
    sharpe(simpleReturns(curve.equity.subarray(test.from - 1 - from, test.to - from)), yearly);
  return {
    train: span(train),
    validation: validation.to > validation.from ? span(validation) : undefined,
    test: span(test),
    agentSharpe: agentRuns.map(sharpeOf),
    baselineSharpe: Object.fromEntries(baselines.map(({ name, runs }) => [name, mean(runs.map(sharpeOf))])),
  };
}

function spanOf(latency: Latency): string {
  if ("milliseconds" in latency) return `${latency.milliseconds} ms`;
  return latency.bars === 1 ? "1 bar" : `${latency.bars} bars`;
}

/** What the numbers leave out, by what the setting has, and what it has that others have not. */
function limits({ universe, costs, rules, finer, latency, rejects }: BacktestSetting, seeds: number): string[] {
  const without = [
    ...(universe.actions === undefined ? ["dividends"] : []),
    "interest on cash",
    ...(costs.borrowBps === undefined ? ["the cost of borrowing for short positions"] : []),
  ];
  const left = without.length === 1 ? without[0] : `${without.slice(0, -1).join(", ")} and ${without.at(-1)}`;
  return [
    ...(costs.participation === undefined
      ? ["Orders are assumed to fill in full at the next open, whatever their size."]
      : []),
    ...(latency === undefined ? [] : [`Every order was on its way for ${spanOf(latency)}.`]),
    ...(rejects === undefined ? [] : [`The venue refused ${rejects.share * 100} % of all orders.`]),
    ...(finer === undefined ? [] : [`Bars of ${finer.timeframe} told what came first within a bar.`]),
    ...(rules?.positions === "hedging"
      ? ["The random agents hold the agent's net positions: what it traded to hedge them is not in their turnover."]
      : []),
    `Not in the numbers: ${left}.`,
    ...(seeds < 5
      ? [
          `${seeds} ${seeds === 1 ? "seed says" : "seeds say"} little about how much the seed matters; 5 or more are better.`,
        ]
      : []),
  ];
}
