/** @file What is planted is found, what is noise is not, and nothing but the unit that is asked for is moved. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { plantedSignal, signalOf } from "#data/synthetic/planted-signal.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import { featureNames, featureSpec } from "#features/pipeline.ts";
import type { Decision, Policy } from "#policy/policy.ts";
import { backtest, tableWindow } from "./backtest.ts";
import { changedDecisions, watchedPolicy } from "./decision-log.ts";
import type { FeatureUnit, Importance, Traded } from "./importance.ts";
import { featureUnits, importanceFolds, permutationImportance } from "./importance.ts";
import { simpleReturns } from "./metrics.ts";

const bars = 500;
const span = { from: 20, to: bars };
const columns = 5;

/** A market whose bars tell the next return, and a table with that signal first and noise beside it. */
function planted(seed: number) {
  const universe = plantedSignal.create({ bars, seed }, { volatility: 0.01, correlation: 0.4, persistence: 0 });
  const dice = createRng(seed, "noise");
  const signal = signalOf(universe.bars[0]);
  const table: FeatureTable = {
    values: Float32Array.from({ length: bars * columns }, (_, at) =>
      at % columns === 0 ? signal[Math.floor(at / columns)] : dice.normal(),
    ),
    rows: bars,
    columns,
    blocks: 1,
    firstRow: 0,
  };
  const costs = { spreadBps: 0, slippageAtr: 0, commissionBps: 0 };
  const setting = { universe, ...span, costs, sizing: { rebalanceBand: 0 }, capital: 100_000 };
  const trade = async (seen: FeatureTable): Promise<Traded> => {
    const decisions: Decision[] = [];
    const watched = watchedPolicy(listener, (_, decision) => decisions.push(decision));
    const { curve } = await backtest(watched, tableWindow(seen, 1, span.from), setting);
    return { returns: simpleReturns(curve.equity), decisions };
  };
  return { table, trade };
}

/** Follows the signal, and noise 1 and 2 as well; looks at 3 and 4 not at all. */
const listener: Policy = {
  name: "listener",
  act: ({ market }) => ({ weights: [Math.sign(market[0] + 0.6 * market[1] - 0.6 * market[2]) || 0] }),
};

const { table, trade } = planted(5);

const unit = (name: string, ...of: number[]): FeatureUnit => ({
  kind: of.length > 1 ? "group" : "feature",
  name,
  columns: of,
});
const units = [
  unit("signal", 0),
  ...[1, 2, 3, 4].map((column) => unit(`noise ${column}`, column)),
  unit("with the signal", 0, 3),
  unit("noise", 1, 2, 3, 4),
];

const options = {
  table,
  units,
  folds: importanceFolds(span, 1, 4),
  repeats: 6,
  barsPerYear: 252,
  rng: createRng(1),
  trade,
  resamples: 400,
};

test("the planted feature comes first, and what the agent does not look at changes nothing", async () => {
  const before = table.values.slice();
  const progress: number[] = [];
  const found = await permutationImportance({ ...options, onProgress: (done, total) => progress.push(done / total) });
  expect(table.values, "the table is as it was").toEqual(before);
  expect(progress.at(-1)).toBe(1);
  expect(progress).toHaveLength(units.length * options.repeats);
  const of = (name: string): Importance => found.find((each) => each.unit.name === name)!;
  const features = found.filter(({ unit: { kind } }) => kind === "feature");
  const [first] = features.toSorted((a, b) => b.sharpe.estimate - a.sharpe.estimate);
  expect(first.unit.name).toBe("signal");
  for (const name of ["signal", "with the signal"]) {
    expect(of(name).sharpe.lower).toBeGreaterThan(1);
    expect(of(name).meanReturn.lower).toBeGreaterThan(0.1);
  }
  const nothing = { estimate: 0, lower: 0, upper: 0 };
  for (const name of ["noise 3", "noise 4"]) {
    expect(of(name)).toMatchObject({ sharpe: nothing, meanReturn: nothing, changed: nothing });
  }
  expect(await permutationImportance({ ...options, rng: createRng(1) }), "the same dice, the same answer").toEqual(
    found,
  );
});

