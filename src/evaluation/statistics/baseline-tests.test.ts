/** @file The agent against each baseline: p-values as normal theory has them, and no more wrong findings than allowed. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Contender } from "../sharpe-contrasts.ts";
import { baselineTests } from "./baseline-tests.ts";
import { benjaminiHochberg, holm } from "./multiple-testing.ts";
import { normalProbability } from "./normal.ts";

const bars = 1000;

function contender(name: string, edge: number, seed: string): Contender {
  const rng = createRng(1, seed);
  return { name, runs: [Float64Array.from({ length: bars }, () => 0.01 * (edge + rng.normal()))] };
}

test("gives each lead about the chance that normal theory gives it, and adjusts them together", () => {
  const agent = contender("agent", 0.12, "agent");
  const baselines = [0, 0.03, 0.08, 0.2].map((edge, n) => contender(`rule ${n}`, edge, `rule ${n}`));
  const answer = baselineTests(agent, baselines, { rng: createRng(2), resamples: 4000 });
  if (!answer.known) throw new Error(answer.reason);
  const sharpeOf = ({ runs: [run] }: Contender): number => {
    const average = run.reduce((sum, value) => sum + value, 0) / bars;
    return average / Math.sqrt(run.reduce((sum, value) => sum + (value - average) ** 2, 0) / (bars - 1));
  };
  const pValues = answer.value.map(({ pValue }) => pValue);
  baselines.forEach((baseline, n) => {
    const [one, other] = [sharpeOf(agent), sharpeOf(baseline)];
    // Of independent normal returns the variance of a Sharpe ratio is (1 + S²/2)/T (Lo, 2002); the two are independent.
    const error = Math.sqrt((2 + (one * one + other * other) / 2) / bars);
    expect(Math.abs(pValues[n] - normalProbability((other - one) / error)), baseline.name).toBeLessThan(0.04);
  });
  expect(answer.value.map(({ familyWise }) => familyWise)).toEqual(holm(pValues));
  expect(answer.value.map(({ falseDiscovery }) => falseDiscovery)).toEqual(benjaminiHochberg(pValues));
});

test("names a baseline that is beaten by far, and none that is not", () => {
  const baselines = [contender("weak", -0.2, "weak"), contender("strong", 0.3, "strong")];
  const answer = baselineTests(contender("agent", 0.1, "agent"), baselines, { rng: createRng(3) });
  if (!answer.known) throw new Error(answer.reason);
  expect(answer.value).toMatchObject([
    { baseline: "weak", beaten: true, pValue: 1 / 2001 },
    { baseline: "strong", beaten: false },
  ]);
  expect(answer.value[1].pValue).toBeGreaterThan(0.9);
});

test("an agent without skill is said to beat any of five baselines no more often than once in twenty", () => {
  let [named, adjusted] = [0, 0];
  for (let round = 0; round < 200; round++) {
    const rng = createRng(round, "luck");
    const luck = (name: string): Contender => ({
      name,
      runs: [Float64Array.from({ length: 250 }, () => 0.01 * rng.normal())],
    });
    const answer = baselineTests(luck("agent"), ["a", "b", "c", "d", "e"].map(luck), { rng, resamples: 300 });
    if (!answer.known) throw new Error(answer.reason);
    if (answer.value.some(({ beaten }) => beaten)) named++;
    if (answer.value.some(({ familyWise }) => familyWise <= 0.05)) adjusted++;
  }
  // Binomial of 200 at 0.05: mean 10, deviation 3.1; four deviations leave room for blocks of few bars.
  expect(named).toBeLessThanOrEqual(22);
  expect(adjusted).toBeLessThanOrEqual(22);
});

test("an agent that does what every baseline does, and one of few bars, are not judged", () => {
  const flat = { name: "flat", runs: [new Float64Array(100)] };
  expect(baselineTests({ ...flat, name: "agent" }, [flat], { rng: createRng(1) }).known).toBe(false);
  const few = contender("agent", 0, "agent");
  const short = (of: Contender): Contender => ({ ...of, runs: of.runs.map((run) => run.subarray(0, 20)) });
  expect(baselineTests(short(few), [short(contender("rule", 0, "rule"))], { rng: createRng(1) })).toMatchObject({
    known: false,
    needed: 30,
    found: 20,
  });
});
