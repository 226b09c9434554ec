/** @file What was tested is what trades: the same model gives the same fills and equity, bit for bit, in every world. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import type { JournalEntry } from "#domain/journal.ts";
import type { Universe } from "#domain/universe.ts";
import { actionWidth } from "#env/space.ts";
import { universe } from "#domain/universe.ts";
import type { Backtest } from "#evaluation/backtest.ts";
import { backtest, noFeatures, tableWindow } from "#evaluation/backtest.ts";
import type { FeatureSpec } from "#features/pipeline.ts";
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
import { defaultLimits } from "#guardian/gate.ts";
import { replay } from "#live/replay.ts";
import { accountWidth } from "#market/account.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import { actingOf } from "#market/action-spaces.ts";
import { plainPlan } from "#market/position-plan.ts";
import { positionNames } from "#market/positions.ts";
import { advanceLane, createAccounts, createMarket, observeAccount, startLane, stepLane } from "#market/world.ts";
import type { Choices } from "#policy/network-policy.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { Policy } from "#policy/policy.ts";
import { scheduled } from "#policy/rules/scheduled.ts";
import { openJournal } from "#storage/journal.ts";
import { simulatedBroker } from "#trading/simulated-broker.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import { choicesOf } from "#training/choices.ts";
import { checkedFeatures } from "#training/feature-files.ts";
import { levels, randomModelOf, randomRealModel } from "./fixtures/random-model.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-parity-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const capital = 100_000;
const costs = { spreadBps: 3, slippageAtr: 0.02, commissionBps: 1 };
const sizing = { rebalanceBand: 0.2 };
const actionSettings = { levels, bracket: { stopsAtr: [1], targetsAtr: [1] }, plan: plainPlan };
/** Bars that the scaler is fitted before, and that trading begins and ends at. */
const [fittedUntil, from, to] = [150, 150, 420];

interface Case {
  readonly rules: AccountRules;
  readonly market: Universe;
  readonly spec: FeatureSpec;
  readonly scaler: Scaler;
  readonly model: Uint8Array;
  readonly choices: Choices;
}

/** Levels where nothing else is said. */
type Acts = "levels" | "weights" | "weights-long";

/** A user's own feature: how a bar opened against the close before it, over that bar's range. */
const gapFile = {
  file: "gap.ts",
  sha256: "abc",
  text: `export function create() {
    const before = Float64Array.of(NaN, NaN);
    return {
      outputs: ["gap", "range"],
      warmUpBars: 2,
      memory: [before],
      next(bar: { open: number; high: number; low: number; close: number }, into: Float64Array, at: number): void {
        into[at] = Math.log(bar.open / before[0]);
        into[at + 1] = Math.log(bar.high / bar.low) - before[1];
        before[0] = bar.close;
        before[1] = Math.log(bar.high / bar.low);
      },
    };
  }`,
};

async function prepare(
  instruments: number,
  lookbackBars: number,
  own = false,
  acts: Acts = "levels",
  positions: AccountRules["positions"] = "netting",
): Promise<Case> {
  const rules = { ...freeAccount, positions };
  const walk = randomWalk({ bars: 420, seed: 31, volatility: 0.015, instruments });
  const contractSizes = [1, 100, 0.1];
  const market = universe(
    "walk",
    "1d",
    walk.bars.map((bars, i) => ({ instrument: { ...walk.instruments[i], contractSize: contractSizes[i] }, bars })),
  );
  const spec = featureSpec("first-light", market, lookbackBars, own ? await checkedFeatures([gapFile], market) : []);
  const first = firstWindowRow(spec);
  const scaler = fitScaler(featureColumns(spec, market), featureNames(spec).length, first, fittedUntil);
  const real = acts === "levels" ? undefined : actingOf(acts, actionSettings, market.instruments, rules).space;
  const width = accountWidth(positionNames(market.instruments, rules).length);
  const model = real
    ? randomRealModel(spec, 8, actionWidth(real))
    : randomModelOf(spec, 8, width, instruments * levels.length);
  return { rules, market, spec, scaler, model, choices: choicesOf(acts, actionSettings) };
}

/** The policy of a model, and every account vector that it was shown. */
async function watched({
  model,
  spec,
  choices,
}: Case): Promise<{ policy: Policy; accounts: Float32Array[]; dispose: () => Promise<void> }> {
  const network = await networkPolicy("net", model, choices, spec.instruments.length);
  const accounts: Float32Array[] = [];
  const policy: Policy = {
    name: network.name,
    act: (observation) => {
      accounts.push(observation.account);
      return network.act(observation);
    },
  };
  return { policy, accounts, dispose: () => network.dispose() };
}

