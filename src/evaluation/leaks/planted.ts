/** @file Leaks on purpose: the battery has to catch each of them, whatever it is run on. */
import type { Universe } from "#domain/universe.ts";
import type { Policy } from "#policy/policy.ts";
import type { Backtest } from "../backtest.ts";
import type { SeenNumbers, StrategyInput, Trade } from "./subject.ts";

/** Rows `[T, columns]` that hold what is known only one bar later; the last stays. */
export function shifted<Values extends Float32Array | Float64Array>(values: Values, columns: number): Values {
  const leaking = values.slice() as Values;
  leaking.copyWithin(0, columns);
  return leaking;
}

/** The name of the column that `withPlanted` adds. */
export const plantedColumn = "planted: the return of the next bar";

/** What is seen, with one more column: the log return of the first instrument in the bar after. */
export function withPlanted(seen: SeenNumbers, { bars: [{ close }] }: Universe): SeenNumbers {
  const [width, rows] = [seen.names.length, close.length];
  const values = new Float64Array(rows * (width + 1));
  for (let t = 0; t < rows; t++) {
    values.set(seen.values.subarray(t * width, (t + 1) * width), t * (width + 1));
    values[t * (width + 1) + width] = t + 1 < rows ? Math.log(close[t + 1] / close[t]) : 0;
  }
  return { names: [...seen.names, plantedColumn], values };
}

/** How much of a move is the whole of a weight. */
const steepness = 100;

/** Of a log return, from flat to all of an equal share. */
function weight(logReturn: number, instruments: number): number {
  return (1 + Math.tanh(steepness * logReturn)) / 2 / instruments;
}

/** The longer, the more the next bar rises: no two futures give the same weight. */
export function clairvoyant({ universe: { bars }, from }: StrategyInput): Policy {
  let t = from;
  return {
    name: "clairvoyant",
    act() {
      t++;
      return {
        weights: bars.map(({ close }) => weight(t < close.length ? Math.log(close[t] / close[t - 1]) : 0, bars.length)),
      };
    },
  };
}

/** Honest, and sure to trade: the longer, the more the bar that has just closed rose. */
export function chasing(): Policy {
  return {
    name: "chasing",
    act: ({ bars }) => ({ weights: bars.map(({ open, close }) => weight(Math.log(close / open), bars.length)) }),
  };
}

/** What trades, with its books as if each order were filled in the bar that it was decided on, at that bar's close. */
export function filledInItsOwnBar(trade: Trade): Trade {
  return async (setting, watch) => {
    const { universe, from } = setting;
    const run = await trade(setting, watch);
    const fills = run.fills.map((fill): Backtest["fills"][number] => {
      const t = universe.openTime.indexOf(fill.filledAt) - 1;
      const i = universe.instruments.findIndex(({ symbol }) => symbol === fill.symbol);
      const price = universe.bars[i].close[t];
      return { ...fill, filledAt: universe.openTime[t], price, referencePrice: price };
    });
    return { ...run, fills: fills.filter(({ filledAt }) => filledAt > universe.openTime[from]) };
  };
}
