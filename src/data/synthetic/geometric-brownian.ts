/** @file Geometric Brownian motion: independent normal log returns, of which nothing can be learned. */
import { z } from "zod";
import { randomWalk } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { drift, volatility } from "./settings.ts";

/** dx = drift dt + volatility dW (Samuelson, 1965), x the log price. */
export const geometricBrownian = syntheticKind(
  "geometric-brownian",
  "Independent normal log returns: nothing can be learned.",
  z.strictObject({ drift, volatility }),
  (shape, settings) => randomWalk({ ...shape, ...settings }),
);