/** Over a table of features that was computed beforehand. */
async function tested(each: Case, start = from): Promise<{ result: Backtest; accounts: Float32Array[] }> {
  const { rules, market, spec, scaler } = each;
  const { policy, accounts, dispose } = await watched(each);
  const table = featureTable(spec, scaler, market);
  const setting = { universe: market, from: start, to, costs, rules, sizing, capital };
  const result = await backtest(policy, tableWindow(table, spec.lookbackBars, start), setting);
  await dispose();
  return { result, accounts };
}

/** Bar by bar from streams, with the journal on disk; all that is known afterwards is what the journal says. */
async function traded(
  each: Case,
  file: string,
  start = from,
): Promise<{ entries: JournalEntry[]; accounts: Float32Array[] }> {
  const { rules, market, spec, scaler } = each;
  const { policy, accounts, dispose } = await watched(each);
  const broker = simulatedBroker({ ...market, costs, rules, capital });
  const path = join(root, file);
  const journal = openJournal(path);
  const limits = defaultLimits(timeframeMs[market.timeframe]);
  const features = featureWindow(spec, scaler);
  await replay(
    { timeframe: market.timeframe, features, policy, sizing, limits, broker, journal },
    { universe: market, from: start, to, warmUp: (bars) => broker.warmUp(bars), pace: () => Promise.resolve() },
  );
  journal.close();
  await dispose();
  const reopened = openJournal(path);
  const entries = reopened.entries();
  reopened.close();
  return { entries, accounts };
}

/** The training world, told the same weights: equity and account vectors at each bar. */
function simulated(
  { market, rules }: Case,
  wanted: Backtest["wanted"],
): { equity: number[]; accounts: Float32Array[] } {
  const world = createMarket(market, costs, sizing, rules);
  const lanes = createAccounts(world, 1);
  startLane(world, lanes, 0, from, capital);
  const equity = [capital];
  const accounts: Float32Array[] = [];
  const observe = (): void => {
    const seen = new Float32Array(accountWidth(world.positions));
    observeAccount(world, lanes, 0, seen, 0);
    accounts.push(seen);
  };
  observe();
  for (const weights of wanted) {
    equity.push(stepLane(world, lanes, 0, weights!, 0));
    observe();
  }
  return { equity, accounts };
}

/** The training world, acted in by the model itself: equity at each bar. */
async function acted({ market, spec, scaler, model }: Case, acts: Acts): Promise<number[]> {
  const world = createMarket(market, costs, sizing);
  const acting = actingOf(acts, actionSettings, market.instruments, freeAccount);
  const window = tableWindow(featureTable(spec, scaler, market), spec.lookbackBars, from);
  const program = await compileModel(model);
  const accounts = createAccounts(world, 1);
  startLane(world, accounts, 0, from, capital);
  const [orders, account] = [new Float64Array(world.positions), new Float32Array(accountWidth(world.positions))];
  const moment = { market: world, accounts, lane: 0, state: new Float64Array(acting.stateWidth), stateAt: 0 };
  const equity = [capital];
  for (let t = from; t < to - 1; t++) {
    observeAccount(world, accounts, 0, account, 0);
    const { action } = await program.run({ market: window.next([])!, account });
    acting.act(moment, action as Float32Array, 0, orders);
    equity.push(advanceLane(world, accounts, 0, orders));
  }
  await program.dispose();
  return equity;
}

const ofKind = <Kind extends JournalEntry["kind"]>(entries: readonly JournalEntry[], kind: Kind) =>
  entries.filter((entry): entry is Extract<JournalEntry, { kind: Kind }> => entry.kind === kind);

const cases: readonly {
  readonly instruments: number;
  readonly lookbackBars: number;
  readonly own?: boolean;
  readonly acts?: Acts;
  readonly positions?: AccountRules["positions"];
}[] = [
  { instruments: 1, lookbackBars: 1 },
  { instruments: 1, lookbackBars: 4 },
  { instruments: 3, lookbackBars: 2 },
  { instruments: 2, lookbackBars: 3, own: true },
  { instruments: 2, lookbackBars: 1, positions: "hedging" },
  { instruments: 1, lookbackBars: 1, acts: "weights" },
  { instruments: 3, lookbackBars: 2, acts: "weights" },
  { instruments: 2, lookbackBars: 2, acts: "weights-long" },
];

