/** @file The online scaler: follows a drifting market, one row at a time, and says how far it has drifted. */
import { invariant } from "#base/invariant.ts";
import type { Remembering } from "../memory.ts";
import type { Scaler } from "../scaler.ts";

/** Scales rows by what the rows before them were like. */
export interface OnlineScaler extends Remembering {
  /** Scales F raw numbers at `from` into `into` from `at`, then learns from them. A NaN stays NaN and teaches nothing. */
  next(raw: Float64Array, from: number, into: Float32Array, at: number): void;
  /** `[F]`: how far each mean has moved from where the scaler began, in the scales that it began with. */
  drift(): Float64Array;
}

/**
 * Exponentially weighted mean and variance: z = (x − μ) / σ, clipped, then μ ← μ + αδ and σ² ← (1 − α)(σ² + αδ²) with
 * δ = x − μ and α = 1 − 2^(−1/halfLife) (West, 1979; Finch, 2009). It begins with the centre and scale of a fitted scaler
 * without warps, so that it needs no warm-up; σ is never below a thousandth of the scale that it began with, so that a
 * market that falls asleep does not blow up what follows.
 */
export function onlineScaler(start: Scaler, halfLifeBars: number): OnlineScaler {
  invariant(halfLifeBars > 0, "a half-life is above 0", { halfLifeBars });
  invariant(start.warps === undefined, "an online scaler begins with a scaler without warps");
  const { clip } = start;
  const alpha = 1 - 2 ** (-1 / halfLifeBars);
  const mean = start.centre.slice();
  const variance = start.scale.map((scale) => scale * scale);
  const least = start.scale.map((scale) => scale / 1000);
  return {
    memory: [mean, variance],
    next(raw, from, into, at) {
      for (let feature = 0; feature < mean.length; feature++) {
        const away = raw[from + feature] - mean[feature];
        const value = away / Math.max(Math.sqrt(variance[feature]), least[feature]);
        into[at + feature] = value > clip ? clip : value < -clip ? -clip : value;
        if (Number.isNaN(away)) continue;
        mean[feature] += alpha * away;
        variance[feature] = (1 - alpha) * (variance[feature] + alpha * away * away);
      }
    },
    drift: () => mean.map((now, feature) => (now - start.centre[feature]) / start.scale[feature]),
  };
}
