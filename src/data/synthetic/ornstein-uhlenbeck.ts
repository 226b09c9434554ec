/** @file A log price that returns to its mean: what can be earned from it is known (market/optimum). */
import { z } from "zod";
import { ornsteinUhlenbeck as reverting } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { halfLifeBars, volatility } from "./settings.ts";

/** dx = −κx dt + volatility dW with κ = ln 2 / halfLifeBars (Uhlenbeck and Ornstein, 1930), x the log price over the start price. */
export const ornsteinUhlenbeck = syntheticKind(
  "ornstein-uhlenbeck",
  "A log price that returns to its mean with a known half-life.",
  z.strictObject({ volatility, halfLifeBars }),
  (shape, settings) => reverting({ ...shape, ...settings }),
);
