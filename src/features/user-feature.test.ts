/** @file A user's own feature: accepted when it keeps the laws, refused with the law that it breaks when it does not. */
import { describe, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import type { Bar, Bars } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import { indicatorContract } from "./indicator.contract.ts";
import { averageDirectionalIndex } from "./indicators/average-directional-index.ts";
import { relativeStrengthIndex } from "./indicators/relative-strength-index.ts";
import { sampleBars } from "./sample-bars.ts";
import { checkUserFeature, ownFeature, userFeature } from "./user-feature.ts";

type Next = (bar: Bar, into: Float64Array, at: number) => void;

/** What a file would export whose `create()` makes this. */
function streaming(
  warmUpBars: number,
  make: () => Next,
  memory: readonly Float64Array[] = [],
): Record<string, unknown> {
  return { create: () => ({ outputs: ["x"], warmUpBars, memory, next: make() }) };
}

function overHistory(warmUpBars: number, column: (bars: Bars) => ArrayLike<number>): Record<string, unknown> {
  return { warmUpBars, column };
}

const check = (exported: Record<string, unknown>, given?: Record<string, Bars>): string[] =>
  checkUserFeature(userFeature(exported, "mine.ts"), given);

function gap(): Record<string, unknown> {
  return {
    create() {
      const previousClose = Float64Array.of(NaN);
      return {
        outputs: ["gap"],
        warmUpBars: 2,
        memory: [previousClose],
        next(bar: Bar, into: Float64Array, at: number) {
          into[at] = Math.log(bar.open / previousClose[0]);
          previousClose[0] = bar.close;
        },
      };
    },
  };
}

indicatorContract("a user's gap", () => userFeature(gap(), "gap.ts").create!());

describe("accepts", () => {
  test("a feature that keeps the laws, on random bars and on the user's", () => {
    expect(check(gap(), { SPX: barsFrom(sampleBars(900, 4)) })).toEqual([
      "random bars",
      "a price that never moves",
      "bars without volume",
      "huge prices",
      "the bars of SPX",
    ]);
  });

  test.each([
    ["RSI", () => relativeStrengthIndex(14)],
    ["ADX, with three outputs", () => averageDirectionalIndex(14)],
  ])("an indicator of our own, which keeps the same laws: %s", (_, create) => {
    expect(() => check({ create })).not.toThrow();
  });

  test("a column that is computed from closed bars only, which cannot trade in that form", () => {
    const feature = userFeature(
      overHistory(2, ({ close }) => close.map((price, t) => (t === 0 ? NaN : price / close[t - 1] - 1))),
      "some/where/change.v2.ts",
    );
    expect(checkUserFeature(feature)).toHaveLength(4);
    expect([feature.name, feature.outputs, feature.create]).toEqual(["change.v2", ["change.v2"], undefined]);
  });
});

describe("refuses, and says why,", () => {
  let calls = 0;
  let lastClose = 0;
  const seen: number[] = [];
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a centred average",
      overHistory(1, ({ close }) => close.map((price, t) => (price + (close[t + 1] ?? price)) / 2)),
      /mine looks ahead: after bar \d+ it says [\d.]+, and [\d.]+ when the bars end after bar \d+, on random bars/,
    ],
    [
      "a mean of the whole history",
      overHistory(1, ({ close }) => close.map((price) => price / mean(close))),
      /looks ahead/,
    ],
    [
      "a return of tomorrow",
      overHistory(1, ({ close }) => close.map((price, t) => (close[t + 1] ?? price) / price)),
      /looks ahead/,
    ],
    [
      "a look-ahead of many bars, and only now and then",
      overHistory(1, ({ close }) => close.map((price, t) => (t % 11 === 0 ? (close[t + 9] ?? price) : price))),
      /looks ahead/,
    ],
    [
      "values filled backwards",
      overHistory(1, ({ volume }) => volume.map((units, t) => units || volume[t + 1] || 0)),
      /looks ahead/,
    ],
    ["the number of bars", overHistory(1, ({ close }) => close.map((_, t) => t / close.length)), /looks ahead/],
    ["randomness", overHistory(1, ({ close }) => close.map(() => Math.random())), /depends on more than the bars/],
    [
      "a count of its own runs",
      overHistory(1, ({ close }) => close.map(() => ++calls)),
      /depends on more than the bars/,
    ],
    [
      "bars remembered from an earlier run",
      streaming(1, () => {
        let t = 0;
        return (bar, into, at) => {
          into[at] = seen[t + 1] ?? bar.close;
          seen[t++] = bar.close;
        };
      }),
      /depends on more than the bars: run twice/,
    ],
    [
      "state outside its memory",
      streaming(1, () => {
        let sum = 0;
        return (bar, into, at) => void (into[at] = sum += bar.close);
      }),
      /depends on hidden state: put back with its memory/,
    ],
    [
      "state shared by two of its kind",
      streaming(2, () => (bar, into, at) => {
        into[at] = bar.close - lastClose;
        lastClose = bar.close;
      }),
      /depends on hidden state|depends on more than the bars/,
    ],
    ["a memory shared by two of its kind", sharedMemory(), /depends on/],
    [
      "too short a warm-up",
      streaming(1, () => {
        let first = true;
        return (bar, into, at) => {
          into[at] = first ? NaN : bar.close;
          first = false;
        };
      }),
      /says NaN after bar 0, and its warm-up ends with bar 0/,
    ],
    [
      "too long a warm-up",
      overHistory(3, ({ close }) => close.slice()),
      /has a warm-up of 3 bars and says .* after bar 0, where NaN is due/,
    ],
    [
      "a division by no range",
      overHistory(1, ({ high, low, close }) => close.map((price, t) => (price - low[t]) / (high[t] - low[t]))),
      /says NaN after bar \d+/,
    ],
    [
      "a division by no volume",
      overHistory(1, ({ close, volume }) => close.map((price, t) => price / volume[t])),
      /says Infinity after bar/,
    ],
    [
      "bars that it changes",
      overHistory(1, ({ close }) => close.fill(1)),
      /changes the close of the bars that it is given/,
    ],
    [
      "a bar that it changes for those who see it next",
      streaming(1, () => (bar, into, at) => {
        into[at] = bar.high;
        (bar as { close: number }).close = bar.high;
      }),
      /changes the close of the bar that it is given, on random bars/,
    ],
    [
      "an output more than it names",
      streaming(1, () => (bar, into, at) => {
        into[at] = bar.close;
        into[at + 1] = bar.close;
      }),
      /writes beside its own outputs|gives/,
    ],
    [
      "what another feature wrote",
      streaming(1, () => (bar, into, at) => void (into[at] = bar.close + (into[at - 1] > 0 ? 1 : 0))),
      /says other numbers among other features than alone|depends on/,
    ],
    [
      "an output that it leaves as it finds it",
      streaming(1, () => (bar, into, at) => {
        if (bar.close > bar.open) into[at] = 1;
      }),
      /says other numbers among other features than alone, after bar \d+: it must write each output at each bar/,
    ],
    ["too few numbers", overHistory(1, () => [1, 2]), /gives 2 numbers for 61 bars, not 61/],
    [
      "an error of its own",
      overHistory(1, () => {
        throw new Error("no luck");
      }),
      /stops with "no luck"/,
    ],
  ])("%s", (_, exported, message) => {
    expect(() => check(exported)).toThrow(message);
    expect(() => check(exported)).toThrow(Failure);
  });

  test("what looks ahead on the user's bars only, and names them", () => {
    const late = overHistory(1, ({ close, openTime }) =>
      close.map((price, t) => (openTime[t] > 5e11 ? (close[t + 1] ?? price) : price)),
    );
    const years = barsFrom(sampleBars(100).map((bar) => ({ ...bar, openTime: bar.openTime + 1e12 })));
    expect(() => check(late)).not.toThrow();
    expect(() => check(late, { EURUSD: years })).toThrow(/looks ahead: .* on the bars of EURUSD/);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["nothing", {}, /mine.ts exports neither create nor column/],
    ["a column without a warm-up", { column: () => [] }, /no warmUpBars of at least 1/],
    ["a create() that returns nothing", { create: () => undefined }, /returns nothing/],
    ["no outputs", { create: () => ({ outputs: [], warmUpBars: 1, next: () => undefined }) }, /no list of outputs/],
    [
      "one output twice",
      { create: () => ({ outputs: ["a", "a"], warmUpBars: 1, next: () => undefined }) },
      /each named once/,
    ],
    [
      "a warm-up of no bars",
      { create: () => ({ outputs: ["a"], warmUpBars: 0, next: () => undefined }) },
      /no warmUpBars/,
    ],
    ["no next", { create: () => ({ outputs: ["a"], warmUpBars: 1 }) }, /no next\(bar, into, at\)/],
    [
      "another memory",
      { create: () => ({ outputs: ["a"], warmUpBars: 1, memory: [[1]], next: () => undefined }) },
      /list of Float64Array/,
    ],
  ])("a file with %s", (_, exported, message) => {
    expect(() => userFeature(exported, "mine.ts")).toThrow(message);
  });
});

