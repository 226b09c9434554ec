/** @file The reasons for a word speak for that word, and the strongest come first. */
import { expect, test } from "vitest";
import type { ReportData } from "./report-data.ts";
import { reportFixture, wholeReportFixture } from "./report.fixture.ts";
import { strongestReasons } from "./reasons.ts";
import { untested } from "./untested.ts";

const data = reportFixture({ bars: 300 });
const said = (word: ReportData["verdict"]["word"], more: Partial<ReportData> = {}): string[] =>
  strongestReasons({ ...data, ...more, verdict: { ...data.verdict, word } });
const figures = { sharpe: 1, maxDrawdown: 0.1, totalReturn: 0.2, ruined: false };
const stressed = (ruined: boolean): Partial<ReportData> => ({
  stress: {
    preset: "noise-20",
    seed: 1,
    calm: figures,
    stressed: { ...figures, sharpe: 0.9, ruined },
    events: 3,
    kinds: {},
    costElsewhere: 0,
  },
});
const swept = (kind: "below" | "at" | "above", at: number): Partial<ReportData> => ({
  costSweep: {
    baseline: "buy and hold",
    points: [],
    breakEven: { kind, at },
    breakEvenBaseline: { kind, at },
    paidBps: 2,
  },
});

test("are three, and the interval that decided is the first", () => {
  for (const word of ["BEATS", "NO BEATS", "INCONCLUSIVE"] as const) {
    const reasons = said(word, { ...stressed(true), ...swept("below", 0) });
    expect(reasons).toHaveLength(3);
    expect(new Set(reasons).size).toBe(3);
    expect(reasons[0]).toMatch(/interval reaches from/);
  }
});

test("speak for the word: what is against it is not among the reasons for it", () => {
  expect(said("NO BEATS", stressed(true)).join(" ")).toMatch(/lost half of its capital in 1 of 1/);
  expect(said("BEATS", stressed(true)).join(" ")).not.toMatch(/lost half/);
  expect(said("NO BEATS", swept("below", 0))[1]).toBe("It lost money even where trading cost nothing.");
  expect(said("BEATS", swept("at", 64)).join(" ")).toMatch(/breaks even at 64.0 basis points a trade; it paid 2.0/);
  expect(said("NO BEATS", swept("at", 64)).join(" ")).not.toMatch(/breaks even/);
});

test("do not ask for the reward of trees, which labels taught", () => {
  const { settings } = data;
  const told = untested({ ...data, settings: { ...(settings as object), boosting: { rounds: 5 } } }).join(" ");
  expect(told).toContain("It has no reward that could be held against its profit: labels taught it.");
  expect(told).not.toContain("Its reward was not held");
  expect(untested(data)).toContain("Its reward was not held against its profit.");
});

test("name what was not looked at, and no longer once it was", () => {
  const before = untested(data).join(" ");
  for (const silent of [
    /rule and boosted trees in agreement/,
    /other costs/,
    /late orders/,
    /under stress/,
    /capital/,
    /reward/,
    /Nobody counted/,
    /searched for leaks/,
    /buys and sells/,
    /confidence/,
  ]) {
    expect(before).toMatch(silent);
  }
  const whole = wholeReportFixture({ bars: 60 });
  const after = untested({
    ...data,
    verification: whole.verification,
    timing: whole.timing!,
    confidence: whole.confidence,
    ...stressed(false),
    ...swept("at", 3),
    latencySweep: { baseline: "flat", points: [] },
    reward: [],
    trials: { count: 4, variance: 0.0004, trainings: 4, looks: 0, looksHere: 0, since: 0 },
    contenders: [...data.contenders, { ...data.contenders[1], name: "rule and boosted trees" }],
  });
  expect(after).toEqual(["How much capital it can carry is not known: the bars have no volume."]);
});
