/** @file The same model of signals gives the same positions, fills and equity, bit for bit, in training, backtest and paper. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { barAt, barsFrom, closeTime, timeframeMs } from "#domain/bar.ts";
import type { JournalEntry } from "#domain/journal.ts";
import { balanceTolerance, imbalance } from "#domain/ledger.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, universe } from "#domain/universe.ts";
import type { Backtest } from "#evaluation/backtest.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import type { FeatureSpec, FeatureTable } from "#features/pipeline.ts";
import {
  featureColumns,
  featureNames,
  featureSpec,
  featureTable,
  featureWindow,
  firstWindowRow,
} from "#features/pipeline.ts";
import type { Scaler } from "#features/scaler.ts";
import { fitScaler } from "#features/scaler.ts";
import type { Limits } from "#guardian/rule.ts";
import { replay } from "#live/replay.ts";
import { accountWidth } from "#market/account.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Moment } from "#market/acting.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import { signalSettings } from "#market/action-spaces.ts";
import { finerPrices } from "#market/finer.ts";
import { positionNames } from "#market/positions.ts";
import { signalActing } from "#market/signal-acting.ts";
import { encodeSignal } from "#market/signal-space.ts";
import { defaultSizing } from "#market/sizing.ts";
import type { StressedMarket } from "#market/stress.ts";
import { stressedMarket } from "#market/stress.ts";
import { advanceLane, createAccounts, createMarket, observeAccount, startLane } from "#market/world.ts";
import type { NetworkPolicy } from "#policy/network-policy.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import { openJournal } from "#storage/journal.ts";
import type { SignalTrader } from "#trading/signal-trader.ts";
import { signalTrader } from "#trading/signal-trader.ts";
import { simulatedBroker } from "#trading/simulated-broker.ts";
import { onBar } from "#trading/trader.ts";
import { randomModelOf } from "./fixtures/random-model.ts";
import type { SignalCase } from "./fixtures/signal-cases.ts";
import { signalCases as cases, trailingStop } from "./fixtures/signal-cases.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-signal-parity-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const capital = 100_000;
const [from, to] = [150, 900];
/** Wide, so that positions differ by what plans and accounts do and not by what the Guardian denies. */
const limits: Limits = {
  maxPositionFraction: 50,
  maxOrderFraction: 100,
  maxPriceAgeMs: timeframeMs["1h"],
  maxLedgerImbalance: balanceTolerance,
};

interface Prepared extends Omit<SignalCase, "finer"> {
  readonly finer: Universe | undefined;
  readonly under: StressedMarket | undefined;
  readonly market: Universe;
  readonly spec: FeatureSpec;
  readonly scaler: Scaler;
  readonly table: FeatureTable;
  readonly spoken: SignalSettings;
  readonly model: Uint8Array;
  readonly policy: NetworkPolicy;
}

/** Four bars within each, of which the first goes one way and the others the other, so that they tell what was first. */
function quarters(market: Universe): Universe {
  const parts = market.bars.map((bars) => {
    const made = Array.from(bars.openTime, (openTime, t) => {
      const { open, high, low, close } = barAt(bars, t);
      const up = t % 3 === 0;
      const turn = up ? high : low;
      const other = up ? low : high;
      const path = [open, turn, (turn + other) / 2, other, close];
      return path.slice(1).map((end, k) => ({
        openTime: openTime + k * timeframeMs["15m"],
        open: path[k],
        high: Math.max(path[k], end),
        low: Math.min(path[k], end),
        close: end,
        volume: 1,
      }));
    });
    return barsFrom(made.flat());
  });
  return universe(
    "quarters",
    "15m",
    market.instruments.map((instrument, i) => ({ instrument, bars: parts[i] })),
  );
}

async function prepare(each: SignalCase): Promise<Prepared> {
  const { actions, plan, rules = freeAccount, corporate, instruments = 2, dress = [] } = each;
  const walk = randomWalk({ bars: to, seed: 31, volatility: 0.008, instruments, timeframe: "1h" });
  const shift = Date.UTC(2024, 0, 2) - walk.openTime[0];
  const later = walk.bars.map((bars) => ({ ...bars, openTime: bars.openTime.map((time) => time + shift) }));
  const made = walk.instruments.map((instrument, i) => ({
    instrument: { ...instrument, lotStep: 0.01, ...dress[i] },
    bars: later[i],
  }));
  const calm = { ...universe("walk", "1h", made), ...(corporate ? { actions: corporate } : {}) };
  const plain = { costs: each.costs, rules, sizing: defaultSizing };
  const under = each.stress && stressedMarket(calm, plain, each.stress, 5, from + 1);
  const market = under?.universe ?? calm;
  const spec = featureSpec("first-light", market, 2);
  const names = featureNames(spec).length;
  const scaler = fitScaler(featureColumns(spec, market), names, firstWindowRow(spec), from);
  const settings = { levels: [0], bracket: { stopsAtr: [1, 2], targetsAtr: [1.5, 3] }, plan };
  const spoken = signalSettings(actions, settings);
  if (spoken === undefined) throw new Error(`${actions} is a space of signals`);
  const acting = signalActing(spoken.space, market.instruments, plan, rules);
  const { words } = spoken.space;
  const positions = positionNames(market.instruments, rules).length;
  const model = randomModelOf(spec, 12, accountWidth(positions) + acting.observed.length, instruments * words.length);
  const policy = await networkPolicy("net", model, { words }, instruments);
  const finer = each.finer && quarters(market);
  return {
    ...each,
    under,
    finer,
    market,
    spec,
    scaler,
    table: featureTable(spec, scaler, market),
    spoken,
    model,
    policy,
  };
}

