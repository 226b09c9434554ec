import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { counted, sighting } from "#domain/trial.fixture.ts";
import { trialConfig } from "#domain/trial.ts";
import { deflatedSharpe } from "./statistics/deflated-sharpe.ts";
import { trialCount, trialsSentence } from "./trial-count.ts";

const none = new Float64Array();

/** Returns that go up and down by turns: mean m, deviation (n − 1) s · √(T / (T − 1)). */
function zigzag(mean: number, step: number, bars = 40): Float64Array {
  return Float64Array.from({ length: bars }, (_, t) => mean + (t % 2 === 0 ? step : -step));
}

function noise(seed: number, bars = 60): Float64Array {
  const rng = createRng(seed, "returns");
  return Float64Array.from({ length: bars }, () => rng.normal());
}

test("an empty ledger counts nothing", () => {
  expect(trialCount([])).toBeUndefined();
});

test("an agent that was trained and looked at is one trial, whatever it was trained on", () => {
  const training = { kind: "training" as const, returns: none };
  const other = trialConfig({ learningRate: 0.1 });
  const trials = [
    counted({ ...training, until: 1, from: 0 }),
    counted({ ...training, until: 2, from: 0 }),
    counted({ ...training, ...other }),
    counted({ ...training, ...other, from: 1 }),
    counted(),
  ];
  expect(trialCount(trials)).toMatchObject({ count: 2, effective: 2, trainings: 4, looks: 1 });
});

test("the variance of Sharpe ratios is worked out by hand, of looks alone that are out of sample and vary", () => {
  // Per bar 0.1 and 0.3 over deviations of √(40/39).
  const shrink = Math.sqrt(39 / 40);
  const [one, other] = [zigzag(0.1, 1), zigzag(0.3, 1)];
  const rest = [
    counted({ seed: 3, returns: new Float64Array(40) }),
    counted({ seed: 4, kind: "in-sample look", returns: zigzag(5, 1) }),
    counted({ seed: 5, kind: "training", returns: none }),
  ];
  const trials = [counted({ returns: one }), counted({ seed: 2, returns: other }), ...rest];
  expect(trialCount(trials)!.variance).toBeCloseTo((0.2 * shrink) ** 2 / 2, 12);
  expect(trialCount(trials.slice(1))!.variance, "one Sharpe ratio has no variance").toBeUndefined();
  const hourly = counted({ seed: 6, timeframe: "1h", returns: zigzag(9, 1) });
  const here = { symbols: ["SPY"], from: 0, until: 1, timeframe: "1d" as const };
  expect(trialCount([...trials, hourly], here)!.variance).toBe(trialCount(trials)!.variance);
  expect(trialCount([...trials, hourly])!.variance, "a bar of an hour is no bar of a day").toBeUndefined();
});

test("copies at the same bars are one, and looks at other bars are others", () => {
  const returns = noise(1);
  const copy = (seed: number, from = 0) =>
    counted({ seed, from, returns: returns.map((value, t) => value + 0.01 * Math.sin(t * seed)) });
  const trials = [copy(1), copy(2), copy(3), counted({ seed: 4, from: 0, returns: noise(2) }), copy(5, 1)];
  expect(trialCount(trials)).toMatchObject({ count: 5, effective: 3 });
  const short = [1, 2].map((seed) => counted({ seed, returns: returns.slice(0, 20) }));
  expect(trialCount(short), "too few bars to tell copies").toMatchObject({ count: 2, effective: 2 });
});

test("looks at bars among the judged ones share an instrument and a day with them", () => {
  const here = { symbols: ["SPY", "QQQ"], timeframe: "1d" as const, from: 100, until: 200 };
  const at = (from: number, until: number, symbols = ["SPY"]) => counted({ seed: from, from, until, symbols });
  const trials = [at(0, 99), at(1, 100), at(150, 160), at(200, 300), at(201, 300), at(120, 130, ["GLD"])];
  expect(trialCount(trials, here)).toMatchObject({ looks: 6, looksHere: 3 });
});

test("a repeat is no new trial, and the first of all says since when", () => {
  const repeated = counted({
    sightings: [sighting({ at: Date.UTC(2026, 1, 1) }), sighting({ at: Date.UTC(2026, 1, 3) })],
  });
  const found = trialCount([repeated, counted({ seed: 2, sightings: [sighting({ at: Date.UTC(2026, 0, 9) })] })])!;
  expect(found).toMatchObject({ count: 2, since: Date.UTC(2026, 0, 9) });
  expect(trialsSentence(found)).toBe(
    "2 trials: 0 trainings and 2 looks at test bars, of which 0 were at bars among these. This project's ledger counts them since 2026-01-09.",
  );
});

test("the first look of a project is deflated by nothing, and the second of a kind only where both vary", () => {
  const record = { sharpe: 0.1, skewness: 0, kurtosis: 3, bars: 500 };
  const first = trialCount([counted({ returns: zigzag(0.1, 1) })])!;
  expect(deflatedSharpe(record, first)).toEqual(deflatedSharpe(record, { count: 1, variance: 0 }));
  const still = [counted({ returns: zigzag(0.1, 1) }), counted({ seed: 2, returns: new Float64Array(40) })];
  expect(deflatedSharpe(record, trialCount(still)!)).toMatchObject({ known: false });
});
