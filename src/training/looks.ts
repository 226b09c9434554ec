/** @file What the looks at how a policy does without exploring say: when to stop training, and when to worry. Pure. */
import type { GreedyScore } from "./greedy.ts";

/** The same policy on the last bars that it learns from and on the validation span, each from a flat account. */
export interface Look {
  /** Env steps learned from so far; 0 for the untrained network. */
  readonly transitions: number;
  readonly train: GreedyScore;
  readonly validation: GreedyScore;
}

/** All counts are env steps over all lanes, never calls or updates. */
export interface EarlyStopping {
  /** Training ends where the validation span was not done better on for so long. */
  readonly patience: number;
  /** Never before so many. */
  readonly minimum: number;
  /** What counts as better: so much more log return of a bar. */
  readonly improvement: number;
}

export interface Alarm {
  readonly kind: "overfitting" | "unstable";
  readonly transitions: number;
  /** What was seen, and what to do. */
  readonly message: string;
}

/** Has the validation span not been done better on for as long as the patience lasts? The untrained network does not count. */
export function exhausted(looks: readonly Look[], { patience, minimum, improvement }: EarlyStopping): boolean {
  const trained = looks.filter(({ transitions }) => transitions > 0);
  const now = trained.at(-1)?.transitions ?? 0;
  if (now < minimum) return false;
  let best = Number.NEGATIVE_INFINITY;
  let improvedAt = 0;
  for (const { transitions, validation } of trained) {
    if (validation.meanReward <= best + improvement) continue;
    best = validation.meanReward;
    improvedAt = transitions;
  }
  return now - improvedAt >= patience;
}

/** Looks that an alarm is told from: fewer are noise. */
const span = 6;
/** A trend counts where it is so many of its standard errors away from none. */
const clear = 2;

/** An alarm where, over the last looks, training clearly rises and validation clearly falls. */
export function overfitting(looks: readonly Look[]): Alarm | undefined {
  const last = looks.filter(({ transitions }) => transitions > 0).slice(-span);
  if (last.length < span) return undefined;
  const training = trend(last.map(({ train }) => train.meanReward));
  const validating = trend(last.map(({ validation }) => validation.meanReward));
  if (training < clear || validating > -clear) return undefined;
  const { transitions } = last[span - 1];
  const message =
    `over the last ${span} looks the bars it learns from are done better on and those it does not know worse: ` +
    "it learns them by heart. Stop here (earlyStopping.patience does it by itself; earlier parameters are gone back to where they clearly did better), " +
    "or train on more bars, with fewer features, a smaller network or fewer epochs";
  return { kind: "overfitting", transitions, message };
}

/** Iterations whose losses a loss is compared with. */
const memory = 20;
/** Losses that `unstable` looks at. */
export const rememberedLosses = memory + 1;
/** A loss so many times as large as usual has run away. */
const runaway = 50;

/** An alarm where the last of the value losses is out of all proportion to those before it. */
export function unstable(valueLosses: readonly number[], transitions: number): Alarm | undefined {
  const before = valueLosses.slice(-rememberedLosses, -1).toSorted((a, b) => a - b);
  const last = valueLosses.at(-1);
  if (before.length < memory || last === undefined) return undefined;
  const usual = before[memory / 2];
  if (last <= runaway * usual) return undefined;
  const message =
    `the value loss is ${last.toPrecision(2)}, usually it is ${usual.toPrecision(2)}: updates are too large. ` +
    "Lower the learning rate or the clip, or look at the scale of the reward";
  return { kind: "unstable", transitions, message };
}

/** Slope of the least-squares line through equally spaced values, in its standard errors; 0 where all are equal. */
function trend(values: readonly number[]): number {
  const n = values.length;
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = (n * (n * n - 1)) / 12;
  const slope = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
  if (slope === 0) return 0;
  const squares = values.reduce((sum, value, at) => sum + (value - mean - slope * (at - middle)) ** 2, 0);
  return slope / Math.sqrt(squares / (n - 2) / spread);
}