interface Account {
  readonly equity: number[];
  readonly units: number[][];
  readonly values: number[][];
  readonly fees: number;
  readonly tradingCost: number;
  readonly said: Set<string>;
}

/** The training world, stepped as training and validation step it. */
async function simulated(prepared: Prepared): Promise<Account> {
  const { market, costs, rules = freeAccount, spoken, policy, table, finer, under } = prepared;
  const world = under?.market ?? createMarket(market, costs, defaultSizing, rules, finer);
  const acting = signalActing(spoken.space, market.instruments, spoken.plan, rules);
  const accounts = createAccounts(world, 1);
  const state = new Float64Array(acting.stateWidth);
  const entropy = new Float32Array(world.instruments);
  const moment: Moment = { market: world, accounts, lane: 0, state, stateAt: 0, entropy };
  const own = accountWidth(world.positions);
  const window = tableWindow(table, 2, from);
  const orders = new Float64Array(world.positions);
  startLane(world, accounts, 0, from, capital);
  acting.begin(state, 0);
  const equity = [capital];
  const units = [[...accounts.ledger.units]];
  // Closes of the world are in the account's currency.
  const valuesAt = (t: number): number[] =>
    Array.from(accounts.ledger.units, (held, position) => {
      const i = world.instrumentOf[position];
      return held * world.quotes.close[t * world.instruments + i] * world.contractSize[i];
    });
  const values = [valuesAt(from)];
  const said = new Set<string>();
  for (let t = from; t < to - 1; t++) {
    const account = new Float32Array(own + acting.observed.length);
    const legal = new Uint8Array(world.instruments * spoken.space.words.length);
    observeAccount(world, accounts, 0, account, 0);
    acting.observe(moment, account, own);
    acting.legal(moment, legal, 0);
    const decision = await policy.act({ bars: barsAt(market, t), market: window.next([])!, account, legal });
    if (!("signals" in decision)) throw new Error("this policy says signals");
    entropy.set(decision.entropy!);
    for (const word of decision.signals) said.add(word);
    acting.act(
      moment,
      decision.signals.map((word) => encodeSignal(spoken.space, word)),
      0,
      orders,
    );
    equity.push(advanceLane(world, accounts, 0, orders));
    units.push([...accounts.ledger.units]);
    values.push(valuesAt(t + 1));
  }
  const { fees, tradingCost } = accounts.ledger;
  return { equity, units, values, fees: fees[0], tradingCost: tradingCost[0], said };
}

function tested({
  market,
  costs,
  rules = freeAccount,
  spoken,
  policy,
  table,
  finer,
  under,
}: Prepared): Promise<Backtest> {
  const setting = {
    universe: market,
    from,
    to,
    costs,
    rules,
    sizing: defaultSizing,
    capital,
    limits,
    finer,
    fills: under?.fills,
  };
  return backtest(policy, tableWindow(table, 2, from), setting, spoken);
}

