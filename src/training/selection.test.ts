import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { clearlyBetter } from "./selection.ts";

const rng = createRng(2, "returns");
const noise = (bars: number): Float64Array => Float64Array.from({ length: bars }, () => 0.01 * rng.normal());

describe("one policy is clearly better than another", () => {
  test("where its mean is above the other's by more than two standard errors of what differs", () => {
    const market = noise(1024);
    // 32 blocks of 32 bars, whose means differ from the other's by 3 and 1 by turns: mean 2, standard error 1 / √31.
    const better = market.map((value, t) => value + 1e-5 * (Math.floor(t / 32) % 2 === 0 ? 3 : 1));
    expect(clearlyBetter(better, market)).toBe(true);
    expect(clearlyBetter(market, better)).toBe(false);
    // 20 and −19: mean 0.5, standard error 19.5 / √31 = 3.5.
    const lucky = market.map((value, t) => value + 1e-5 * (Math.floor(t / 32) % 2 === 0 ? 20 : -19));
    expect(clearlyBetter(lucky, market)).toBe(false);
  });

  test("not where both did the same, nor where there are hardly any bars", () => {
    const market = noise(900);
    expect(clearlyBetter(market, market)).toBe(false);
    expect(clearlyBetter(Float64Array.of(1, 1, 1), new Float64Array(3))).toBe(false);
  });

  test("of noise against nothing in about 1 of 40 cases", () => {
    const found = Array.from({ length: 2000 }, () => clearlyBetter(noise(400), new Float64Array(400)));
    const share = found.filter(Boolean).length / found.length;
    // Student's t of 19 degrees of freedom above 2: 0.030; with 2,000 cases its standard error is 0.004.
    expect(share).toBeGreaterThan(0.018);
    expect(share).toBeLessThan(0.042);
  });

  test("bars that remember those before are not taken for more evidence than they are", () => {
    const remembering = (): Float64Array => {
      let value = 0;
      return Float64Array.from({ length: 1600 }, () => (value = 0.8 * value + rng.normal()));
    };
    const found = Array.from({ length: 1000 }, () => clearlyBetter(remembering(), new Float64Array(1600)));
    // A standard error that took bars for independent would be 3 times too small: 1 in 4.
    expect(found.filter(Boolean).length / found.length).toBeLessThan(0.06);
  });
});
