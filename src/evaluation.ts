/** @file The door `ploutos/evaluation`: backtests, walk-forward, metrics, baselines, the leak battery, the verdict and the report. */
export { activityOf } from "#evaluation/activity.ts";
export type { Activity } from "#evaluation/activity.ts";
export { assess } from "#evaluation/assessment.ts";
export type { AssessmentOptions } from "#evaluation/assessment.ts";
export { backtest, noFeatures, tableWindow } from "#evaluation/backtest.ts";
export type { Backtest, BacktestSetting } from "#evaluation/backtest.ts";
export { runBaselines } from "#evaluation/baselines.ts";
export type { Baseline, BaselineOptions } from "#evaluation/baselines.ts";
export { boostedRival } from "#evaluation/boosted-rival.ts";
export type { RivalOptions } from "#evaluation/boosted-rival.ts";
export { benchmarkCandidate, ruleCandidate } from "#evaluation/candidate.ts";
export type { Candidate } from "#evaluation/candidate.ts";
export { crossValidate } from "#evaluation/cross-validation.ts";
export type { CrossValidationOptions } from "#evaluation/cross-validation.ts";
export { examine } from "#evaluation/examination.ts";
export type { Examination, ExaminationOptions } from "#evaluation/examination.ts";
export { featuresSubject, modelSubject } from "#evaluation/leaks/model-subject.ts";
export type { VerifiedFeatures, VerifiedModel } from "#evaluation/leaks/model-subject.ts";
export { strategySubject } from "#evaluation/leaks/subject.ts";
export type { CreateStrategy, StrategyInput, Subject } from "#evaluation/leaks/subject.ts";
export { failedChecks, verify } from "#evaluation/leaks/verify.ts";
export type { Verification, VerifiedCheck, VerifyOptions } from "#evaluation/leaks/verify.ts";
export { metricDifferences, metricIntervals } from "#evaluation/metric-intervals.ts";
export type { MetricIntervals, Track } from "#evaluation/metric-intervals.ts";
export { annualReturn, drawdown, metrics, sharpe, simpleReturns, sortino, volatility } from "#evaluation/metrics.ts";
export type { EquityCurve, Metrics, MetricSettings } from "#evaluation/metrics.ts";
export { reportHtml, reportJson, reportMarkdown, storedReport } from "#evaluation/report.ts";
export type { ReportData } from "#evaluation/report.ts";
export { roundTrips } from "#evaluation/round-trips.ts";
export type { RoundTrip } from "#evaluation/round-trips.ts";
export { selection } from "#evaluation/selection.ts";
export type { PathRun, Selection, Tried } from "#evaluation/selection.ts";
export { judge } from "#evaluation/significance.ts";
export type { Contender, JudgeOptions, Verdict, VerdictWord } from "#evaluation/significance.ts";
export type { Answer } from "#evaluation/statistics/answer.ts";
export { deflatedSharpe, expectedBestSharpe } from "#evaluation/statistics/deflated-sharpe.ts";
export type { Trials } from "#evaluation/statistics/deflated-sharpe.ts";
export { effectiveTrials } from "#evaluation/statistics/effective-trials.ts";
export { evidence } from "#evaluation/statistics/evidence.ts";
export type { Evidence, EvidenceOptions } from "#evaluation/statistics/evidence.ts";
export { improvementProbability } from "#evaluation/statistics/improvement-probability.ts";
export { interquartileMean } from "#evaluation/statistics/interquartile-mean.ts";
export { minimumBacktestYears, minimumTrackRecord } from "#evaluation/statistics/minimum-length.ts";
export {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  hochberg,
  holm,
} from "#evaluation/statistics/multiple-testing.ts";
export { optimalityGap } from "#evaluation/statistics/optimality-gap.ts";
export { overfittingProbability } from "#evaluation/statistics/overfitting-probability.ts";
export { performanceProfile } from "#evaluation/statistics/performance-profile.ts";
export { probabilisticSharpe } from "#evaluation/statistics/probabilistic-sharpe.ts";
export { stepwiseTest } from "#evaluation/statistics/stepwise-test.ts";
export { realityCheck, superiorAbility } from "#evaluation/statistics/superior-ability.ts";
export { trackRecord } from "#evaluation/statistics/track-record.ts";
export { runsTiming, decidedFill } from "#evaluation/timing-entries.ts";
export type { RunsTiming } from "#evaluation/timing-entries.ts";
export { timing, usualTiming } from "#evaluation/timing.ts";
export type { SideTiming, Timing, TimingEntry, TimingSettings, TimingSkill } from "#evaluation/timing.ts";
export { walkForward } from "#evaluation/walk-forward.ts";
export type { TrainingProgress } from "#evaluation/trained-parts.ts";
export type { WalkForward, WalkForwardOptions } from "#evaluation/walk-forward.ts";
