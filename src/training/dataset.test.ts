/** @file A fold: its scaler is of the chosen kind, of the training span alone, and never used on that span's own bars. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { featureGroups } from "#features/pipeline.ts";
import { scalerHash } from "#features/scaler.ts";
import { adaptiveGroups, normaliserGroups } from "#features/scalers/adaptive.ts";
import { createDataset, createFold } from "./dataset.ts";
import { experiment } from "./experiment.ts";

const settings = experiment({ seed: 1, episodeBars: 50, scaler: "winsorised" });
const walk = randomWalk({ bars: 600, volatility: 0.01, seed: 1 });
const dataset = createDataset(walk, settings);

test("scales by the kind that the experiment names, and knows what it was fitted on", () => {
  const { scaler, train } = createFold(dataset, { from: 0, to: 400 }, { from: 420, to: 500 }, settings);
  expect(new Set(scaler.kinds)).toEqual(new Set(["winsorised"]));
  expect(scaler.warps?.every(({ kind }) => kind === "limits")).toBe(true);
  expect([scaler.fittedFrom, scaler.fittedUntil]).toEqual([walk.openTime[train[0].from], walk.openTime[399]]);
});

test("refuses a validation that begins within the span that the scaler was fitted on", () => {
  const fold = (from: number): unknown => createFold(dataset, { from: 0, to: 400 }, { from, to: 500 }, settings);
  expect(() => fold(399)).toThrow(
    /A scaler is fitted on bars that all come before those that are tested; it was fitted on/,
  );
  expect(() => fold(400)).not.toThrow();
});

test("scales each feature by its group where the experiment says adaptive", () => {
  const adaptive = experiment({ seed: 1, episodeBars: 20, featureSet: "ploutos-v3", scaler: "adaptive" });
  const daily = randomWalk({ bars: 800, volatility: 0.01, seed: 1 });
  const wide = createDataset(daily, adaptive);
  const [train, validation] = [
    { from: 0, to: 700 },
    { from: 720, to: 790 },
  ];
  const groups = featureGroups(wide.spec);
  const { scaler } = createFold(wide, train, validation, adaptive);
  expect(scaler.kinds).toEqual(groups.map((group) => adaptiveGroups[normaliserGroups[group]]));
  expect(groups).toHaveLength(scaler.features.length);
  expect(groups, "of both groups that the normaliser knows").toEqual(expect.arrayContaining(["trend", "regime"]));
  // Document 001 scales both of them alike.
  const robust = createFold(wide, train, validation, { ...adaptive, scaler: "robust" }).scaler;
  expect(scalerHash(scaler)).toBe(scalerHash(robust));
});
