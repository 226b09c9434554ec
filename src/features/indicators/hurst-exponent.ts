/** @file Hurst exponent of the log returns: ½ for a walk without memory, more where moves persist, less where they revert. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, negligibleVariance, steady } from "../log-returns.ts";
import type { Remembering } from "../memory.ts";
import { remembering } from "../memory.ts";
import { rollingLine } from "../rolling-line.ts";
import { rollingDeviation } from "../rolling-moments.ts";
import { rollingSums } from "../rolling-sum.ts";

/** Lengths of the boxes: from 8 on doubled, up to a quarter of the window. */
function boxLengths(period: number): number[] {
  const lengths: number[] = [];
  for (let length = 8; length <= period / 4; length *= 2) lengths.push(length);
  return lengths;
}

/** Takes the log of each close and gives ln F² of the boxes of one length, at least that of what counts as rounding: F of straight lines is 0. */
function fluctuation(length: number, period: number): ((logClose: number) => number) & Remembering {
  // Detrending takes away what the mean return and the first close add to a profile: it may as well be the log price.
  const box = rollingLine(length);
  const boxes = Math.floor(period / length);
  const squares = rollingSums(length, boxes);
  const phase = new Float64Array(1);
  return remembering([box, squares, phase], (logClose: number) => {
    box.take(logClose);
    // Boxes that do not overlap end at every `length`-th bar: one sum for each bar that they can end at.
    const total = squares(phase[0], box.squares());
    phase[0] = phase[0] + 1 === length ? 0 : phase[0] + 1;
    return Math.log(Math.max(total / (boxes * length), negligibleVariance));
  });
}

/**
 * Slope of ln F(n) against ln n over boxes of n = 8, 16, … closes, the newest box ending at this bar, F(n) the root mean
 * square of the detrended profile (running sum of returns less their mean) in boxes of n: detrended fluctuation analysis of
 * order 1. ½ where the returns are all equal but for rounding. Peng et al., Physical Review E 49, 1994. On fewer than 256
 * returns it is noise: refused.
 */
export function hurstExponent(period = 256): Indicator {
  invariant(period >= 256 && period % 64 === 0, "a Hurst exponent takes 256 returns or more, in 64s", { period });
  const returns = rollingDeviation(period);
  const next = logReturns();
  const lengths = boxLengths(period);
  const fluctuations = lengths.map((length) => fluctuation(length, period));
  const logs = lengths.map(Math.log);
  const centre = logs.reduce((total, log) => total + log, 0) / logs.length;
  const spread = logs.reduce((total, log) => total + (log - centre) ** 2, 0);
  return indicator(["hurst"], period + 1, [returns, next, ...fluctuations], (bar, into, at) => {
    returns.take(next(bar));
    const logClose = Math.log(bar.close);
    let slope = 0;
    for (let box = 0; box < fluctuations.length; box++) {
      slope += ((logs[box] - centre) * fluctuations[box](logClose)) / 2;
    }
    into[at] = steady(returns.squares() / period) ? 0.5 : slope / spread;
  });
}