test("intervals of noise that the agent listens to cover 0 in about 95 of 100 cases, though it changes decisions", async () => {
  const noise = units.filter(({ name }) => ["noise 1", "noise 2", "noise"].includes(name));
  let [covered, all] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const found = await permutationImportance({
      ...options,
      ...planted(seed),
      units: noise,
      repeats: 4,
      resamples: 200,
      rng: createRng(seed),
    });
    for (const { sharpe, meanReturn, changed } of found) {
      for (const { lower, upper } of [sharpe, meanReturn]) covered += lower <= 0 && upper >= 0 ? 1 : 0;
      all += 2;
      expect(changed.lower).toBeGreaterThan(0.1);
    }
  }
  // Three binomial standard errors of 40 independent cases are 10 %.
  expect(covered / all).toBeGreaterThan(0.85);
});

test("moves whole columns, within their fold, to where no row stays, and keeps what is in them", async () => {
  const folds = importanceFolds(span, 3, 3);
  expect(folds[0].from).toBe(18);
  expect(folds.at(-1)!.to).toBe(bars);
  folds.slice(1).forEach(({ from }, n) => expect(from).toBe(folds[n].to));
  const seen: Float32Array[] = [];
  const still: Traded = {
    returns: new Float64Array(60),
    decisions: Array.from({ length: 61 }, (): Decision => ({ signals: [] })),
  };
  const watch = async (shown: FeatureTable): Promise<Traded> => {
    seen.push(shown.values.slice());
    return still;
  };
  await permutationImportance({
    ...options,
    units: [unit("two", 1, 3), unit("one", 2)],
    folds,
    repeats: 1,
    trade: watch,
  });
  const [, two, one] = seen;
  const column = (values: Float32Array, of: number, { from, to }: { from: number; to: number }): number[] =>
    Array.from({ length: to - from }, (_, n) => values[(from + n) * columns + of]);
  for (const fold of folds) {
    const [was, is] = [column(table.values, 1, fold), column(two, 1, fold)];
    expect(new Set(is)).toEqual(new Set(was));
    const shift = was.indexOf(is[0]);
    const rows = fold.to - fold.from;
    expect(Math.min(shift, rows - shift)).toBeGreaterThanOrEqual(Math.floor(rows / 10));
    expect(column(two, 3, fold), "by the same number of rows").toEqual(
      column(table.values, 3, fold).map((_, n, all) => all[(n + shift) % rows]),
    );
    for (const untouched of [0, 2, 4])
      expect(column(two, untouched, fold)).toEqual(column(table.values, untouched, fold));
    for (const untouched of [0, 1, 3, 4])
      expect(column(one, untouched, fold)).toEqual(column(table.values, untouched, fold));
  }
  expect(two.subarray(0, 18 * columns), "rows that nobody sees stay").toEqual(table.values.subarray(0, 18 * columns));
});

test("a unit is a feature of all instruments, or a group of features, and every column is in one of each kind", () => {
  const spec = featureSpec("first-light", randomWalk({ bars: 10, volatility: 0.01, seed: 1, instruments: 3 }), 1);
  const names = featureNames(spec);
  const all = featureUnits(spec);
  for (const kind of ["feature", "group"] as const) {
    const places = all.filter((each) => each.kind === kind).flatMap((each) => each.columns);
    expect(places.toSorted((a, b) => a - b)).toEqual(names.map((_, column) => column));
  }
  const rsi = all.find(({ name }) => name === "rsi14")!;
  expect(rsi.columns.map((column) => names[column])).toEqual(["S1.rsi14", "S2.rsi14", "S3.rsi14"]);
});

test("decisions are compared by word, and by weight where it moves by more than a hundredth", () => {
  const words = (...signals: string[]): Decision => ({ signals });
  expect([
    ...changedDecisions([words("BUY", "HOLD"), words("HOLD", "HOLD")], [words("BUY", "SELL"), words("HOLD", "HOLD")]),
  ]).toEqual([0.5, 0]);
  const weights = (...list: (number | undefined)[]): Decision[] =>
    list.map((weight) => ({ weights: weight === undefined ? undefined : [weight] }));
  expect([...changedDecisions(weights(undefined, 1, undefined, 0.5), weights(undefined, 1, 1, 0.505))]).toEqual([
    0, 0, 0, 0,
  ]);
  expect([...changedDecisions(weights(undefined, 1, undefined, 0.5), weights(0.2, 0.9, undefined, 0.5))]).toEqual([
    1, 1, 1, 0,
  ]);
});
