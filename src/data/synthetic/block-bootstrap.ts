/** @file Recorded bars in another order: what might as well have happened, with the memory within blocks kept. */
import { z } from "zod";
import { blockIndices, drawBlocks, emptyBlocks, optimalBlockLength } from "#base/blocks.ts";
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Bars } from "#domain/bar.ts";
import { emptyBars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { syntheticKind } from "./kind.ts";

/**
 * The stationary bootstrap (Politis and Romano, 1994) of whole bars: open, high, low and close over the close before are
 * redrawn together, with the bar's volume, so that bars stay valid, and all instruments with the same indices, so that what
 * moves them together still does. Blocks are geometrically long and wrap round; without a length it is that of Politis and
 * White (2004) for the absolute log returns, the longest of the instruments'. Times are those of the recorded bars.
 */
export const blockBootstrap = syntheticKind(
  "block-bootstrap",
  "Recorded bars (--like MARKET) redrawn in blocks: another history of the same kind.",
  z.strictObject({
    meanBlockBars: z
      .number()
      .min(1)
      .optional()
      .describe("mean length of a block in bars; absent: from the bars themselves"),
  }),
  ({ like, bars, seed, instruments, timeframe }, { meanBlockBars }) => {
    if (like === undefined) refuse("needs recorded bars to redraw: name their market with --like");
    if (instruments !== undefined || timeframe !== undefined) refuse("instruments and timeframe are the market's own");
    const most = like.openTime.length;
    if (bars > most || most < 2) refuse(`${bars} bars were asked for, ${most} is what the market has`);
    const blockBars = meanBlockBars ?? usualBlockBars(like);
    const blocks = emptyBlocks(bars);
    const indices = new Int32Array(bars);
    // Bar 0 has no close before it, so that blocks are drawn from the bars after it.
    drawBlocks(createRng(seed, "block-bootstrap"), most - 1, blockBars, blocks, bars);
    blockIndices(blocks, indices, most - 1);
    const series = like.bars.map((recorded, i) => ({
      instrument: like.instruments[i],
      bars: redrawn(recorded, indices),
    }));
    return universe("block-bootstrap", like.timeframe, series);
  },
);

function refuse(found: string): never {
  throw new Failure("config/invalid", `block-bootstrap: ${found}`);
}

function usualBlockBars({ bars }: Universe): number {
  const lengths = bars.map(({ close }) =>
    optimalBlockLength(Float64Array.from(close.subarray(1), (price, t) => Math.abs(Math.log(price / close[t])))),
  );
  return Math.max(...lengths);
}

/** Bars of which bar t moves as recorded bar `indices[t] + 1` moved from the close before it; the first begins at the recorded close of bar 0. */
function redrawn(recorded: Bars, indices: Int32Array): Bars {
  const made = emptyBars(indices.length);
  let before = recorded.close[0];
  for (const [t, index] of indices.entries()) {
    const scale = before / recorded.close[index];
    const from = index + 1;
    made.openTime[t] = recorded.openTime[t];
    for (const column of ["open", "high", "low", "close"] as const) made[column][t] = recorded[column][from] * scale;
    made.volume[t] = recorded.volume[from];
    before = made.close[t];
  }
  return made;
}
