/** @file Jumps: a random walk that now and then moves at once, as Merton has it. */
import { z } from "zod";
import type { Rng } from "#base/rng.ts";
import { moving, movesPerBar, syntheticUniverse } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { drift, volatility } from "./settings.ts";

/**
 * dx = (drift − λ·jumpMean) dt + volatility dW + J dN, N a Poisson process of rate λ = jumpsPerBar and J normal (Merton, 1976).
 * A bar's log return has mean drift and variance volatility² + λ·(jumpMean² + jumpDeviation²).
 */
export const mertonJumps = syntheticKind(
  "merton-jumps",
  "A random walk with jumps of normal size at Poisson times.",
  z.strictObject({
    drift: drift.describe("mean log return of a bar, jumps included"),
    volatility: volatility.describe("standard deviation of a bar's log return without jumps"),
    jumpsPerBar: z.number().min(0).max(10).default(0.02).describe("mean number of jumps in a bar"),
    jumpMean: z.number().min(-1).max(1).default(0).describe("mean log size of a jump"),
    jumpDeviation: z.number().min(0).max(1).default(0.04).describe("standard deviation of the log size of a jump"),
  }),
  (shape, settings) => {
    const { drift: mean, volatility: deviation, jumpsPerBar, jumpMean, jumpDeviation } = settings;
    const step = (mean - jumpsPerBar * jumpMean) / movesPerBar;
    const each = deviation / Math.sqrt(movesPerBar);
    const none = Math.exp(-jumpsPerBar / movesPerBar);
    return syntheticUniverse("merton-jumps", shape, (_, rng) =>
      moving((x) => {
        let moved = x + step + each * rng.normal();
        for (let jumps = poisson(none, rng); jumps > 0; jumps--) moved += jumpMean + jumpDeviation * rng.normal();
        return moved;
      }),
    );
  },
);

/** A Poisson number whose chance of being 0 is `none` (Knuth, 1969: uniforms until their product falls below it). */
function poisson(none: number, rng: Rng): number {
  let count = 0;
  for (let product = rng.uniform(); product > none; product *= rng.uniform()) count++;
  return count;
}
