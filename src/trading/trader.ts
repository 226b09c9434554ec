/**
 * @file One bar, one decision: the same lines in backtest, paper and live. Bar → features → policy → sizing or plan → Guardian →
 * broker.
 */
import { invariant } from "#base/invariant.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import { closeTime } from "#domain/bar.ts";
import type { Journal } from "#domain/journal.ts";
import { isSamePosition, positionName, positionTitle } from "#domain/leg.ts";
import type { Order } from "#domain/order.ts";
import { orderId, signedUnits } from "#domain/order.ts";
import type { Limits, RiskContext } from "#guardian/rule.ts";
import { review } from "#guardian/gate.ts";
import { accountWidth, drawdown, writePosition } from "#market/account.ts";
import type { PositionsEach } from "#market/positions.ts";
import { instrumentOfPosition, netUnits, positionInTurn, positionOn, spreadOver } from "#market/positions.ts";
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

  const books: Books = { account, sent: [] };
  for (const order of ordersFor(decision, account, bars, at, parts.sizing)) await send(order, books, at, now, parts);
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
  const books: Books = { account, sent: [] };
  for (const { orders, replaces } of changes) {
    let protectedAnew = true;
    for (const order of orders) {
      const taken = await send(order, books, at, now, parts);
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

/** The account at the close, and the orders at the market that a broker has taken since. */
interface Books {
  readonly account: Account;
  readonly sent: Order[];
}

/** Asks the Guardian and sends what it approves. Returns true where the broker has taken the order. */
async function send(order: Order, books: Books, at: number, now: number, parts: Parts): Promise<boolean> {
  const { broker, journal } = parts;
  const verdict = review(order, contextOf(order, books, now), parts.limits);
  if (!verdict.approved) {
    journal.record({ kind: "denied", at, order, denials: verdict.denials });
    return false;
  }
  journal.record({ kind: "intent", at, order });
  const reason = await broker.submit(verdict.order);
  if (reason === undefined) {
    if (order.pricing === undefined) books.sent.push(order);
    return true;
  }
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

/** Market orders that turn the held positions into the wanted weights; of two legs what gets smaller comes first. */
function ordersFor(
  { weights }: WeightDecision,
  { equity, positions }: Account,
  bars: readonly Bar[],
  at: number,
  sizing: Sizing,
): Order[] {
  if (!weights) return [];
  const each = (positions.length / bars.length) as PositionsEach;
  const held = Float64Array.from(positions, ({ units, unitsUnderWay }) => units + unitsUnderWay);
  const wanted = new Float64Array(positions.length);
  for (let i = 0; i < bars.length; i++) {
    const first = positionOn(i, 1, each);
    const { contractSize, lotStep, rate = 1 } = positions[first];
    const price = bars[i].close * rate;
    const net = netUnits(held, first, each);
    const change = unitsToTrade(weights[i], net, equity, price, contractSize, lotStep, sizing);
    spreadOver(change, held, first, each, wanted, first);
  }
  const orders: Order[] = [];
  for (let nth = 0; nth < positions.length; nth++) {
    const p = positionInTurn(nth, wanted, each);
    if (wanted[p] === 0) continue;
    orders.push({
      id: orderId(positionTitle(positions[p]), at),
      ...positionName(positions[p]),
      side: wanted[p] > 0 ? "buy" : "sell",
      units: Math.abs(wanted[p]),
      decisionPrice: bars[instrumentOfPosition(p, each)].close,
      decidedAt: at,
    });
  }
  return orders;
}

/** A position that the account does not have is one of which nothing is known: it is denied. */
function contextOf(order: Order, { account, sent }: Books, now: number): RiskContext {
  const position = account.positions.find((each) => isSamePosition(each, order));
  let besideUnits = 0;
  for (const each of account.positions) {
    if (each.symbol === order.symbol && each !== position) besideUnits += each.units + each.unitsUnderWay;
  }
  for (const each of sent) {
    if (each.symbol === order.symbol && !isSamePosition(each, order)) besideUnits += signedUnits(each);
  }
  return {
    now,
    equity: account.equity,
    heldUnits: position === undefined ? Number.NaN : position.units + position.unitsUnderWay,
    besideUnits,
    contractSize: position?.contractSize ?? Number.NaN,
    price: order.decisionPrice,
    rate: position?.rate,
    pricedAt: order.decidedAt,
    ledgerImbalance: account.ledgerImbalance,
  };
}
