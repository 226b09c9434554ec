/** @file Stochastic volatility: a variance that wanders around its mean, and moves with or against the price, as Heston has it. */
import { z } from "zod";
import { moving, movesPerBar, syntheticUniverse } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { correlation, drift, halfLifeBars, volatility } from "./settings.ts";

/**
 * dx = drift dt + √v dW, dv = κ(θ − v) dt + ξ√v dZ, d⟨W, Z⟩ = correlation dt (Heston, 1993), with θ = volatility²,
 * κ = ln 2 / halfLifeBars and ξ = dispersion·√(2κθ), so that v has the deviation dispersion·θ; Feller's condition is
 * dispersion ≤ 1. Within a move √v stays as it is, and a variance below 0 counts as 0 in it (full truncation; Lord, Koekkoek
 * and Van Dijk, 2010), while its mean decays exactly; v begins at θ.
 */
export const heston = syntheticKind(
  "heston",
  "Stochastic volatility: a variance that returns to its mean and moves against the price.",
  z.strictObject({
    drift,
    volatility: volatility.describe("square root of the mean variance of a bar's log return"),
    halfLifeBars: halfLifeBars.describe("bars in which a deviation of the variance from its mean halves"),
    dispersion: z.number().min(0).max(1).default(0.7).describe("standard deviation of the variance over its mean"),
    correlation: correlation.default(-0.5).describe("correlation of moves of the price and of its variance"),
  }),
  (shape, settings) => {
    const { drift: mean, volatility: deviation, dispersion, correlation: rho } = settings;
    const theta = deviation ** 2;
    const kappa = Math.LN2 / settings.halfLifeBars;
    const dt = 1 / movesPerBar;
    const xi = dispersion * Math.sqrt(2 * kappa * theta);
    const own = Math.sqrt(1 - rho * rho);
    // The exact decay, where Euler's 1 − κ·dt would turn negative for a half-life far below a move.
    const kept = Math.exp(-kappa * dt);
    const noise = xi * Math.sqrt((1 - kept * kept) / (2 * kappa));
    return syntheticUniverse("heston", shape, (_, rng) => {
      let v = theta;
      return moving((x) => {
        const root = Math.sqrt(Math.max(v, 0));
        const ofPrice = rng.normal();
        const ofVariance = rho * ofPrice + own * rng.normal();
        v = theta + (v - theta) * kept + noise * root * ofVariance;
        return x + mean * dt + root * Math.sqrt(dt) * ofPrice;
      });
    });
  },
);
