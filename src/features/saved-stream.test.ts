/** @file A stream and a window that are saved at any bar and put back into fresh ones go on, to the bit, as if never stopped. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Timeframe } from "#domain/bar.ts";
import { barsFrom, timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, universe } from "#domain/universe.ts";
import type { FeatureSetName } from "./feature-set.ts";
import { featureSets } from "./feature-set.ts";
import type { FeatureSpec } from "./pipeline.ts";
import { featureColumns, featureNames, featureSpec, featureStream, featureWindow, firstWindowRow } from "./pipeline.ts";
import { sampleBars, sampleMeasured, withMeasured } from "./sample-bars.ts";
import { fitScaler } from "./scaler.ts";

const symbols = ["ONE", "TWO", "THREE"];

function market(timeframe: Timeframe, instruments: number, length: number): Universe {
  const parts = symbols.slice(0, instruments).map((symbol, i) => ({
    instrument: instrument(symbol, { calendar: "crypto" }),
    bars: barsFrom(withMeasured(sampleBars(length, 40 + i, timeframeMs[timeframe]), i), sampleMeasured),
  }));
  return universe("made-up", timeframe, parts);
}

function bytes(values: Float64Array | Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** A state as it comes back from a disk. */
const stored = (state: Float64Array): Float64Array => new Float64Array(new Uint8Array(bytes(state)).buffer);

/** Without those of minutes, which warm up over a year: what they are made of is saved in the tests of timeframes. */
const setNames = (Object.keys(featureSets) as FeatureSetName[]).filter((set) => !set.startsWith("gemini"));
const cases = setNames.flatMap((set) => {
  const [longer, shorter] = set === "multi-timeframe" ? (["1h", "15m"] as const) : (["1d", "1h"] as const);
  return [
    { set, timeframe: longer, instruments: 1, lookbackBars: 4 },
    { set, timeframe: shorter, instruments: 3, lookbackBars: 2 },
  ];
});

describe.each(cases)(
  "$set, $instruments instrument(s), $timeframe bars, a lookback of $lookbackBars",
  ({ set, timeframe, instruments, lookbackBars }) => {
    const short = market(timeframe, instruments, 1);
    const first = firstWindowRow(featureSpec(set, short, lookbackBars));
    const whole = market(timeframe, instruments, first + 40);
    const spec = featureSpec(set, whole, lookbackBars);
    const columns = featureNames(spec).length;
    const raw = featureColumns(spec, whole);
    const scaler = fitScaler(raw, columns, first, first + 20);
    const length = whole.openTime.length;

    test("goes on to the bit, wherever it is saved, and the one that was saved goes on too", () => {
      // Undisturbed but for being asked for its state before each bar.
      const stream = featureStream(spec);
      const window = featureWindow(spec, scaler);
      const asked = new Set<number>();
      const states = new Map<number, readonly [Float64Array, Float64Array]>();
      const cuts = fc.sample(fc.integer({ min: 0, max: length - 1 }), { numRuns: 4, seed: 7 });
      for (const cut of [0, 1, first - 1, first, first + 1, ...cuts]) asked.add(Math.max(0, cut));
      const windows: (Float32Array | undefined)[] = [];
      for (let t = 0; t < length; t++) {
        if (asked.has(t)) states.set(t, [stored(stream.state()), stored(window.state())]);
        expect(bytes(stream.next(barsAt(whole, t))).equals(bytes(raw.subarray(t * columns, (t + 1) * columns)))).toBe(
          true,
        );
        windows.push(window.next(barsAt(whole, t)));
      }
      expect(windows.filter((seen) => seen !== undefined)).toHaveLength(40);
      for (const [cut, [ofStream, ofWindow]] of states) {
        const [onward, onwardWindow] = [featureStream(spec), featureWindow(spec, scaler)];
        onward.restore(ofStream);
        onwardWindow.restore(ofWindow);
        expect(bytes(onward.state()).equals(bytes(ofStream)), "a state put back is that state").toBe(true);
        for (let t = cut; t < length; t++) {
          const row = onward.next(barsAt(whole, t));
          expect(bytes(row).equals(bytes(raw.subarray(t * columns, (t + 1) * columns))), `${cut}: row ${t}`).toBe(true);
          const seen = onwardWindow.next(barsAt(whole, t));
          if (windows[t] === undefined) expect(seen, `${cut}: window ${t}`).toBeUndefined();
          else expect(bytes(seen!).equals(bytes(windows[t]!)), `${cut}: window ${t}`).toBe(true);
        }
      }
    });
  },
);

