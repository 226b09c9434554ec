/**
 * @file One bar, one decision: the same lines in backtest, paper and live. Bar → features → policy → sizing or plan → Guardian →
 * broker.
 */
import { invariant } from "#base/invariant.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import { closeTime } from "#domain/bar.ts";
import type { Journal } from "#domain/journal.ts";
import type { Order } from "#domain/order.ts";
import { orderId } from "#domain/order.ts";
import type { Limits, RiskContext } from "#guardian/rule.ts";
import { review } from "#guardian/gate.ts";
import { accountWidth, drawdown, writePosition } from "#market/account.ts";
import type { Sizing } from "#market/sizing.ts";
import { unitsToTrade } from "#market/sizing.ts";
import type { Policy, WeightDecision } from "#policy/policy.ts";
import type { Account, Broker } from "./broker.ts";
import type { SignalTrader } from "./signal-trader.ts";

/** The scaled features of the last bars, oldest first: from a stream in live, from a table in a backtest, with the same bits. */
export interface FeatureWindow {
  /** `[L × F]`; absent while warming up. */
  next(bars: readonly Bar[]): Float32Array | undefined;
}

/** Everything a trader is made of. */
export interface Parts {
  readonly timeframe: Timeframe;
  readonly features: FeatureWindow;
  readonly policy: Policy;
  readonly sizing: Sizing;
  /** Turns what the policy says into orders, where it says signals and not weights. */
  readonly signals?: SignalTrader | undefined;
  readonly limits: Limits;
  readonly broker: Broker;
  readonly journal: Journal;
}

/**
 * A bar of each instrument has closed. Settles what was under way, looks, decides, and sends what the Guardian approves;
 * each step is in the journal before the broker hears of the next.
 * @param now when this happens, Unix ms UTC: the close of the bar in a replay, the clock in live, so that old bars are refused
 */
export async function onBar(bars: readonly Bar[], now: number, parts: Parts): Promise<void> {
  const { features, policy, broker, journal, timeframe, signals } = parts;
  const at = closeTime(bars[0].openTime, timeframe);
  const fills = await broker.settle(bars);
  for (const fill of fills) journal.record({ kind: "fill", at: fill.filledAt, fill });
  const account = await broker.account();
  journal.record({ kind: "equity", at, equity: account.equity });
  if (signals !== undefined) signals.look(bars, fills, account, await broker.openOrders());

  const market = features.next(bars);
  if (!market) return; // still warming up
  if (signals !== undefined) {
    await actInSignals(signals, market, bars, now, account, parts);
    return;
  }
  // Most policies answer at once: waiting for what is no promise would cost a turn of the event loop at every bar.
  const answer = policy.act({ bars, market, account: accountVector(account) });
  const decision = answer instanceof Promise ? await answer : answer;
  if (!("weights" in decision)) invariant(false, "a policy of signals comes with its plan", { policy: policy.name });
  journal.record({ kind: "decision", at, weights: decision.weights });

  for (const order of ordersFor(decision, account, bars, at, parts.sizing)) await send(order, account, at, now, parts);
}

/** The same for a policy that says words: its plan turns them into orders, and into what rests to protect them. */
async function actInSignals(
  signals: SignalTrader,
  market: Float32Array,
  bars: readonly Bar[],
  now: number,
  account: Account,
  parts: Parts,
): Promise<void> {
  const { policy, broker, journal, timeframe } = parts;
  const at = closeTime(bars[0].openTime, timeframe);
  const decision = await policy.act({ bars, market, ...signals.view() });
  if (!("signals" in decision)) invariant(false, "a trader of signals is told signals", { policy: policy.name });
  const changes = signals.decide(decision.signals, decision.entropy, bars, at);
  journal.record({ kind: "signals", at, signals: decision.signals, memory: signals.memory() });
  for (const { orders, replaces } of changes) {
    let protectedAnew = true;
    for (const order of orders) {
      const taken = await send(order, account, at, now, parts);
      if (!taken && (order.reduceOnly === true || order.bracket !== undefined)) protectedAnew = false;
    }
    // What protects a position goes only when what takes its place is there.
    if (!protectedAnew) continue;
    for (const id of replaces) {
      journal.record({ kind: "cancel", at, orderId: id });
      await broker.cancel(id);
    }
  }
}

/** Asks the Guardian and sends what it approves. Returns true where the broker has taken the order. */
async function send(order: Order, account: Account, at: number, now: number, parts: Parts): Promise<boolean> {
  const { broker, journal } = parts;
  const verdict = review(order, contextOf(order, account, now), parts.limits);
  if (!verdict.approved) {
    journal.record({ kind: "denied", at, order, denials: verdict.denials });
    return false;
  }
  journal.record({ kind: "intent", at, order });
  const reason = await broker.submit(verdict.order);
  if (reason === undefined) return true;
  journal.record({ kind: "rejected", at, orderId: order.id, reason });
  return false;
}

/** The numbers that an agent sees of its account; the simulated market writes the same ones. */
function accountVector({ equity, peakEquity, positions }: Account): Float32Array {
  const vector = new Float32Array(accountWidth(positions.length));
  for (let i = 0; i < positions.length; i++) {
    const { units, cost, mark, contractSize } = positions[i];
    writePosition(vector, 2 * i, units, cost, mark, contractSize, equity);
  }
  vector[vector.length - 1] = drawdown(equity, peakEquity);
  return vector;
}

/** Market orders that turn the held positions into the wanted weights. */
function ordersFor(
  { weights }: WeightDecision,
  { equity, positions }: Account,
  bars: readonly Bar[],
  at: number,
  sizing: Sizing,
): Order[] {
  if (!weights) return [];
  return positions.flatMap(({ symbol, units: held, unitsUnderWay, contractSize, lotStep, rate = 1 }, i) => {
    const price = bars[i].close * rate;
    const units = unitsToTrade(weights[i], held + unitsUnderWay, equity, price, contractSize, lotStep, sizing);
    if (units === 0) return [];
    const side = units > 0 ? "buy" : "sell";
    return {
      id: orderId(symbol, at),
      symbol,
      side,
      units: Math.abs(units),
      decisionPrice: bars[i].close,
      decidedAt: at,
    };
  });
}

function contextOf(order: Order, account: Account, now: number): RiskContext {
  const position = account.positions.find(({ symbol }) => symbol === order.symbol);
  return {
    now,
    equity: account.equity,
    heldUnits: position === undefined ? Number.NaN : position.units + position.unitsUnderWay,
    contractSize: position?.contractSize ?? Number.NaN,
    price: order.decisionPrice,
    rate: position?.rate,
    pricedAt: order.decidedAt,
    ledgerImbalance: account.ledgerImbalance,
  };
}
