/** @file What was measured of a bar beside its prices, as it is. */
import { invariant } from "#base/invariant.ts";
import type { Bar } from "#domain/bar.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

/** The numbers at `places` of `bar.measured`, one output for each. */
export function measuredEach(outputs: readonly string[], places: readonly number[]): Indicator {
  invariant(outputs.length === places.length && places.length > 0, "each measured number has an output", {
    outputs: outputs.length,
    places: places.length,
  });
  return indicator(outputs, 1, [], ({ measured: numbers }: Bar, into, at) => {
    if (numbers === undefined) return invariant(false, "the bar has what its features are made of");
    for (let k = 0; k < places.length; k++) into[at + k] = numbers[places[k]];
  });
}

/** The mean of the numbers at `places` of `bar.measured`; of one place the number itself. */
export function measured(places: readonly number[]): Indicator {
  invariant(places.length > 0, "an indicator of what is measured names at least one place");
  return indicator(["value"], 1, [], ({ measured: numbers }: Bar, into, at) => {
    if (numbers === undefined) return invariant(false, "the bar has what its features are made of");
    let total = 0;
    for (let k = 0; k < places.length; k++) total += numbers[places[k]];
    into[at] = total / places.length;
  });
}
