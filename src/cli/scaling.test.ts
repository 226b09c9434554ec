import { expect, test } from "vitest";
import { mergedSaturation, saturationWarning, scalingOf } from "./scaling.ts";

const share = (feature: string, of: number): { feature: string; share: number } => ({ feature, share: of });

test("tells the count and the worst three of what the clip hides, by either part", () => {
  const train = [share("a", 0.05), share("b", 0.02)];
  const validation = [share("c", 0.4), share("b", 0.03), share("d", 0.012)];
  expect(saturationWarning({ train, validation })).toBe(
    "4 features are cut off by the scaler's clip in more than 1 % of the rows, where the model does not see them move: " +
      "c (training at most 1 %, validation 40.0 %), a (training 5.0 %, validation at most 1 %), " +
      "b (training 2.0 %, validation 3.0 %) and 1 more.",
  );
  expect(saturationWarning({ train, validation: [] }, "the rows of a fold")).toMatch(
    /1 % of the rows of a fold, where/,
  );
  expect(saturationWarning({ train: [share("a", 0.05)], validation: [] })).toMatch(
    /^1 feature is .* see it move: a \(/,
  );
  expect(saturationWarning({ train: [], validation: [] })).toBeUndefined();
});

test("keeps the worst share of each feature over the folds", () => {
  const first = { train: [share("a", 0.05)], validation: [] };
  const second = { train: [share("b", 0.09), share("a", 0.02)], validation: [share("a", 0.5)] };
  expect(mergedSaturation([first, second])).toEqual({
    train: [share("b", 0.09), share("a", 0.05)],
    validation: [share("a", 0.5)],
  });
});

test("says where and when features have moved, that nothing was measured, or nothing", () => {
  const moved = [{ feature: "a", scales: -4.26, at: Date.UTC(2024, 4, 6) }];
  expect(scalingOf(undefined, { measured: true, features: moved }).warnings).toEqual([
    "1 feature has moved by more than 3 scales since training, as a mean with a half-life of 100 bars: a (-4.3 on 2024-05-06).",
  ]);
  expect(scalingOf(undefined, { measured: false }).warnings).toEqual([expect.stringMatching(/is not measured/)]);
  const still = { train: [], validation: [] };
  expect(scalingOf(still, { measured: true, features: [] })).toEqual({
    saturation: still,
    drift: { measured: true, features: [] },
    warnings: [],
  });
  expect(scalingOf(undefined)).toEqual({ warnings: [] });
});
