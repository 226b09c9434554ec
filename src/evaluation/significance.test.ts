/** @file The verdict: known answers, the degenerate cases, and that it does not depend on what must not matter. */
import { expect, test } from "vitest";
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import { moments, sharpe } from "./metrics.ts";
import type { Contender, Verdict } from "./significance.ts";
import { judge } from "./significance.ts";
import { fewBlocksFactor, sharpeContrasts } from "./sharpe-contrasts.ts";

const bars = 1000;

function noise(rng: Rng, drift = 0, length = bars): Float64Array {
  return Float64Array.from({ length }, () => 0.01 * rng.normal() + drift);
}

function verdictOf(agent: Float64Array[], baselines: Contender[], seed = 1, resamples = 400): Verdict {
  return judge({ name: "agent", runs: agent }, baselines, { barsPerYear: 252, rng: createRng(seed), resamples });
}

const flatBaseline = (length = bars): Contender => ({ name: "flat", runs: [new Float64Array(length)] });

test("says BEATS when an edge is planted on top of the baseline", () => {
  const rng = createRng(1);
  const market = noise(rng);
  const agents = [0, 1, 2].map(() => market.map((value) => value + 0.001 + 0.002 * rng.normal()));
  const verdict = verdictOf(agents, [{ name: "buy and hold", runs: [market] }, flatBaseline()]);
  expect(verdict.word).toBe("BEATS");
  expect(verdict.difference.lower).toBeGreaterThan(0);
});

test("says NO BEATS when costs eat what the market gives", () => {
  const market = noise(createRng(2), 0.0005);
  const verdict = verdictOf([market.map((value) => value - 0.0003)], [{ name: "buy and hold", runs: [market] }]);
  expect(verdict.word).toBe("NO BEATS");
  expect(verdict.difference.estimate).toBeLessThan(0);
});

test("says INCONCLUSIVE when the agent is ahead by luck", () => {
  const agent = noise(createRng(3));
  const centred = agent.map((value) => value - moments(agent).mean + 0.0002);
  const verdict = verdictOf([centred], [flatBaseline()]);
  expect(verdict.word).toBe("INCONCLUSIVE");
  expect(verdict.difference.estimate).toBeGreaterThan(0);
  expect(verdict.difference.lower).toBeLessThan(0);
});

test("finds exactly no difference to a baseline that does the same, for one run or for many", () => {
  const market = noise(createRng(4), 0.001);
  for (const runs of [[market], [market, market, market]]) {
    const verdict = verdictOf(runs, [{ name: "buy and hold", runs: [market] }]);
    expect(verdict.word).toBe("NO BEATS");
    expect(verdict.difference).toEqual({ estimate: 0, lower: 0, upper: 0 });
    expect(verdict.reasons[0]).toContain("exactly");
  }
});

test("does not take the rounding between a position and half of it for skill", () => {
  const market = noise(createRng(5), 0.001);
  const verdict = verdictOf([market.map((value) => value * 0.3)], [{ name: "buy and hold", runs: [market] }]);
  expect(verdict.word).toBe("NO BEATS");
  expect(verdict.difference.estimate).toBe(0);
});

test("needs sixty bars, and sixty in which agent and baseline differ", () => {
  const short = noise(createRng(6), 0.01, 59);
  const few = verdictOf([short], [flatBaseline(59)]);
  expect(few.word).toBe("INCONCLUSIVE");
  expect(few.reasons[0]).toContain("59 bars");

  const lucky = new Float64Array(bars);
  for (let t = 0; t < 40; t++) lucky[t * 20] = 0.01 + 0.001 * (t % 3);
  const rare = verdictOf([lucky], [flatBaseline()]);
  expect(rare.difference.estimate).toBeGreaterThan(1);
  expect(rare.word).toBe("INCONCLUSIVE");
  expect(rare.reasons[0]).toContain("40 bars");
});

test("does not praise an agent that never trades while the baselines lose", () => {
  const verdict = verdictOf([new Float64Array(bars)], [{ name: "loser", runs: [noise(createRng(7), -0.003)] }]);
  expect(verdict.word).toBe("INCONCLUSIVE");
  expect(verdict.reasons[0]).toContain("never traded");
});

