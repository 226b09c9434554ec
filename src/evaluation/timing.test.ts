/** @file Timing by hand, blind to what comes after its horizon, right about chance, and able to see skill. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import { emptyBars } from "#domain/bar.ts";
import { randomWalk } from "#data/synthetic.ts";
import { timingPrices } from "./timing-entries.ts";
import type { SideTiming, TimingEntry, TimingPrices, TimingSkill } from "./timing.ts";
import { timing } from "./timing.ts";

/** Bars from [open, high, low], with an ATR of 1 at each. */
function prices(...rows: readonly (readonly [number, number, number])[]): TimingPrices {
  const bars = emptyBars(rows.length);
  rows.forEach(([open, high, low], t) => {
    bars.open[t] = open;
    bars.high[t] = high;
    bars.low[t] = low;
  });
  return { bars: [bars], atr: [new Float64Array(rows.length).fill(1)], from: 0, to: rows.length };
}

const still: readonly [number, number, number] = [100, 100.5, 99.5];
const settings = { horizonBars: 2, atrMultiple: 2 };

function counts({ entries, good, bad, neutral, unjudged }: SideTiming): number[] {
  return [entries, good, bad, neutral, unjudged];
}

function judged(given: TimingPrices, bar: number, side: "buy" | "sell"): number[] {
  return counts(timing([{ instrument: 0, bar, side }], given, settings, createRng(1))[side]);
}

describe("one entry", () => {
  test.each([
    ["up first, then down", [[100, 102, 99], [100, 100, 90], still], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0]],
    ["down in the second bar", [still, [100, 101, 98], still], [1, 0, 1, 0, 0], [1, 1, 0, 0, 0]],
    ["both within one bar: bad for either", [[100, 102, 98], still, still], [1, 0, 1, 0, 0], [1, 0, 1, 0, 0]],
    ["neither within the horizon", [still, still, [100, 200, 100]], [1, 0, 0, 1, 0], [1, 0, 0, 1, 0]],
    [
      "opens beyond a barrier, and reaches the other after",
      [still, [103, 103, 90], still],
      [1, 1, 0, 0, 0],
      [1, 0, 1, 0, 0],
    ],
    [
      "the close of the decision and the gap to its fill are no part of it",
      [[110, 111, 109], [110, 111.9, 108.1], still],
      [1, 0, 0, 1, 0],
      [1, 0, 0, 1, 0],
    ],
    ["less than a horizon is left", [[100, 200, 100]], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1]],
  ] as [string, [number, number, number][], number[], number[]][])("%s", (_, after, buy, sell) => {
    const given = prices([100, 500, 1], ...after);
    expect(judged(given, 0, "buy")).toEqual(buy);
    expect(judged(given, 0, "sell")).toEqual(sell);
  });

  test("takes the ATR of the decision's bar, and judges nothing by an ATR of 0", () => {
    const given = prices(still, [100, 103, 99.5], still, still);
    given.atr[0].set([1, 50, 50, 50]);
    expect(judged(given, 0, "buy")).toEqual([1, 1, 0, 0, 0]);
    given.atr[0][0] = 0;
    expect(judged(given, 0, "buy")).toEqual([1, 0, 0, 0, 1]);
  });
});

const walk = randomWalk({ bars: 1200, volatility: 0.01, seed: 4, drift: 0.001, instruments: 2 });
const [from, to] = [100, 1200];
const walked = timingPrices(walk, from, to);
const usual = { horizonBars: 10, atrMultiple: 1.5 };

/** Entries that are drawn, one by one or in clusters of neighbouring bars. */
function drawn(rng: Rng, count: number, cluster = 1): TimingEntry[] {
  const entries: TimingEntry[] = [];
  while (entries.length < count) {
    const [instrument, bar] = [rng.integer(2), from + rng.integer(to - from - cluster)];
    const side = rng.uniform() < 0.5 ? "buy" : "sell";
    for (let n = 0; n < cluster; n++) entries.push({ instrument, bar: bar + n, side });
  }
  return entries;
}

function skillOf({ skill }: SideTiming): TimingSkill {
  if (!skill.known) throw new Error(skill.reason);
  return skill.value;
}

