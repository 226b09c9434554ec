/** @file Volatility in clusters: GARCH(1,1), a variance that follows the squares of past returns. */
import { z } from "zod";
import { movesPerBar, syntheticUniverse } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { drift, volatility } from "./settings.ts";

/**
 * r_t = drift + √h_t·z_t, h_{t+1} = ω + α·(r_t − drift)² + β·h_t (Bollerslev, 1986) with ω = volatility²·(1 − α − β), so that
 * the unconditional variance is volatility²; h begins there. Within a bar the variance stays as it is.
 */
export const garch = syntheticKind(
  "garch",
  "GARCH(1,1): volatility in clusters, returns without memory.",
  z
    .strictObject({
      drift,
      volatility: volatility.describe("unconditional standard deviation of a bar's log return"),
      alpha: z.number().min(0).max(1).default(0.08).describe("weight of the last squared return"),
      beta: z.number().min(0).max(1).default(0.9).describe("weight of the last variance"),
    })
    .refine(({ alpha, beta }) => alpha + beta < 1, "alpha and beta must add up to less than 1"),
  (shape, settings) => {
    const { drift: mean, volatility: deviation, alpha, beta } = settings;
    const omega = deviation ** 2 * (1 - alpha - beta);
    return syntheticUniverse("garch", shape, (_, rng) => {
      let variance = deviation ** 2;
      return (path) => {
        const each = Math.sqrt(variance / movesPerBar);
        let shock = 0;
        for (let move = 1; move <= movesPerBar; move++) {
          const moved = each * rng.normal();
          shock += moved;
          path[move] = path[move - 1] + mean / movesPerBar + moved;
        }
        variance = omega + alpha * shock * shock + beta * variance;
      };
    });
  },
);