test("judges against the best baseline, by the mean of its runs and not by its best run", () => {
  const rng = createRng(8);
  const good = { name: "good", runs: [noise(rng, 0.0008)] };
  const mixed = { name: "mixed", runs: [noise(rng, 0.003), noise(rng, -0.003)] };
  const verdict = verdictOf([noise(rng)], [flatBaseline(), mixed, good]);
  expect(verdict.bestBaseline).toBe("good");
  const byHand = (sharpe(mixed.runs[0], 252) + sharpe(mixed.runs[1], 252)) / 2;
  expect(verdict.sharpe["mixed"].estimate).toBeCloseTo(byHand, 9);
});

test("takes the mean of the seeds' Sharpe ratios, not the Sharpe of their mean", () => {
  const rng = createRng(9);
  const seeds = Array.from({ length: 5 }, () => noise(rng, 0.0003));
  const verdict = verdictOf(seeds, [flatBaseline()]);
  const each = seeds.map((run) => sharpe(run, 252));
  const mean = each.reduce((sum, value) => sum + value, 0) / 5;
  const pooled = seeds[0].map((_, t) => seeds.reduce((sum, run) => sum + run[t], 0) / 5);
  expect(verdict.difference.estimate).toBeCloseTo(mean, 9);
  expect(sharpe(pooled, 252), "diversification flatters").toBeGreaterThan(1.5 * mean);
});

test("is less sure when the seeds disagree", () => {
  const rng = createRng(10);
  const market = noise(rng);
  const width = (spread: number): number => {
    const runs = [-1, 0, 1, 2, -2].map((side) => market.map((value) => value + 0.002 + spread * side));
    const { lower, upper } = verdictOf(runs, [flatBaseline()], 2).difference;
    return upper - lower;
  };
  expect(width(0.0015)).toBeGreaterThan(1.3 * width(0.000001));
});

test("says so when there is only one seed", () => {
  const verdict = verdictOf([noise(createRng(11))], [flatBaseline()]);
  expect(verdict.reasons.join(" ")).toContain("one run of the agent");
  expect(verdict.runs).toBe(1);
});

test("gives the same verdict from the same seed and plain data that survives JSON", () => {
  const agent = noise(createRng(12), 0.0004);
  const one = verdictOf([agent], [flatBaseline()], 5);
  expect(verdictOf([agent], [flatBaseline()], 5)).toEqual(one);
  expect(JSON.parse(JSON.stringify(one))).toEqual(one);
});

test("scales by the year alone when bars are relabelled", () => {
  const agent = noise(createRng(13), 0.0004);
  const year = (barsPerYear: number): Verdict =>
    judge({ name: "agent", runs: [agent] }, [flatBaseline()], { barsPerYear, rng: createRng(1), resamples: 200 });
  expect(year(1008).difference.lower).toBeCloseTo(2 * year(252).difference.lower, 9);
});

test("agrees with the textbook error of a Sharpe ratio for independent normal bars", () => {
  // Var(S) = (1 + S²/2)/T (Lo, 2002), so the 95 % interval is 2 · 1.96 · √(1/T) wide; the wider of two intervals is a little more.
  const run = noise(createRng(14), 0, 2000);
  const settings = { rng: createRng(1), blockLengthBars: 1, resamples: 2000, confidence: 0.95 };
  const [interval] = sharpeContrasts([{ name: "agent", runs: [run] }], [{ plus: 0, minus: undefined }], settings);
  const ratio = (interval.upper - interval.lower) / (2 * 1.96 * Math.sqrt(1 / 2000));
  expect(ratio).toBeGreaterThan(0.95);
  expect(ratio).toBeLessThan(1.15);
});

test("stretches by Student's t over the normal: 2.0860 / 1.9600 for 20 degrees of freedom", () => {
  expect(fewBlocksFactor(21)).toBeCloseTo(2.085963 / 1.959964, 3);
  expect(fewBlocksFactor(1e6)).toBeCloseTo(1, 5);
});

test("refuses contenders that cannot be compared", () => {
  const agent = noise(createRng(15));
  expect(() => verdictOf([agent], [])).toThrow("at least one baseline");
  expect(() => verdictOf([agent], [flatBaseline(500)])).toThrow("same bars");
  expect(() => verdictOf([agent.with(3, Number.NaN)], [flatBaseline()])).toThrow("finite");
  expect(() => verdictOf([agent], [{ name: "agent", runs: [agent] }])).toThrow("different names");
});
