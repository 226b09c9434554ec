/** @file Regimes: a market that is of one kind for a while and then of another, by a hidden Markov chain. */
import { z } from "zod";
import { movesPerBar, syntheticUniverse } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { drift, volatility } from "./settings.ts";

const regime = z.strictObject({
  drift,
  volatility,
  meanBars: z.number().min(1).default(100).describe("mean number of bars that the regime lasts"),
});

/**
 * In regime k a bar's log return is normal with its drift and volatility; after each bar the regime ends with the chance
 * 1 / meanBars, so that it lasts geometrically long, and one of the others follows with equal chance (Hamilton, 1989). Over
 * time each regime takes the share meanBars / Σ meanBars; the first one is drawn so.
 */
export const regimeSwitching = syntheticKind(
  "regime-switching",
  "A hidden Markov chain of regimes, each with its own drift and volatility.",
  z.strictObject({
    regimes: z
      .array(regime)
      .min(2)
      .default([
        { drift: 0.0005, volatility: 0.008, meanBars: 120 },
        { drift: -0.001, volatility: 0.02, meanBars: 40 },
      ])
      .describe("drift, volatility and mean length in bars of each regime"),
  }),
  (shape, { regimes }) => {
    const all = regimes.reduce((sum, { meanBars }) => sum + meanBars, 0);
    return syntheticUniverse("regime-switching", shape, (_, rng) => {
      let now = 0;
      for (let left = rng.uniform() * all - regimes[0].meanBars; left >= 0 && now < regimes.length - 1;) {
        left -= regimes[++now].meanBars;
      }
      return (path) => {
        const { drift: mean, volatility: deviation, meanBars } = regimes[now];
        const each = deviation / Math.sqrt(movesPerBar);
        for (let move = 1; move <= movesPerBar; move++) {
          path[move] = path[move - 1] + mean / movesPerBar + each * rng.normal();
        }
        if (rng.uniform() * meanBars < 1) now = (now + 1 + rng.integer(regimes.length - 1)) % regimes.length;
      };
    });
  },
);
