/** @file The door `ploutos/market`: the words of trading (bars, instruments, orders, fills, the ledger), the simulated market and its env. */
export { levelSpace, levelWeight } from "#domain/action-levels.ts";
export type { ActionLevels } from "#domain/action-levels.ts";
export { barAt, barsFrom, closeTime, emptyBars, sliceBars, timeframeMs } from "#domain/bar.ts";
export type { Bar, Bars, Measured, Timeframe } from "#domain/bar.ts";
export { bookAt, emptyBooks } from "#domain/book.ts";
export type { Book, Books } from "#domain/book.ts";
export type { CorporateAction } from "#domain/corporate-action.ts";
export type { Fill } from "#domain/fill.ts";
export { barsPerYear, instrument } from "#domain/instrument.ts";
export type { CalendarName, Instrument } from "#domain/instrument.ts";
export {
  balanceTolerance,
  checkLedger,
  createLedger,
  equity,
  imbalance,
  markPosition,
  openAccount,
  postFill,
} from "#domain/ledger.ts";
export type { Ledger } from "#domain/ledger.ts";
export type { Leg, PositionName } from "#domain/leg.ts";
export { signedUnits } from "#domain/order.ts";
export type { Bracket, Order, OrderId, Pricing, Side } from "#domain/order.ts";
export { barsAt, firstBarFrom, sliceUniverse, universe } from "#domain/universe.ts";
export type { Universe } from "#domain/universe.ts";
export { accountWidth } from "#market/account.ts";
export { freeAccount } from "#market/account-rules.ts";
export type { AccountRules } from "#market/account-rules.ts";
export { actingOf, actionSpaceNames, signalSettings } from "#market/action-spaces.ts";
export type { ActionSettings, ActionSpaceName, SignalSettings } from "#market/action-spaces.ts";
export type { Acting, Moment } from "#market/acting.ts";
export { freeOfCosts, indexFundCosts } from "#market/costs.ts";
export type { Costs } from "#market/costs.ts";
export { greedyAdversary, opposition, randomAdversary } from "#market/adversary.ts";
export type { Adversary, AdversaryBudget, Blow, Opposition, Target } from "#market/adversary.ts";
export type { RewardDeviations, RewardPart, RewardTerm, StepFacts, WeightedTerm } from "#market/reward.ts";
export { rewardOf, rewardParts, rewardPresets, rewardTerms } from "#market/rewards/rewards.ts";
export type { RewardSetting } from "#market/rewards/rewards.ts";
export { checkStress, stressEvents, stressedMarket, stressedTable } from "#market/stress.ts";
export type { StressEvent, StressSettings, StressedMarket } from "#market/stress.ts";
export { stressKinds } from "#market/stress/events.ts";
export type { StressKindName } from "#market/stress/events.ts";
export { stressPresets } from "#market/stress/presets.ts";
export { profiles } from "#market/costs/profiles.ts";
export { emptyOrder, emptyView } from "#market/plan.ts";
export type { PlanOrder, PositionPlan, PositionView } from "#market/plan.ts";
export { positionPlan } from "#market/position-plan.ts";
export type { PlanSettings } from "#market/position-plan.ts";
export { checkMarket } from "#market/check.ts";
export type { CheckedMarket, MarketCheckSettings } from "#market/check.ts";
export { shareOfOptimum } from "#market/optimum/optimum.ts";
export type { Optimum } from "#market/optimum/optimum.ts";
export { ornsteinUhlenbeckOptimum } from "#market/optimum/ornstein-uhlenbeck.ts";
export { plantedSignalOptimum } from "#market/optimum/planted-signal.ts";
export { defaultSizing } from "#market/sizing.ts";
export type { Sizing } from "#market/sizing.ts";
export { tradingEnv } from "#market/trading-env.ts";
export type { TradingEnv, TradingEnvOptions } from "#market/trading-env.ts";
export {
  advanceLane,
  copyLane,
  createAccounts,
  createMarket,
  observeAccount,
  startLane,
  stepLane,
} from "#market/world.ts";
export type { Accounts, Market } from "#market/world.ts";
export type { Quote } from "#domain/quote.ts";
export type { AggressorVolume, Trade, Trades } from "#domain/trade.ts";