test("looks at nothing beyond the horizon of an entry, nor beyond the tested bars", () => {
  const entries = drawn(createRng(2), 400).filter(({ bar }) => bar < 800);
  const before = timing(entries, walked, usual, createRng(1));
  const changed = walked.bars.map(({ open, high, low }) => {
    const later = (column: Float64Array): Float64Array => column.map((price, t) => (t < 811 ? price : price * 7));
    return { open: later(open), high: later(high), low: later(low) };
  });
  const after = timing(entries, { ...walked, bars: changed }, usual, createRng(1));
  expect([counts(after.buy), counts(after.sell)]).toEqual([counts(before.buy), counts(before.sell)]);
  const cut = walked.bars.map(({ open, high, low }) => ({
    open: open.subarray(0, 900),
    high: high.subarray(0, 900),
    low: low.subarray(0, 900),
  }));
  const tested = { ...walked, to: 900 };
  expect(timing(entries, { ...tested, bars: cut }, usual, createRng(1))).toEqual(
    timing(entries, tested, usual, createRng(1)),
  );
});

test.each([1, 8])("the interval of random entries in clusters of %i covers 1 in about 95 of 100 seeds", (cluster) => {
  const seeds = 300;
  let [covered, surprising] = [0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const { buy } = timing(drawn(createRng(seed, `agent ${cluster}`), 240, cluster), walked, usual, createRng(seed));
    const { lift, pValue } = skillOf(buy);
    if (lift.lower <= 1 && lift.upper >= 1) covered++;
    if (pValue <= 0.05) surprising++;
  }
  // Three binomial standard errors of 300 seeds are 3.8 %.
  expect(covered / seeds).toBeGreaterThan(0.91);
  expect(covered / seeds).toBeLessThan(0.99);
  expect(surprising / seeds).toBeLessThan(0.09);
});

test("one that knows the next bars is told from chance, and one that knows them and does the opposite too", () => {
  const { bars } = walked;
  const rises = ({ instrument, bar }: TimingEntry): boolean =>
    bar + 6 < to && bars[instrument].open[bar + 6] > bars[instrument].open[bar + 1];
  const entries = drawn(createRng(5), 400).map((entry): TimingEntry => ({
    ...entry,
    side: rises(entry) ? "buy" : "sell",
  }));
  const wise = timing(entries, walked, usual, createRng(1));
  for (const side of ["buy", "sell"] as const) {
    expect(skillOf(wise[side]).lift.lower, side).toBeGreaterThan(1.2);
    expect(skillOf(wise[side]).pValue, side).toBeLessThan(0.01);
  }
  const foolish = entries.map((entry): TimingEntry => ({ ...entry, side: entry.side === "buy" ? "sell" : "buy" }));
  const { buy, sell } = timing(foolish, walked, usual, createRng(1));
  for (const side of [buy, sell]) expect(skillOf(side).lift.upper).toBeLessThan(0.8);
});

test("the share at random bars is that of all bars, by enumeration", () => {
  const all = Array.from({ length: to - 10 - from }, (_, n): TimingEntry => ({
    instrument: 0,
    bar: from + n,
    side: "buy",
  }));
  const everywhere = timing(all, walked, usual, createRng(1)).buy;
  const some = all.filter((_, n) => n % 7 === 0);
  const { randomShare, randomSets } = skillOf(timing(some, walked, usual, createRng(1)).buy);
  expect(randomSets, "every place once").toBe(all.length - 1);
  expect(randomShare).toBeCloseTo(everywhere.good / (everywhere.good + everywhere.bad), 2);
  const { estimate, lower, upper } = skillOf(everywhere).lift;
  expect([lower, upper], "at every bar there is nothing to time").toEqual([1, 1]);
  expect(estimate).toBeCloseTo(1, 9);
});

test("gives no number of too few entries, of too few bars, or where nothing is ever good", () => {
  const few = timing(drawn(createRng(1), 40), walked, usual, createRng(1)).buy;
  expect(few.skill).toMatchObject({ known: false, needed: 30 });
  const short = { ...walked, to: from + 60 };
  const entries = Array.from({ length: 50 }, (_, n): TimingEntry => ({ instrument: 0, bar: from + n, side: "buy" }));
  expect(timing(entries, short, { horizonBars: 5, atrMultiple: 0.1 }, createRng(1)).buy.skill).toMatchObject({
    known: false,
    needed: 100,
    found: 55,
  });
  const falling = prices(
    ...Array.from({ length: 300 }, (_, t): [number, number, number] => [900 - 3 * t, 900 - 3 * t, 897 - 3 * t]),
  );
  const always = Array.from({ length: 50 }, (_, n): TimingEntry => ({ instrument: 0, bar: n, side: "buy" }));
  expect(timing(always, falling, settings, createRng(1)).buy.skill).toMatchObject({
    known: false,
    reason: "Random entries are never good on these bars.",
  });
  expect(timing([], walked, usual, createRng(1)).sell).toMatchObject({ entries: 0, skill: { known: false, found: 0 } });
});
