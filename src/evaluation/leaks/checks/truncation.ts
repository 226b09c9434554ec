/** @file Does anything that was known at a bar change when there are no bars after it? */
import type { Finding, LeakCheck } from "../finding.ts";
import { counted, judged } from "../finding.ts";
import { cuts, differences, known, told } from "../known.ts";
import { truncated } from "../other-bars.ts";
import { whatIsKnown } from "./future-permutation.ts";

const usual = 3;
const thorough = 12;

export const truncation: LeakCheck = {
  asks: "Nothing may change when the bars end there: a mean of the whole history, a centred average or a count of bars would.",
  async run(subject, options): Promise<Finding> {
    const { universe, from, to } = subject.setting;
    const places = cuts(from, to, options.thorough ? thorough : usual);
    const wrong: string[] = [];
    for (const t of places) {
      // Beyond the last bar there is no fill: what is compared is what both could know.
      const found = differences(await known(subject, universe, t), await known(subject, truncated(universe, t), t), t);
      if (found.length > 0) wrong.push(`${told(found, universe)} is another where the bars end at bar ${t}`);
    }
    return judged(
      `Ended the bars at ${counted(places.length, "bar")}, and computed and traded anew.`,
      wrong,
      `What was known by then (${whatIsKnown(subject)}) is the same to the bit.`,
    );
  },
};
