import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Outcome } from "#policy/calibration.ts";
import { calibrationMethods, confidenceOf } from "./confidence.ts";

/** Decisions that are right as often as `truth` says of what they state. */
function decisions(count: number, seed: number, truth: (confidence: number) => number): Outcome[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const confidence = rng.uniform();
    return { confidence, right: rng.uniform() < truth(confidence) };
  });
}

test.each(calibrationMethods)("%s mends what is overconfident, judged on parts that its map has not seen", (method) => {
  const stretched = decisions(3000, 1, (p) => 1 / (1 + Math.exp(-Math.log(p / (1 - p)) / 3)));
  const found = confidenceOf(stretched, method)!;
  expect(found.method).toBe(method);
  expect(found.decisions).toBe(3000);
  expect(found.error).toBeGreaterThan(0.1);
  expect(found.mended.error).toBeLessThan(0.05);
  expect(found.mended.brier).toBeLessThan(found.brier);
  for (const { reliability } of [found, found.mended]) {
    expect(reliability.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
  }
});

test("does not flatter confidence that knows nothing: by its own decisions a map would seem to know something", () => {
  // Confidence and outcome have nothing to do with each other, and half of all are right.
  const blind = Array.from({ length: 20 }, (_, seed) =>
    confidenceOf(
      decisions(60, seed, () => 0.5),
      "isotonic",
    )!,
  );
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  // To say ½ always scores ¼; a map of chance does worse on what it has not seen.
  expect(mean(blind.map(({ mended }) => mended.brier))).toBeGreaterThan(0.25);
});

test("a part is mended by the others alone", () => {
  // The first fifth is wrong throughout, all others right throughout: whoever looks at itself says 0 there.
  const outcomes = Array.from({ length: 50 }, (_, at) => ({ confidence: 0.6, right: at >= 10 }));
  const { mended, calibration } = confidenceOf(outcomes, "isotonic")!;
  expect(mended.brier).toBeCloseTo((10 * 1 + 40 * (0.25 * 0.25)) / 50, 12);
  expect(calibration.right).toEqual([0.8]);
});

test("few decisions say nothing", () => {
  expect(
    confidenceOf(
      decisions(29, 1, (p) => p),
      "isotonic",
    ),
  ).toBeUndefined();
  expect(
    confidenceOf(
      decisions(30, 1, (p) => p),
      "temperature",
    ),
  ).toBeDefined();
});
