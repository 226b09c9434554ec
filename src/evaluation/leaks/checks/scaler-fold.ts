/** @file Was what scales the features fitted on the training fold, and on nothing else? */
import type { Scaler } from "#features/scaler.ts";
import { plainScaler } from "#features/scalers/fitted-scaler.ts";
import type { Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable } from "../finding.ts";
import { otherFuture } from "../other-bars.ts";

export const scalerFold: LeakCheck = {
  asks: "A scaler that knows later bars tells of them in every number that it scales.",
  run({ fit, setting }, options): Finding {
    if (fit === undefined) return notApplicable("Nothing was fitted.");
    const { universe } = setting;
    const { scaler, fittedOn, refit } = fit;
    const wrong = [
      ...(isSame(scaler, refit(universe)) ? [] : ["it is not what its training span gives"]),
      ...(isSame(scaler, refit(otherFuture(universe, fittedOn.to - 1, options.seed)))
        ? []
        : ["fitted again it is another when the bars after its training span are noise"]),
    ];
    return judged(
      `Fitted the scaler again on the training span (bars ${fittedOn.from} to ${fittedOn.to - 1}), and once more with noise after it.`,
      wrong,
      `All ${scaler.centre.length} columns are those of the training span, to the bit.`,
    );
  },
};

/** To the bit, as JSON keeps it: −0 is 0. */
function isSame(one: Scaler, other: Scaler): boolean {
  return JSON.stringify(plainScaler(one)) === JSON.stringify(plainScaler(other));
}
