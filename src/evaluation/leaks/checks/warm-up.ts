/** @file Does it matter when the history began? */
import type { Decision } from "#policy/policy.ts";
import type { BacktestSetting } from "../../backtest.ts";
import type { Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable } from "../finding.ts";
import { valuesOf } from "../known.ts";
import { laterBeginning } from "../other-bars.ts";
import type { SeenNumbers, Subject } from "../subject.ts";

/** A history that is cut still has so many times what is needed before the first decision. */
const leastHistory = 2;
/** Weights further apart than this are another decision: less is what a running mean remembers of its first bars. */
const alike = 1e-3;

export const warmUp: LeakCheck = {
  asks: "What is decided may not depend on how far back the bars go: a live stream begins elsewhere than the training's table.",
  async run({ trade, features, setting, historyBars }: Subject): Promise<Finding> {
    if (trade === undefined && features === undefined) return notApplicable("It neither trades nor sees anything.");
    const { universe, from, to } = setting;
    const left = Math.max(leastHistory * (historyBars + 1), Math.floor(from / 2));
    const dropped = from - left;
    if (dropped < 1) {
      return notApplicable(
        `There are ${from} bars before the first decision, and ${leastHistory * (historyBars + 1)} would have to be left.`,
      );
    }
    const shorter = { ...setting, universe: laterBeginning(universe, dropped), from: left, to: to - dropped };
    const drift = features && largestDrift(features(universe), features(shorter.universe), setting, dropped);
    const wrong: string[] = [];
    if (trade !== undefined) {
      const [one, other] = [await decisionsOf(trade, setting), await decisionsOf(trade, shorter)];
      const at = one.findIndex((values, n) => !areAlike(values, other[n] ?? []));
      if (at >= 0) {
        const count = one.filter((values, n) => !areAlike(values, other[n] ?? [])).length;
        wrong.push(`${count} of ${one.length} decisions are others, the first ${at} bars after the beginning`);
      }
    }
    if (trade === undefined && drift !== undefined && drift.deviations > 1) {
      wrong.push(`${drift.name} is ${drift.deviations.toFixed(1)} deviations away from what it was`);
    }
    const moved =
      drift === undefined
        ? ""
        : `; of the features ${drift.name} moved most, by ${drift.deviations.toExponential(1)} of its deviation`;
    return judged(
      `Left out the first ${dropped} of ${from} bars of history, and computed and traded anew.`,
      wrong,
      `${trade === undefined ? "No feature depends on when the bars begin" : "Every decision is the same"}${moved}.`,
    );
  },
};

async function decisionsOf(
  trade: NonNullable<Subject["trade"]>,
  setting: BacktestSetting,
): Promise<(readonly unknown[])[]> {
  const decisions: (readonly unknown[])[] = [];
  await trade(setting, (_, decision: Decision) => decisions.push(valuesOf(decision)));
  return decisions;
}

function areAlike(one: readonly unknown[], other: readonly unknown[]): boolean {
  return (
    one.length === other.length &&
    one.every((value, n) => {
      const [a, b] = [value, other[n]];
      return typeof a === "number" && typeof b === "number" ? Math.abs(a - b) <= alike || Object.is(a, b) : a === b;
    })
  );
}

/** The feature that moved most from the first decision on, in deviations of what it is there. */
function largestDrift(
  { names, values }: SeenNumbers,
  later: SeenNumbers,
  { from, to }: BacktestSetting,
  dropped: number,
): { readonly name: string; readonly deviations: number } {
  const width = names.length;
  let worst = { name: names[0], deviations: 0 };
  for (let f = 0; f < width; f++) {
    let [sum, squares, off] = [0, 0, 0];
    for (let t = from; t < to; t++) {
      const value = values[t * width + f];
      sum += value;
      squares += value * value;
      off = Math.max(off, Math.abs(value - later.values[(t - dropped) * width + f]));
    }
    const bars = to - from;
    const deviation = Math.sqrt(Math.max(0, squares / bars - (sum / bars) ** 2));
    const deviations = off === 0 ? 0 : off / Math.max(deviation, 1e-300);
    if (deviations > worst.deviations) worst = { name: names[f], deviations };
  }
  return worst;
}
