/** @file The door `ploutos/live`: the trader, the Guardian before it, brokers, the journal, and paper sessions on recorded bars. */
export type { DenialRecord, Journal, JournalEntry } from "#domain/journal.ts";
export { defaultLimits, review } from "#guardian/gate.ts";
export type { ApprovedOrder } from "#guardian/gate.ts";
export type { Denial, Limits, RiskContext } from "#guardian/rule.ts";
export { replay } from "#live/replay.ts";
export type { ReplayOptions } from "#live/replay.ts";
export { openJournal } from "#storage/journal.ts";
export type { StoredJournal } from "#storage/journal.ts";
export type { Account, Broker, OpenOrder, Position } from "#trading/broker.ts";
export { signalTrader } from "#trading/signal-trader.ts";
export type { SignalTrader } from "#trading/signal-trader.ts";
export { simulatedBroker } from "#trading/simulated-broker.ts";
export type { SimulatedBroker } from "#trading/simulated-broker.ts";
export { onBar } from "#trading/trader.ts";
export type { FeatureWindow, Parts } from "#trading/trader.ts";
