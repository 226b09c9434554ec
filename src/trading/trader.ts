/** @file One bar, one decision: the same lines in backtest, paper and live. Bar → features → policy → sizing → Guardian → broker. */
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
import type { Decision, Policy } from "#policy/policy.ts";
import type { Account, Broker } from "./broker.ts";

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
  const { features, policy, broker, journal, timeframe } = parts;
  const at = closeTime(bars[0].openTime, timeframe);
  for (const fill of await broker.settle(bars)) journal.record({ kind: "fill", at: fill.filledAt, fill });
  const account = await broker.account();
  journal.record({ kind: "equity", at, equity: account.equity });

  const market = features.next(bars);
  if (!market) return; // still warming up
  // Most policies answer at once: waiting for what is no promise would cost a turn of the event loop at every bar.
  const answer = policy.act({ bars, market, account: accountVector(account) });
  const decision = answer instanceof Promise ? await answer : answer;
  journal.record({ kind: "decision", at, weights: decision.weights });

  for (const order of ordersFor(decision, account, bars, at, parts.sizing)) {
    const verdict = review(order, contextOf(order, account, now), parts.limits);
    if (verdict.approved) {
      journal.record({ kind: "intent", at, order });
      await broker.submit(verdict.order);
    } else {
      journal.record({ kind: "denied", at, order, denials: verdict.denials });
    }
  }
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
  { weights }: Decision,
  { equity, positions }: Account,
  bars: readonly Bar[],
  at: number,
  sizing: Sizing,
): Order[] {
  if (!weights) return [];
  return positions.flatMap(({ symbol, units: held, contractSize, lotStep, rate = 1 }, i) => {
    const units = unitsToTrade(weights[i], held, equity, bars[i].close * rate, contractSize, lotStep, sizing);
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
    heldUnits: position?.units ?? Number.NaN,
    contractSize: position?.contractSize ?? Number.NaN,
    price: order.decisionPrice * (position?.rate ?? 1),
    pricedAt: order.decidedAt,
    ledgerImbalance: account.ledgerImbalance,
  };
}
