/** @file Indicators made of others. */
import { invariant } from "#base/invariant.ts";
import { delayed } from "./delayed.ts";
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";

/** Only these outputs of an indicator, in this order. */
export function only(inner: Indicator, outputs: readonly string[]): Indicator {
  const from = outputs.map((output) => inner.outputs.indexOf(output));
  invariant(!from.includes(-1), "only outputs that an indicator has are taken from it", { wanted: outputs.join(" ") });
  const all = new Float64Array(inner.outputs.length);
  return indicator(outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, all, 0);
    for (let output = 0; output < from.length; output++) into[at + output] = all[from[output]];
  });
}

/** How much each output changed a bar, over the last `bars` bars: (value − value[bars]) / bars. */
export function slope(inner: Indicator, bars: number): Indicator {
  const before = inner.outputs.map(() => delayed(bars));
  return indicator(inner.outputs, inner.warmUpBars + bars, [inner, ...before], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = 0; output < before.length; output++) {
      const value = into[at + output];
      into[at + output] = (value - before[output](value)) / bars;
    }
  });
}

/** Σ weight · value / Σ weight of an indicator's outputs, in their order. */
export function weightedVote(inner: Indicator, weights: readonly number[]): Indicator {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  invariant(weights.length === inner.outputs.length && total > 0, "each voter has a weight", {
    weights: weights.length,
    voters: inner.outputs.length,
  });
  const voices = new Float64Array(weights.length);
  return indicator(["vote"], inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, voices, 0);
    let sum = 0;
    for (let voter = 0; voter < voices.length; voter++) sum += weights[voter] * voices[voter];
    into[at] = sum / total;
  });
}

/** 1 where all outputs of an indicator are above 0, −1 where all are below 0, else 0. */
export function confluence(inner: Indicator): Indicator {
  const voices = new Float64Array(inner.outputs.length);
  return indicator(["confluence"], inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, voices, 0);
    let [up, down, unknown] = [1, 1, 0];
    for (const voice of voices) {
      if (Number.isNaN(voice)) unknown = NaN;
      if (!(voice > 0)) up = 0;
      if (!(voice < 0)) down = 0;
    }
    into[at] = up - down + unknown;
  });
}