/** Bar by bar from streams, with the journal on disk. */
async function traded(
  each: Prepared,
  file: string,
): Promise<{ entries: JournalEntry[]; units: number[]; fees: number }> {
  const { market, costs, rules = freeAccount, spec, scaler, spoken, policy, finer, under } = each;
  const broker = simulatedBroker({
    ...market,
    costs,
    rules,
    capital,
    finer: finer && finerPrices(market, finer),
    fills: under?.fills,
  });
  const journal = openJournal(join(root, file));
  const features = featureWindow(spec, scaler);
  const signals = signalTrader({ ...market, rules, ...spoken });
  await replay(
    { timeframe: "1h", features, policy, sizing: defaultSizing, limits, broker, journal, signals },
    { universe: market, from, to, warmUp: (bars) => broker.warmUp(bars), pace: () => Promise.resolve() },
  );
  const entries = journal.entries();
  journal.close();
  expect(imbalance(broker.ledger, 0)).toBeLessThan(balanceTolerance);
  return { entries, units: [...broker.ledger.units], fees: broker.ledger.fees[0] };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe.each(cases)("$name", async (each) => {
  const prepared = await prepare(each);
  const world = await simulated(prepared);
  const result = await tested(prepared);

  test("the training world and the backtest have the same equity at every bar, to the bit", () => {
    expect([...result.curve.equity]).toEqual(world.equity);
    expect(new Set(world.equity).size, "equity does move").toBeGreaterThan(100);
    expect(result.fills.length, "a model that hardly trades would prove nothing").toBeGreaterThan(30);
    expect(result.tradingCost).toBe(world.tradingCost);
    for (const [bar, values] of world.values.entries()) {
      const weights = values.map((value) => value / world.equity[bar]);
      expect(result.gross[bar]).toBeCloseTo(sum(weights.map(Math.abs)), 9);
      expect(result.net[bar]).toBeCloseTo(sum(weights), 9);
    }
  });

  test("the backtest and paper have the same fills and equity, to the bit", async () => {
    const { entries, units, fees } = await traded(prepared, `${cases.indexOf(each)}.sqlite`);
    expect(entries.flatMap((entry) => (entry.kind === "fill" ? [entry.fill] : []))).toEqual(result.fills);
    expect(entries.flatMap((entry) => (entry.kind === "equity" ? [entry.equity] : []))).toEqual(world.equity);
    expect(units).toEqual(world.units.at(-1));
    expect(fees).toBe(world.fees);
    expect(entries.filter(({ kind }) => kind === "denied")).toEqual([]);
    const happened = (what: string): boolean =>
      world.said.has(what) ||
      result.fills.some(({ orderId }) => orderId.includes(what)) ||
      entries.some(({ kind }) => kind === what);
    expect(
      each.happened.filter((what) => !happened(what)),
      "what this case is there for",
    ).toEqual([]);
    const hedged = world.units.filter((held) => held.some((long, p) => p % 2 === 0 && long * held[p + 1] < 0));
    if (each.rules?.positions === "hedging") {
      expect(hedged.length, "bars with two legs beside each other").toBeGreaterThan(20);
    }
  });

  test("a trader that goes on from its journal does as one that was never stopped", async () => {
    const { market, costs, rules = freeAccount, spoken, policy, table, finer, under } = prepared;
    const broker = simulatedBroker({
      ...market,
      costs,
      rules,
      capital,
      finer: finer && finerPrices(market, finer),
      fills: under?.fills,
    });
    const features = tableWindow(table, 2, from);
    const entries: JournalEntry[] = [];
    const journal = { record: (entry: JournalEntry) => void entries.push(entry) };
    const parts = { timeframe: "1h", features, policy, sizing: defaultSizing, limits, broker, journal } as const;
    for (let t = 0; t < from; t++) broker.warmUp(barsAt(market, t));
    for (let t = from, signals: SignalTrader | undefined; t < to; t++) {
      // Every so often all that the trader remembers is gone, and what is known is the journal and the bars.
      if (t % 7 === 0) signals = undefined;
      if (signals === undefined) {
        signals = signalTrader({ ...market, rules, ...spoken });
        for (let before = 0; before < t; before++) signals.warmUp(barsAt(market, before));
        const last = entries.findLast((entry) => entry.kind === "signals");
        if (last?.kind === "signals") signals.restore(last.memory);
      }
      await onBar(barsAt(market, t), closeTime(market.openTime[t], "1h"), { ...parts, signals });
    }
    expect(entries.flatMap((entry) => (entry.kind === "fill" ? [entry.fill] : []))).toEqual(result.fills);
    expect(entries.flatMap((entry) => (entry.kind === "equity" ? [entry.equity] : []))).toEqual(world.equity);
  });
});

test("shorter bars do tell what was first", async () => {
  const near = await prepare(cases.find(({ finer }) => finer === true)!);
  const [told, worst] = [await tested(near), await tested({ ...near, finer: undefined })];
  const targets = ({ fills }: Backtest): number => fills.filter(({ orderId }) => orderId.includes("-target")).length;
  expect(targets(told)).toBeGreaterThan(targets(worst));
});

test("would see a stop that trails a millionth further away", async () => {
  const each = cases.find(({ actions }) => actions === "gemini-6")!;
  // It trails from the first gain on and nothing else closes, so that whatever a model says some positions end at it.
  const trailed = async (distanceAtr: number): Promise<Backtest> => {
    const plan = { ...each.plan, targetAtr: undefined, trailingStop: { ...trailingStop, activation: 0, distanceAtr } };
    return tested(await prepare({ ...each, plan }));
  };
  const [one, other] = [await trailed(trailingStop.distanceAtr), await trailed(trailingStop.distanceAtr * (1 + 1e-6))];
  expect(other.fills.length).toBe(one.fills.length);
  expect([...other.curve.equity]).not.toEqual([...one.curve.equity]);
});
