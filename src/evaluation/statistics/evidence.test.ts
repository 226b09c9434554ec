/** @file The statistics of one evaluation: each is the one it says, and what cannot be known is not. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { sharpe } from "../metrics.ts";
import { deflatedSharpe } from "./deflated-sharpe.ts";
import { evidence } from "./evidence.ts";
import { middleMean } from "./interquartile-mean.ts";
import { minimumBacktestYears } from "./minimum-length.ts";
import { trackRecord } from "./track-record.ts";

const rng = createRng(1);
const runs = [0.002, 0, 0.001].map((edge) => Float64Array.from({ length: 600 }, () => edge + 0.01 * rng.normal()));
const flat = { name: "flat", runs: [new Float64Array(600)] };
const options = { agent: { name: "agent", runs }, baselines: [flat], barsPerYear: 252, rng: createRng(2) };

test("deflates the median run by the trials that it is given", () => {
  const trials = { count: 40, variance: 0.0005, effective: 12 };
  const record = trackRecord(runs[2]);
  if (!record.known) throw new Error(record.reason);
  const found = evidence({ ...options, trials });
  expect(found.deflatedSharpe.answer).toEqual(deflatedSharpe(record.value, trials));
  expect(found.deflatedSharpe.answer).not.toEqual(found.probabilisticSharpe.answer);
});

test("finds skill where it was planted", () => {
  const { superiorAbility, probabilisticSharpe, overfitting } = evidence({ ...options, trials: undefined });
  expect(superiorAbility.answer).toMatchObject({ known: true });
  expect(superiorAbility.answer.known && superiorAbility.answer.value).toBeLessThan(0.05);
  expect(probabilisticSharpe.answer.known && probabilisticSharpe.answer.value).toBeGreaterThan(0.9);
  expect(overfitting.answer.known && overfitting.answer.value).toBeLessThan(0.5);
});

test("takes Sharpe ratios by fold and seed where there are folds", () => {
  const folds = [
    { from: 0, to: 200 },
    { from: 200, to: 600 },
  ];
  const scores = folds.map(({ from, to }) => runs.map((run) => sharpe(run.subarray(from, to), 252)));
  const found = evidence({ ...options, folds, trials: undefined });
  expect(found.interquartileMean.answer).toMatchObject({ value: { estimate: middleMean(scores.flat()) } });
  // Flat has a Sharpe ratio of 0 in each fold.
  const shareAbove = (least: number): number => scores.flat().filter((score) => score > least).length / 6;
  expect(found.improvement?.answer).toMatchObject({ value: { estimate: expect.closeTo(shareAbove(0), 9) } });
  const short = -scores.flat().reduce((sum, score) => sum + Math.min(score, 0), 0) / 6;
  expect(found.shortfall?.answer).toMatchObject({ value: { estimate: expect.closeTo(short, 9) } });
  if (!found.profile?.answer.known) throw new Error("four scores have a profile");
  const { thresholds, agent, baselines } = found.profile.answer.value;
  expect([thresholds[0], thresholds.at(-1)]).toEqual([
    Math.min(0, ...scores.flat()),
    expect.closeTo(Math.max(...scores.flat()), 9),
  ]);
  agent.slice(0, -1).forEach((share, n) => expect(share).toBeCloseTo(shareAbove(thresholds[n]), 9));
  expect(agent.at(-1)).toBe(0);
  expect(baselines).toEqual(thresholds.map((threshold) => (threshold < 0 ? 1 : 0)));
});

test("asks how long a history must be for the trials that were made, each once", () => {
  const yearly = sharpe(runs[2], 252);
  const { minimumBacktest } = evidence({ ...options, trials: { count: 45, variance: 1 } });
  expect(minimumBacktest?.answer).toEqual(minimumBacktestYears(45, yearly));
  expect(evidence({ ...options, trials: { count: 1 } }).minimumBacktest?.answer).toMatchObject({ known: false });
});

test("the reality check and the tests of each baseline ask of the same returns", () => {
  const strong = { name: "strong", runs: [runs[0].map((value) => value + 0.003)] };
  const { realityCheck, againstBaselines } = evidence({ ...options, baselines: [flat, strong], trials: undefined });
  expect(realityCheck?.answer).toMatchObject({ known: true, value: 1 });
  const found = againstBaselines?.answer;
  if (!found?.known) throw new Error("they have an answer");
  expect(found.value.map(({ baseline }) => baseline)).toEqual(["flat", "strong"]);
  expect(found.value[0].pValue).toBeLessThan(0.05);
  expect(found.value[1]).toMatchObject({ beaten: false, pValue: expect.closeTo(1, 2) });
});

test("uncounted trials, one seed, an agent that never moved and few bars are no numbers", () => {
  const one = evidence({ ...options, agent: { name: "agent", runs: [runs[0]] }, trials: undefined });
  expect([one.deflatedSharpe, one.overfitting, one.interquartileMean].map(({ answer }) => answer.known)).toEqual([
    false,
    false,
    false,
  ]);
  const still = evidence({ ...options, agent: { name: "agent", runs: flat.runs }, trials: { count: 1, variance: 0 } });
  for (const shown of Object.values(still)) {
    expect(shown.answer.known, shown.label).toBe(false);
  }
  const few = evidence({
    ...options,
    agent: { name: "agent", runs: [runs[0].subarray(0, 20)] },
    baselines: [{ name: "flat", runs: [new Float64Array(20)] }],
    trials: { count: 1, variance: 0 },
  });
  expect(few.probabilisticSharpe.answer).toMatchObject({ known: false, needed: 30, found: 20 });
  expect(few.superiorAbility.answer).toMatchObject({ known: false, needed: 30, found: 20 });
});
