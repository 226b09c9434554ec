/** @file What became known at which bar, and what of it is different when other bars follow. */
import type { Fill } from "#domain/fill.ts";
import type { Universe } from "#domain/universe.ts";
import type { Decision } from "#policy/policy.ts";
import type { Subject } from "./subject.ts";

/** Values that became known at bar `t`. */
interface Moment {
  readonly t: number;
  readonly values: readonly unknown[];
}

/** By name, each in order of time. */
export type Known = Readonly<Record<string, readonly Moment[]>>;

/** Where something said before is no longer the same. */
export interface Difference {
  readonly name: string;
  readonly t: number;
}

/** The first difference of each name up to bar `until`, to the bit. */
export function differences(one: Known, other: Known, until: number): Difference[] {
  return Object.keys(one).flatMap((name): Difference[] => {
    const t = firstDifference(upTo(one[name], until), upTo(other[name] ?? [], until));
    return t === undefined ? [] : [{ name, t }];
  });
}

function upTo(moments: readonly Moment[], until: number): readonly Moment[] {
  return moments.filter(({ t }) => t <= until);
}

function firstDifference(one: readonly Moment[], other: readonly Moment[]): number | undefined {
  const length = Math.max(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [one[at], other[at]];
    if (a === undefined || b === undefined) return (a ?? b).t;
    const same =
      a.t === b.t && a.values.length === b.values.length && a.values.every((value, n) => Object.is(value, b.values[n]));
    if (!same) return Math.min(a.t, b.t);
  }
  return undefined;
}

/** The numbers and words of a decision. */
export function valuesOf(decision: Decision): readonly unknown[] {
  if ("weights" in decision) return decision.weights ?? [undefined];
  const { signals, entropy = [], confidence = [] } = decision;
  return [...signals, ...entropy, ...confidence];
}

/**
 * What a subject knows on other bars than its own: its features column by column, and its decisions, fills and equity where it
 * trades up to bar `until`, the last bar that is decided at.
 */
export async function known(subject: Subject, universe: Universe, until: number): Promise<Known> {
  return { ...featuresKnown(subject, universe, until), ...(await tradingKnown(subject, universe, until)) };
}

function featuresKnown({ features }: Subject, universe: Universe, until: number): Known {
  if (features === undefined) return {};
  const { names, values } = features(universe);
  const width = names.length;
  const last = Math.min(until, universe.openTime.length - 1);
  return Object.fromEntries(
    names.map((name, f) => [
      `feature ${name}`,
      Array.from({ length: last + 1 }, (_, t): Moment => ({ t, values: [values[t * width + f]] })),
    ]),
  );
}

async function tradingKnown({ trade, setting }: Subject, universe: Universe, until: number): Promise<Known> {
  if (trade === undefined) return {};
  const { from } = setting;
  const decisions: Moment[] = [];
  const to = Math.min(universe.openTime.length, until + 2);
  const { fills, curve } = await trade({ ...setting, universe, to }, (t, decision) => {
    decisions.push({ t, values: valuesOf(decision) });
  });
  return {
    decisions,
    fills: fills.map((fill) => momentOf(fill, universe)),
    equity: [...curve.equity].map((equity, n) => ({ t: from + n, values: [equity] })),
  };
}

function momentOf(fill: Fill, universe: Universe): Moment {
  return { t: universe.openTime.indexOf(fill.filledAt), values: Object.values(fill) };
}

/** Evenly spread bars of those that are looked at, the border bars left out. */
export function cuts(from: number, to: number, count: number): number[] {
  const places = Array.from({ length: count }, (_, n) => from + Math.round(((n + 1) * (to - 1 - from)) / (count + 1)));
  return [...new Set(places)].filter((t) => t > from && t < to - 1);
}

/** In words: what differs and where, the first few. */
export function told(found: readonly Difference[], { openTime }: Universe): string {
  const shown = found.slice(0, 3).map(({ name, t }) => `${name} at ${moment(openTime[t])}`);
  const more = found.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function moment(time: number): string {
  const text = new Date(time).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}