describe.each(cases)(
  "$instruments instrument(s), a lookback of $lookbackBars, own feature: $own, acts: $acts, account: $positions",
  async ({ instruments, lookbackBars, own, acts = "levels", positions = "netting" }) => {
    const each = await prepare(instruments, lookbackBars, own, acts, positions);

    test("backtest and paper trading give the same decisions, fills and equity, bit for bit", async () => {
      const { result, accounts } = await tested(each);
      const file = `${instruments}-${lookbackBars}-${acts}-${positions}.sqlite`;
      const { entries, accounts: shown } = await traded(each, file);
      const fills: Fill[] = ofKind(entries, "fill").map(({ fill }) => fill);
      const marks = ofKind(entries, "equity");
      expect(result.fills.length, "a model that hardly trades would prove nothing").toBeGreaterThan(30);
      expect(new Set(result.fills.map(({ side }) => side)).size).toBe(2);
      expect(result.denials).toEqual([]);
      expect(fills).toEqual(result.fills);
      expect(marks.map(({ equity }) => equity)).toEqual([...result.curve.equity]);
      expect(marks.map(({ at }) => at)).toEqual([...result.curve.time]);
      expect(
        ofKind(entries, "decision")
          .map(({ weights }) => weights)
          .slice(0, -1),
      ).toEqual(result.wanted);
      expect(ofKind(entries, "denied")).toEqual([]);
      expect(shown).toEqual(accounts);
    });

    test("the training world gives the same equity for the same weights, and shows the same account, bit for bit", async () => {
      const { result, accounts } = await tested(each);
      const world = simulated(each, result.wanted);
      expect(world.equity).toEqual([...result.curve.equity]);
      expect(world.accounts).toEqual(accounts);
      expect(new Set(world.equity).size, "equity does move").toBeGreaterThan(50);
    });

    if (acts === "levels") return;
    test("the training world, acted in by the same model, gives the same equity", async () => {
      const { result } = await tested(each);
      expect(await acted(each, acts)).toEqual([...result.curve.equity]);
      const wanted = result.wanted.map((weights) => weights![0]);
      expect(new Set(wanted).size, "weights are no levels").toBeGreaterThan(100);
      if (acts === "weights-long") expect(Math.min(...wanted)).toBeGreaterThanOrEqual(0);
    });
  },
);

test("a start in the middle of the warm-up leads both to the same first decision, when the window is whole", async () => {
  const each = await prepare(1, 3);
  const first = firstWindowRow(each.spec);
  const { result } = await tested(each, first - 5);
  const { entries } = await traded(each, "warm-up.sqlite", first - 5);
  const decisions = ofKind(entries, "decision");
  expect(decisions[0].at).toBe(result.curve.time[5]);
  expect(decisions.map(({ weights }) => weights).slice(0, -1)).toEqual(result.wanted);
  expect(ofKind(entries, "fill").map(({ fill }) => fill)).toEqual(result.fills);
  expect(ofKind(entries, "equity").map(({ equity }) => equity)).toEqual([...result.curve.equity]);
});

test("an account with two legs that is told weights does what one with one position does, and turns by closing first", async () => {
  const [one, two] = [await prepare(2, 1), await prepare(2, 1, false, "levels", "hedging")];
  const { wanted, curve, gross } = (await tested(one)).result;
  const told = scheduled("told", wanted);
  const setting = { universe: two.market, from, to, costs, sizing, capital, rules: two.rules };
  const legs = await backtest(told, noFeatures, setting);
  expect(new Set(legs.fills.map(({ symbol, leg }) => `${symbol} ${leg}`)).size).toBe(4);
  for (const [t, equity] of legs.curve.equity.entries()) {
    expect(equity / curve.equity[t]).toBeCloseTo(1, 9);
    expect(legs.gross[t], "no two legs beside each other").toBeCloseTo(gross[t], 9);
  }
  expect(legs.denials).toEqual([]);
  const turns = legs.fills.flatMap((fill, n) => {
    const after = legs.fills[n + 1];
    return after?.symbol === fill.symbol && after.filledAt === fill.filledAt ? [[fill, after]] : [];
  });
  expect(turns.length).toBeGreaterThan(10);
  for (const [closes, opens] of turns) {
    expect([closes.leg, opens.leg]).toEqual(closes.side === "sell" ? ["long", "short"] : ["short", "long"]);
    expect(opens.side).toBe(closes.side);
  }
});

test("would see a billionth more commission", async () => {
  const each = await prepare(1, 1);
  const { result } = await tested(each);
  const dearer = { ...costs, commissionBps: costs.commissionBps * (1 + 1e-9) };
  const { policy, dispose } = await watched(each);
  const table = featureTable(each.spec, each.scaler, each.market);
  const setting = { universe: each.market, from, to, costs: dearer, sizing, capital };
  const other = await backtest(policy, tableWindow(table, 1, from), setting);
  await dispose();
  expect([...other.curve.equity]).not.toEqual([...result.curve.equity]);
});
