/** @file The door `ploutos/evaluation`: backtests, walk-forward, metrics, baselines, the verdict and the report. */
export { assess } from "#evaluation/assessment.ts";
export type { AssessmentOptions } from "#evaluation/assessment.ts";
export { backtest, noFeatures, tableWindow } from "#evaluation/backtest.ts";
export type { Backtest, BacktestSetting } from "#evaluation/backtest.ts";
export { runBaselines } from "#evaluation/baselines.ts";
export type { Baseline } from "#evaluation/baselines.ts";
export { metricIntervals } from "#evaluation/metric-intervals.ts";
export type { MetricIntervals } from "#evaluation/metric-intervals.ts";
export { annualReturn, drawdown, metrics, sharpe, simpleReturns, sortino, volatility } from "#evaluation/metrics.ts";
export type { EquityCurve, Metrics, MetricSettings } from "#evaluation/metrics.ts";
export { reportHtml, reportJson } from "#evaluation/report.ts";
export type { ReportData } from "#evaluation/report.ts";
export { roundTrips } from "#evaluation/round-trips.ts";
export type { RoundTrip } from "#evaluation/round-trips.ts";
export { judge } from "#evaluation/significance.ts";
export type { Contender, JudgeOptions, Verdict, VerdictWord } from "#evaluation/significance.ts";
export { walkForward } from "#evaluation/walk-forward.ts";
export type { WalkForward, WalkForwardOptions, WalkForwardProgress } from "#evaluation/walk-forward.ts";
