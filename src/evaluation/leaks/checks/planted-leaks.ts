/** @file Would the battery see a leak if there were one? */
import { backtest, noFeatures } from "../../backtest.ts";
import type { CheckOptions, Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable } from "../finding.ts";
import { cuts } from "../known.ts";
import { chasing, clairvoyant, filledInItsOwnBar, plantedColumn, withPlanted } from "../planted.ts";
import { watched } from "../subject.ts";
import type { CreateStrategy, Subject, Trade } from "../subject.ts";
import { seenFuture } from "./future-permutation.ts";
import { oneBarLag } from "./one-bar-lag.ts";
import { scalerFold } from "./scaler-fold.ts";

/** Plants a leak in a subject and says whether the check that it is for caught it; undefined where it cannot be planted. */
type Canary = (subject: Subject, options: CheckOptions) => Promise<boolean> | undefined;

/** By what is planted. */
const canaries: Readonly<Record<string, Canary>> = {
  "a feature that is one bar early": ({ features, setting, ...subject }, { seed }) => {
    if (features === undefined) return undefined;
    const planted: Subject = {
      ...subject,
      setting,
      trade: undefined,
      features: (universe) => withPlanted(features(universe), universe),
    };
    return caught(planted, seed, (name) => name === `feature ${plantedColumn}`);
  },
  "a policy that knows the next close": ({ trade, ...subject }, { seed }) => {
    if (trade === undefined) return undefined;
    return caught({ ...subject, trade: knowing, features: undefined }, seed, (name) => name === "decisions");
  },
  "orders that are filled in their own bar": ({ trade, ...subject }, options) => {
    if (trade === undefined) return undefined;
    // A policy that is sure to trade: the subject's own may hold one position for ever.
    return hasFailed(oneBarLag, { ...subject, served: undefined, trade: filledInItsOwnBar(honest) }, options);
  },
  "a scaler that was fitted on all bars": ({ fit, ...subject }, options) => {
    if (fit === undefined) return undefined;
    const { fittedOn, refit } = fit;
    // Bars that come later stand in for those that it may know.
    const leaking = {
      ...fit,
      fittedOn: { from: fittedOn.from, to: Math.floor((fittedOn.from + fittedOn.to) / 2) },
      refit,
    };
    return hasFailed(scalerFold, { ...subject, fit: leaking }, options);
  },
};

const knowing = tradeOf(clairvoyant);
const honest = tradeOf(chasing);

function tradeOf(create: CreateStrategy): Trade {
  return (setting, watch) => {
    const { universe, from } = setting;
    return backtest(watched(create({ universe, from }), universe.openTime, from, watch), noFeatures, setting);
  };
}

async function caught(planted: Subject, seed: number, isIt: (name: string) => boolean): Promise<boolean> {
  const { from, to } = planted.setting;
  const [t] = cuts(from, to, 1);
  return (await seenFuture(planted, t, seed)).some(({ name }) => isIt(name));
}

async function hasFailed(check: LeakCheck, planted: Subject, options: CheckOptions): Promise<boolean> {
  return (await check.run(planted, options)).outcome === "failed";
}

export const plantedLeaks: LeakCheck = {
  asks: "The battery proves itself: leaks that are planted on purpose in this very subject must be caught by the checks that they are for.",
  async run(subject, options): Promise<Finding> {
    const planted: string[] = [];
    const missed: string[] = [];
    for (const [name, canary] of Object.entries(canaries)) {
      const found = canary(subject, options);
      if (found === undefined) continue;
      planted.push(name);
      if (!(await found)) missed.push(`${name} was not caught`);
    }
    if (planted.length === 0) return notApplicable("There is nothing that a leak could be planted in.");
    return judged(
      `Planted ${planted.join("; ")}.`,
      missed,
      `${planted.length === 1 ? "It was" : "Each was"} caught by its check.`,
    );
  },
};
