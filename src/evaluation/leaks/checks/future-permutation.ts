/** @file Does anything that was known at a bar change when the bars after it do? */
import type { CheckOptions, Finding, LeakCheck } from "../finding.ts";
import { counted, judged } from "../finding.ts";
import type { Difference } from "../known.ts";
import { cuts, differences, known, told } from "../known.ts";
import { otherFuture } from "../other-bars.ts";
import type { Subject } from "../subject.ts";

/** Bars after which the future is replaced. */
const usual = 3;
const thorough = 12;

/** What changes up to bar `t` when every bar after it is noise, above its close or below it. */
export async function seenFuture(subject: Subject, t: number, seed: number): Promise<Difference[]> {
  const { universe } = subject.setting;
  const one = await known(subject, universe, t);
  for (const side of ["higher", "lower"] as const) {
    const found = differences(one, await known(subject, otherFuture(universe, t, seed, side), t), t);
    if (found.length > 0) return found;
  }
  return [];
}

/** What a subject knows, in words. */
export function whatIsKnown({ features, trade }: Subject): string {
  const parts = [
    ...(features === undefined ? [] : ["features"]),
    ...(trade === undefined ? [] : ["decisions, fills and equity"]),
  ];
  return parts.join(", ");
}

export const futurePermutation: LeakCheck = {
  asks: "Nothing that was known at a bar may change when every bar after it is replaced by noise.",
  async run(subject: Subject, options: CheckOptions): Promise<Finding> {
    const { universe, from, to } = subject.setting;
    const places = cuts(from, to, options.thorough ? thorough : usual);
    const wrong: string[] = [];
    for (const t of places) {
      const found = await seenFuture(subject, t, options.seed + t);
      if (found.length > 0) wrong.push(`${told(found, universe)} changed with the bars after bar ${t}`);
    }
    return judged(
      `Replaced all bars after ${counted(places.length, "bar")} by noise, once above and once below the last close, and computed and traded anew.`,
      wrong,
      `${capital(whatIsKnown(subject))} up to them are the same to the bit.`,
    );
  },
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
