/** @file Does the learner find what is there to be found? */
import type { Universe } from "#domain/universe.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import type { Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable, notRun } from "../finding.ts";
import { inBps, meanInterval } from "../mean-interval.ts";
import { quickTraining, tooSlow } from "../quick-training.ts";

export const oracleLearnability: LeakCheck = {
  asks: "A learner that does not find the next return when it is told of it cannot find anything, and finding nothing proves nothing.",
  async run({ taught, setting }, options): Promise<Finding> {
    if (taught === undefined) return notApplicable("Nothing was learned by trial.");
    const slow = options.thorough ? undefined : tooSlow(taught);
    if (slow !== undefined) return notRun(slow);
    const { universe } = setting;
    const change = (table: FeatureTable): FeatureTable => withNextReturn(table, universe);
    const enough = (earned: Float64Array): boolean => meanInterval(earned).lower > 0;
    const { steps, logReturns } = await quickTraining(taught, universe, { ...options, change, enough });
    const interval = meanInterval(logReturns);
    const did = `Trained its learner for ${steps.toLocaleString("en")} steps, turnover at its bare costs, with the next return among its features.`;
    const result = `on bars that it was not trained on it earned ${inBps(interval)} after costs`;
    return judged(did, enough(logReturns) ? [] : [`it did not find it: ${result}`], `It found it: ${result}.`);
  },
};

/**
 * The table with a column more for each instrument: the log return from the next open to the one after, which is what a decision
 * earns, in deviations.
 */
function withNextReturn(table: FeatureTable, { bars }: Universe): FeatureTable {
  const { rows, blocks, columns } = table;
  const width = columns / blocks;
  const values = new Float32Array(rows * (columns + blocks));
  const told = bars.map(({ open }) => nextReturns(open));
  for (let t = 0; t < rows; t++) {
    for (let block = 0; block < blocks; block++) {
      const [from, into] = [t * columns + block * width, t * (columns + blocks) + block * (width + 1)];
      values.set(table.values.subarray(from, from + width), into);
      values[into + width] = told[block][t];
    }
  }
  return { ...table, values, columns: columns + blocks };
}

function nextReturns(open: Float64Array): Float64Array {
  const returns = Float64Array.from(open, (_, t) => (t + 2 < open.length ? Math.log(open[t + 2] / open[t + 1]) : 0));
  const deviation = Math.sqrt(returns.reduce((sum, value) => sum + value * value, 0) / returns.length);
  return deviation > 0 ? returns.map((value) => value / deviation) : returns;
}
