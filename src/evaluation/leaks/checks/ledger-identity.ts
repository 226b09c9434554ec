/** @file Is the equity that was reported what the fills leave? */
import type { Finding, LeakCheck } from "../finding.ts";
import { counted, judged, notApplicable } from "../finding.ts";
import { booksOf } from "../books.ts";

/** Rounding, relative to the largest equity. */
const tolerance = 1e-9;

export const ledgerIdentity: LeakCheck = {
  asks: "Equity must be cash and positions at their prices, less every cost: books that are kept again from the fills alone agree.",
  async run({ trade, setting }): Promise<Finding> {
    if (trade === undefined) return notApplicable("It does not trade.");
    const run = await trade(setting);
    const { equity } = booksOf(run, setting);
    const reported = run.curve.equity;
    const scale = reported.reduce((most, value) => Math.max(most, Math.abs(value)), setting.capital);
    let worst = { off: 0, t: setting.from };
    for (let n = 0; n < equity.length; n++) {
      const off = Math.abs(reported[n] - equity[n]) / scale;
      // A NaN is as wrong as anything can be.
      if (!(off <= worst.off)) worst = { off, t: setting.from + n };
    }
    const bars = `${counted(equity.length, "bar")} and ${counted(run.fills.length, "fill")}`;
    return judged(
      `Kept the books of ${bars} again, from fills and prices.`,
      worst.off <= tolerance
        ? []
        : [`equity differs by ${(100 * worst.off).toPrecision(3)} % of its highest at bar ${worst.t}`],
      `Equity agrees at every close, to ${worst.off.toExponential(1)} of its highest.`,
    );
  },
};
