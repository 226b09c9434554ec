/** @file The statistics of one evaluation: each is the one it says, and what cannot be known is not. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { deflatedSharpe } from "./deflated-sharpe.ts";
import { evidence } from "./evidence.ts";
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
  const foldSharpes = [
    [0, 1, 2],
    [3, 4, 5],
  ];
  const { interquartileMean } = evidence({ ...options, foldSharpes, trials: undefined });
  expect(interquartileMean.answer).toMatchObject({ known: true, value: { estimate: 2.5 } });
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