test("beside a set it is known by its file, by the file's hash and by what it says", () => {
  const file = { file: "gap.ts", sha256: "abc" };
  const own = ownFeature(userFeature(gap(), "gap.ts"), file);
  expect(own).toMatchObject({ name: "gap", outputs: ["gap"], group: "own", ...file });
  expect(own.formula).toMatch(/^gap\.ts \(sha256 abc\), which says [0-9a-f]{64}$/);
  expect(ownFeature(userFeature(gap(), "gap.ts"), file).formula).toBe(own.formula);
  const twice = streaming(2, () => (bar, into, at) => void (into[at] = 2 * bar.close));
  const once = streaming(2, () => (bar, into, at) => void (into[at] = bar.close));
  const formulas = [twice, once].map((exported) => ownFeature(userFeature(exported, "x.ts"), file).formula);
  expect(new Set(formulas).size, "the same text, and other numbers").toBe(2);
});

test("a column over whole histories can't be traded, and the reason is said", () => {
  const column = userFeature(
    overHistory(1, ({ close }) => close.slice()),
    "mine.ts",
  );
  expect(() => ownFeature(column, { file: "mine.ts", sha256: "abc" })).toThrow(
    /must come bar by bar, from create\(\); mine\.ts exports column\(bars\), over whole histories\. Write it in the form create/,
  );
});

/** One array for all that `create()` makes. */
function sharedMemory(): Record<string, unknown> {
  const sum = new Float64Array(1);
  return streaming(1, () => (bar, into, at) => void (into[at] = sum[0] += bar.close), [sum]);
}
