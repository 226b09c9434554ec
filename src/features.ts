/** @file The door `ploutos/features`: indicators, feature sets, the scaler and the pipeline from bars to numbers. */
export { columnNames } from "#features/feature.ts";
export type { Feature, FeatureContext, FeatureGroup, MeasuredNeed, SeenInstrument } from "#features/feature.ts";
export { featureSets } from "#features/feature-set.ts";
export type { FeatureSetName } from "#features/feature-set.ts";
export { indicator, indicatorColumns } from "#features/indicator.ts";
export type { Indicator } from "#features/indicator.ts";
export {
  featureColumns,
  featureNames,
  featureSpec,
  featureStream,
  featureTable,
  featureWindow,
  schemaHash,
} from "#features/pipeline.ts";
export type { FeatureSpec, FeatureStream, FeatureTable, FeatureWindow } from "#features/pipeline.ts";
export { fitScaler, scaleRow } from "#features/scaler.ts";
export type { Scaler } from "#features/scaler.ts";
export { averageDirectionalIndex } from "#features/indicators/average-directional-index.ts";
export { atr, rawAtr } from "#features/indicators/average-true-range.ts";
export { bollingerBands } from "#features/indicators/bollinger-bands.ts";
export { chaikinMoneyFlow } from "#features/indicators/chaikin-money-flow.ts";
export { commodityChannelIndex } from "#features/indicators/commodity-channel-index.ts";
export { exponentialMovingAverage } from "#features/indicators/exponential-moving-average.ts";
export { keltnerChannel } from "#features/indicators/keltner-channel.ts";
export { kurtosis } from "#features/indicators/kurtosis.ts";
export { logReturn } from "#features/indicators/log-return.ts";
export { macd } from "#features/indicators/macd.ts";
export { moneyFlowIndex } from "#features/indicators/money-flow-index.ts";
export { onBalanceVolumeChange } from "#features/indicators/on-balance-volume-change.ts";
export { rateOfChange } from "#features/indicators/rate-of-change.ts";
export { relativeStrengthIndex } from "#features/indicators/relative-strength-index.ts";
export { simpleMovingAverage } from "#features/indicators/simple-moving-average.ts";
export { skewness } from "#features/indicators/skewness.ts";
export { stochastic } from "#features/indicators/stochastic.ts";
export { varianceRatio } from "#features/indicators/variance-ratio.ts";
export { williamsR } from "#features/indicators/williams-r.ts";
export { zScore } from "#features/indicators/z-score.ts";
export { fixedHorizonLabels } from "#features/labels/fixed-horizon.ts";
export type { FixedHorizon } from "#features/labels/fixed-horizon.ts";
export { endOf, outcomeOf, purgedBars } from "#features/labels/label.ts";
export type { Label, Labels } from "#features/labels/label.ts";
export { trendScanningLabels } from "#features/labels/trend-scanning.ts";
export type { TrendScanning } from "#features/labels/trend-scanning.ts";
export { tripleBarrierLabels } from "#features/labels/triple-barrier.ts";
export type { TripleBarrier } from "#features/labels/triple-barrier.ts";
export { adaptiveGroups, fitAdaptiveScaler } from "#features/scalers/adaptive.ts";
export type { GroupScalers } from "#features/scalers/adaptive.ts";
export {
  checkScalerUse,
  fitFeatureScaler,
  restoredScaler,
  scalerKinds,
  storedScaler,
} from "#features/scalers/fitted-scaler.ts";
export type { FittedScaler, ScalerKind, TrainingRows } from "#features/scalers/fitted-scaler.ts";
export { driftedFeatures, driftHalfLifeBars } from "#features/scalers/drift.ts";
export type { Drift, TestedRows } from "#features/scalers/drift.ts";
export { onlineScaler } from "#features/scalers/online.ts";
export type { OnlineScaler } from "#features/scalers/online.ts";
export { saturatedFeatures } from "#features/scalers/saturation.ts";
export type { FoldSaturation, Saturation } from "#features/scalers/saturation.ts";
export { flowBars } from "#features/order-flow/flow-bars.ts";
export type { FlowBars, FlowBarSettings, RecordedBook } from "#features/order-flow/flow-bars.ts";
export { orderFlow, orderFlowFeatures, orderFlowOutputs } from "#features/order-flow/order-flow.ts";
export type { OrderFlow, OrderFlowFeature, OrderFlowSettings } from "#features/order-flow/order-flow.ts";
export { orderFlowColumns } from "#features/order-flow/order-flow-columns.ts";
export type { OrderFlowColumns, RecordedFlow } from "#features/order-flow/order-flow-columns.ts";
export { checkUserFeature, userFeature } from "#features/user-feature.ts";
export type { UserFeature } from "#features/user-feature.ts";
export { analyseFeatures } from "#features/analysis/feature-analysis.ts";
export type { AnalysedFeature, FeatureAnalysis } from "#features/analysis/feature-analysis.ts";
export type { TrainingTable } from "#features/analysis/training-table.ts";
