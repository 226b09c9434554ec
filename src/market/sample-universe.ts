/** @file Universes for tests of the market's contracts: made-up series that need no file, the same on every machine. */
import { barsFrom } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { sampleBars } from "#features/sample-bars.ts";

/** Two instruments of daily bars around a price of 100, with about 1 % of movement in a bar. */
export function sampleUniverse(bars: number, seed: number): Universe {
  const series = ["A", "B"].map((symbol, i) => ({
    instrument: instrument(symbol),
    bars: barsFrom(sampleBars(bars, 2 * seed + i + 1)),
  }));
  return universe("sample", "1d", series);
}
