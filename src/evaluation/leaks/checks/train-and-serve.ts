/** @file Does the model do in the training world what it does when it trades? */
import { invariant } from "#base/invariant.ts";
import { accountWidth } from "#market/account.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Acting, Moment } from "#market/acting.ts";
import { signalActing } from "#market/signal-acting.ts";
import { encodeSignal } from "#market/signal-space.ts";
import {
  advanceLane,
  createAccounts,
  createMarket,
  observeAccount,
  ordersForWeights,
  startLane,
} from "#market/world.ts";
import { logitWidth } from "#env/space.ts";
import type { Decision } from "#policy/policy.ts";
import { barsAt, sliceUniverse } from "#domain/universe.ts";
import { backtest } from "../../backtest.ts";
import type { BacktestSetting } from "../../backtest.ts";
import type { Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable } from "../finding.ts";
import { valuesOf } from "../known.ts";
import { watched } from "../subject.ts";
import type { Served } from "../subject.ts";

/** Equity of two worlds may differ by rounding, relative to itself. */
const rounding = 1e-9;
/** The training graph and the acting model are two programs of one network: mean log returns of theirs differ by less. */
const programs = 1e-7;

/** Decisions `[T]` and equity `[T + 1]` of one world. */
interface Lived {
  readonly decisions: readonly (readonly unknown[])[];
  readonly equity: Float64Array;
}

export const trainAndServe: LeakCheck = {
  asks: "What was trained must be what trades: the same bars, the same decisions, in the training world and through the live trader.",
  async run({ served, setting }): Promise<Finding> {
    if (served === undefined) return notApplicable("It has no model.");
    const live = await traded(served, setting);
    const trained = await simulated(served, setting);
    const wrong: string[] = [];
    const at = trained.decisions.findIndex(
      (values, n) => !values.every((value, k) => Object.is(value, live.decisions[n]?.[k])),
    );
    if (at >= 0) wrong.push(`the decisions part ${at} bars after the beginning`);
    const off = trained.equity.findIndex((value, n) => Math.abs(value - live.equity[n]) > rounding * Math.abs(value));
    if (off >= 0) wrong.push(`the equity parts ${off} bars after the beginning`);
    const { validation } = served;
    const again = validation && (await meanReward(served, setting, validation));
    if (validation !== undefined && again !== undefined && Math.abs(again - validation.meanReward) > programs) {
      wrong.push(`on its validation span the model earns ${again}, and says ${validation.meanReward}`);
    }
    const noted = validation === undefined ? "" : " The training's own score of the validation span was repeated.";
    return judged(
      `Let it act on ${trained.decisions.length} bars in the training world, from a table, and through the trader, from a stream.`,
      wrong,
      `The same decisions and the same equity.${noted}`,
    );
  },
};

/** Through the trader and its broker, features bar by bar. */
async function traded(served: Served, setting: BacktestSetting): Promise<Lived> {
  const { universe, from } = setting;
  const policy = await served.policy(sliceUniverse(universe, 0, from));
  const stream = served.stream(universe);
  const decisions: (readonly unknown[])[] = [];
  try {
    for (let t = 0; t < from; t++) stream.next(barsAt(universe, t));
    const watching = watched(policy, universe.openTime, from, (_, decision) => decisions.push(valuesOf(decision)));
    const { curve } = await backtest(watching, stream, setting, served.signals);
    return { decisions, equity: curve.equity };
  } finally {
    await policy.dispose();
  }
}

/** In the simulated market that agents train in, features from a table. */
async function simulated(served: Served, setting: BacktestSetting): Promise<Lived> {
  const { universe, from, to, costs, sizing, rules = freeAccount, capital } = setting;
  const { signals } = served;
  const market = createMarket(universe, costs, sizing, rules);
  const acting = signals && signalActing(signals.space, universe.instruments, signals.plan, rules);
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, from, capital);
  const entropy = new Float32Array(universe.instruments.length);
  const moment: Moment = {
    market,
    accounts,
    lane: 0,
    state: new Float64Array(acting?.stateWidth ?? 0),
    stateAt: 0,
    entropy,
  };
  acting?.begin(moment.state, 0);
  const own = accountWidth(market.positions);
  const window = served.table(universe, from);
  const orders = new Float64Array(market.positions);
  const decisions: (readonly unknown[])[] = [];
  const equity = [capital];
  const policy = await served.policy(sliceUniverse(universe, 0, from));
  try {
    for (let t = from; t < to - 1; t++) {
      const bars = barsAt(universe, t);
      const seen = window.next(bars);
      if (seen === undefined) invariant(false, "the first decision is made on a whole window", { t });
      const account = new Float32Array(own + (acting?.observed.length ?? 0));
      observeAccount(market, accounts, 0, account, 0);
      acting?.observe(moment, account, own);
      const decision = await policy.act({ bars, market: seen, account, ...legalNow(acting, moment) });
      decisions.push(valuesOf(decision));
      orders.fill(0);
      order(decision, acting, moment, served, orders);
      equity.push(advanceLane(market, accounts, 0, orders));
    }
  } finally {
    await policy.dispose();
  }
  return { decisions, equity: Float64Array.from(equity) };
}

function legalNow(acting: Acting | undefined, moment: Moment): { readonly legal?: Uint8Array } {
  if (acting === undefined || acting.space.kind !== "discrete") return {};
  const legal = new Uint8Array(logitWidth(acting.space)).fill(1);
  acting.legal(moment, legal, 0);
  return { legal };
}

/** Orders of a decision as the training world writes them. */
function order(
  decision: Decision,
  acting: Acting | undefined,
  moment: Moment,
  { signals }: Served,
  orders: Float64Array,
): void {
  if ("weights" in decision) {
    const { market, accounts } = moment;
    if (decision.weights !== undefined) ordersForWeights(market, accounts, 0, decision.weights, 0, orders);
    return;
  }
  if (acting === undefined || signals === undefined) invariant(false, "words come with the space that they are of");
  moment.entropy?.fill(NaN);
  if (decision.entropy !== undefined) moment.entropy?.set(decision.entropy);
  acting.act(
    moment,
    decision.signals.map((word) => encodeSignal(signals.space, word)),
    0,
    orders,
  );
}

/** Mean log return of a bar on the validation span, from a flat account to its end or to ruin: what the training writes of it. */
async function meanReward(
  served: Served,
  setting: BacktestSetting,
  { span, ruin }: NonNullable<Served["validation"]>,
): Promise<number> {
  const { equity } = await traded(served, { ...setting, ...span });
  const ruined = equity.findIndex((value) => value <= ruin);
  const last = ruined < 0 ? equity.length - 1 : ruined;
  return Math.log(equity[last] / equity[0]) / last;
}
