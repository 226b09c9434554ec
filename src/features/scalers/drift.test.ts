/** @file Drift is found where it was planted, when it stood furthest, and nowhere else. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Scaler } from "../scaler.ts";
import { driftedFeatures, driftHalfLifeBars } from "./drift.ts";
import type { TestedRows } from "./drift.ts";

const features = ["still", "gone", "back", "near"];
const scaler: Scaler = { centre: Float64Array.of(10, 0, -1, 0), scale: Float64Array.of(2, 0.5, 3, 1), clip: 5 };
const day = 86_400_000;

/** Rows of noise in the scaler's own scale, moved by so many scales from row to row. */
function rows(length: number, move: (feature: string, t: number) => number, fromRow = 0): TestedRows {
  const rng = createRng(1);
  const columns = new Float64Array(length * features.length);
  for (let t = 0; t < length; t++) {
    features.forEach((feature, at) => {
      const scaled = rng.normal() + move(feature, t);
      columns[t * features.length + at] = scaler.centre[at] + scaler.scale[at] * scaled;
    });
  }
  const openTime = Float64Array.from({ length }, (_, t) => t * day);
  return { columns, features, openTime, fromRow, toRow: length };
}

test("names features that moved by more than 3 scales, furthest first, with the time of it", () => {
  const found = driftedFeatures(
    scaler,
    rows(1500, (feature, t) => {
      if (feature === "gone") return t < 500 ? 0 : -8;
      if (feature === "back") return t >= 500 && t < 900 ? 5 : 0;
      return feature === "near" && t > 300 ? 2.5 : 0;
    }),
  );
  expect(found?.map(({ feature }) => feature)).toEqual(["gone", "back"]);
  const [gone, back] = found ?? [];
  expect(gone.scales).toBeCloseTo(-8, 0);
  expect(back.scales).toBeCloseTo(5 * (1 - 2 ** (-400 / driftHalfLifeBars)), 0);
  expect(Math.abs(back.at / day - 900), "looked at every 20 bars").toBeLessThanOrEqual(20);
});

test("finds nothing in rows like those of the fit, and looks at no row that is not tested", () => {
  expect(
    driftedFeatures(
      scaler,
      rows(3000, () => 0),
    ),
  ).toEqual([]);
  const before = rows(3000, (_, t) => (t < 1000 ? 50 : 0), 1000);
  expect(driftedFeatures(scaler, before)).toEqual([]);
  expect(driftedFeatures(scaler, { ...before, fromRow: 990 })).not.toEqual([]);
});

test("half of a move has been seen after a half-life, whatever the scale", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 8, max: 50, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      (move, scale) => {
        const given = { centre: Float64Array.of(3), scale: Float64Array.of(scale), clip: 5 };
        const length = driftHalfLifeBars;
        const columns = new Float64Array(length).fill(3 + move * scale);
        const openTime = Float64Array.from({ length }, (_, t) => t);
        const [found] = driftedFeatures(given, { columns, features: ["x"], openTime, fromRow: 0, toRow: length }) ?? [];
        expect(found.scales / move).toBeCloseTo(0.5, 6);
      },
    ),
  );
});

test("is not measured for a scaler with warps", () => {
  const warped = { ...scaler, warps: features.map(() => ({ kind: "none" as const })) };
  expect(
    driftedFeatures(
      warped,
      rows(10, () => 0),
    ),
  ).toBeUndefined();
});
