/** @file The choice between candidates: how runs are spread, who leads by how much, and when the choice is worth nothing. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { metrics } from "./metrics.ts";
import type { PathRun, Tried } from "./selection.ts";
import { meanReturns, selection } from "./selection.ts";

const bars = 640;
const barsPerYear = 252;
const settings = { barsPerYear, seed: 1 };

function run(path: number, returns: Float64Array): PathRun {
  const equity = new Float64Array(returns.length + 1).fill(1000);
  for (const [t, value] of returns.entries()) equity[t + 1] = equity[t] * (1 + value);
  const time = Float64Array.from(equity, (_, t) => t * 86_400_000);
  return {
    path,
    seed: 1,
    returns,
    equity,
    metrics: metrics({ time, equity }, [], { barsPerYear, exposureBars: bars, costs: 0 }),
  };
}

/** A candidate of four paths, whose returns have these drifts in the first and in the second half. */
function candidate(name: string, drifts: readonly [number, number][]): Tried {
  const rng = createRng(7, name);
  const runs = drifts.map(([first, second], path) =>
    run(
      path + 1,
      Float64Array.from({ length: bars }, (_, t) => (t < bars / 2 ? first : second) + 0.01 * rng.normal()),
    ),
  );
  return { name, runs };
}

const steady = (drift: number): [number, number][] => Array.from({ length: 4 }, () => [drift, drift]);

describe("a candidate that is better everywhere", () => {
  const good = candidate("good", steady(0.003));
  const others = ["one", "two", "three"].map((name) => candidate(name, steady(0)));
  const found = selection([others[0], good, ...others.slice(1)], settings);

  test("is chosen, leads on every path and by an interval above 0, and the choice is worth something", () => {
    expect(found.chosen).toBe("good");
    expect(found.leads.map(({ over }) => over)).toEqual(["one", "two", "three"]);
    for (const { difference, aheadIn } of found.leads) {
      expect(aheadIn).toBe(1);
      expect(difference.lower).toBeGreaterThan(0);
    }
    expect(found.worthless).toBe(false);
    expect(found.reasons[0]).toMatch(/in 0 % of all splits .*: good is chosen\.$/);
    expect(found.reasons[1]).toMatch(/no evidence of profit/);
  });

  test("its Sharpe ratios are told by their mean and their quartiles", () => {
    const values = good.runs.map(({ metrics: { sharpe } }) => sharpe).toSorted((a, b) => a - b);
    const { sharpe } = found.candidates[1];
    expect([sharpe.worst, sharpe.best]).toEqual([values[0], values[3]]);
    // Quartiles of four by linear interpolation, as NumPy's percentile has them: at places 0.75, 1.5 and 2.25.
    expect(sharpe.lowerQuartile).toBeCloseTo(0.25 * values[0] + 0.75 * values[1], 12);
    expect(sharpe.median).toBeCloseTo((values[1] + values[2]) / 2, 12);
    expect(sharpe.upperQuartile).toBeCloseTo(0.75 * values[2] + 0.25 * values[3], 12);
    expect(sharpe.mean).toBeCloseTo((values[0] + values[1] + values[2] + values[3]) / 4, 12);
  });
});

test("a choice between what was good at other times is worth nothing, and that is said", () => {
  const early = candidate(
    "early",
    Array.from({ length: 4 }, () => [0.004, -0.004]),
  );
  const late = candidate(
    "late",
    Array.from({ length: 4 }, () => [-0.004, 0.004]),
  );
  const { overfitting, worthless, reasons } = selection([early, late], settings);
  expect("probability" in overfitting && overfitting.probability).toBeGreaterThanOrEqual(0.5);
  expect(worthless).toBe(true);
  expect(reasons[0]).toMatch(/is worth nothing, a draw would do as well/);
});

test("a choice over too few bars cannot be told to be worth anything", () => {
  const short = (name: string, drift: number): Tried => ({
    name,
    runs: [
      run(
        1,
        Float64Array.from({ length: 100 }, (_, t) => drift + 0.01 * Math.sin(t * t)),
      ),
    ],
  });
  const { worthless, overfitting, reasons } = selection([short("a", 0.01), short("b", 0)], settings);
  expect(overfitting).toMatchObject({ known: false, needed: 160, found: 100 });
  expect(worthless).toBe(true);
  expect(reasons[0]).toMatch(/cannot be told/);
});

test("the mean of runs is taken bar by bar", () => {
  expect([...meanReturns([run(1, Float64Array.of(0.1, 0)), run(2, Float64Array.of(0.3, -0.2))])]).toEqual([0.2, -0.1]);
});