const few = market("1d", 2, 200);
const spec = featureSpec("first-light", few, 2);

/** A stream that has seen bars up to `until`. */
function fed(of: FeatureSpec, until: number): ReturnType<typeof featureStream> {
  const stream = featureStream(of);
  for (let t = 0; t < until; t++) stream.next(barsAt(few, t));
  return stream;
}

test("a restored stream still refuses a bar that it has seen, and volume that never came", () => {
  const onward = featureStream(spec);
  onward.restore(fed(spec, 50).state());
  expect(() => onward.next(barsAt(few, 49))).toThrow(/bars are in time order/);
  const [one] = barsAt(few, 0);
  const mute = universe("mute", "1d", [{ instrument: instrument("ONE"), bars: barsFrom(sampleBars(1)) }]);
  const v3 = featureSpec("ploutos-v3", mute, 1);
  const stopped = featureStream(v3);
  stopped.next([{ ...one, volume: 0 }]);
  const again = featureStream(v3);
  again.restore(stopped.state());
  const rest = sampleBars(700)
    .slice(1)
    .map((bar) => ({ ...bar, volume: 0 }));
  expect(() => rest.forEach((bar) => again.next([bar]))).toThrow(/needs volume/);
  const traded = featureStream(v3);
  traded.next([{ ...one, volume: 5 }]);
  const heard = featureStream(v3);
  heard.restore(traded.state());
  expect(() => rest.forEach((bar) => heard.next([bar])), "one bar with volume was seen before the stop").not.toThrow();
});

test("a state is a copy: neither goes on with the other", () => {
  const stream = fed(spec, 150);
  const state = stream.state();
  const before = state.slice();
  stream.next(barsAt(few, 150));
  expect(bytes(state).equals(bytes(before))).toBe(true);
  const onward = featureStream(spec);
  onward.restore(state);
  onward.next(barsAt(few, 150));
  expect(bytes(state).equals(bytes(before))).toBe(true);
  expect(bytes(onward.state()).equals(bytes(stream.state()))).toBe(true);
});

test("a window goes on with another scaler as if it had always had that one", () => {
  const raw = featureColumns(spec, few);
  const width = featureNames(spec).length;
  const [one, other] = [fitScaler(raw, width, 130, 150), fitScaler(raw, width, 150, 190)];
  const [before, after, always] = [featureWindow(spec, one), featureWindow(spec, other), featureWindow(spec, other)];
  for (let t = 0; t < 160; t++) for (const window of [before, always]) window.next(barsAt(few, t));
  after.restore(before.state());
  const shown = [after, always, before].map((window) => bytes(window.next(barsAt(few, 160))!));
  expect(shown[0].equals(shown[1])).toBe(true);
  expect(shown[0].equals(shown[2]), "the scalers do differ").toBe(false);
});

test.each<[string, FeatureSpec]>([
  ["another lookback", { ...spec, lookbackBars: 3 }],
  ["another set", { ...spec, set: "alpha-10" }],
  ["other symbols of the same number", { ...spec, instruments: spec.instruments.toReversed() }],
  ["fewer instruments", { ...spec, instruments: spec.instruments.slice(1) }],
])("refuses the state of %s", (_, other) => {
  const state = fed(spec, 10).state();
  expect(() => featureStream(other).restore(state)).toThrow(/a state is restored where it came from/);
});

test("refuses a state that is cut off, and that of a stream in place of a window's", () => {
  const state = fed(spec, 10).state();
  for (const part of [state.slice(0, -1), new Float64Array(0)]) {
    expect(() => featureStream(spec).restore(part)).toThrow(/a state is restored where it came from/);
  }
  const scaler = fitScaler(featureColumns(spec, few), featureNames(spec).length, 130, 150);
  expect(() => featureWindow(spec, scaler).restore(state)).toThrow(/a state is restored where it came from/);
});
