/** @file A feature from a user's own file: what the file must hold, and the laws that it is held to before it is used. */
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import type { Bar, Bars } from "#domain/bar.ts";
import { barAt, barColumns, barsFrom, copyBars, sliceBars } from "#domain/bar.ts";
import type { OwnFeature } from "./feature.ts";
import type { Indicator } from "./indicator.ts";
import { indicator, indicatorColumns, runIndicator } from "./indicator.ts";
import { sampleBars, scaledBars, stillBars } from "./sample-bars.ts";

/** A user's feature, one number or several for each bar. */
export interface UserFeature {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly warmUpBars: number;
  /** Its numbers over a history, `[T, outputs]`. */
  readonly columns: (bars: Bars) => Float64Array;
  /** The form that can trade; absent where the file has only a function over whole histories. */
  readonly create: (() => Indicator) | undefined;
}

/** What a user's `create()` returns: an indicator without what the program adds. */
interface Written {
  readonly outputs: readonly string[];
  readonly warmUpBars: number;
  readonly memory?: readonly Float64Array[];
  next(bar: Bar, into: Float64Array, at: number): void;
}

/**
 * Reads what a file exports: `create()`, which returns `{ outputs, warmUpBars, memory, next }`, or `column(bars)` with
 * `warmUpBars`, which gives one number for each bar; `name` where it is not to be the file's.
 * @throws Failure features/bad-file
 */
export function userFeature(exported: Readonly<Record<string, unknown>>, file: string): UserFeature {
  const refuse = (found: string): never => {
    throw new Failure("features/bad-file", `${file} ${found}`, { file });
  };
  const { create, column, warmUpBars } = exported;
  const name = typeof exported["name"] === "string" ? exported["name"] : file.replace(/^.*[\\/]|\.[^.]*$/g, "");
  if (typeof create === "function") {
    const first = create() as Partial<Written> | undefined;
    const found = wrongIn(first);
    if (found !== undefined) refuse(`has a create() that returns ${found}`);
    const { outputs, warmUpBars: bars } = first as Written;
    const made = (): Indicator => {
      const written = create() as Written;
      return indicator(written.outputs, written.warmUpBars, written.memory ?? [], (bar, into, at) =>
        written.next(bar, into, at),
      );
    };
    return { name, outputs, warmUpBars: bars, columns: (given) => indicatorColumns(made(), given), create: made };
  }
  if (typeof column !== "function") return refuse("exports neither create nor column");
  if (!isWarmUp(warmUpBars)) return refuse("exports column, and no warmUpBars of at least 1 beside it");
  const columns = (bars: Bars): Float64Array => Float64Array.from(column(bars) as ArrayLike<number>);
  return { name, outputs: [name], warmUpBars, columns, create: undefined };
}

function isWarmUp(bars: unknown): bars is number {
  return typeof bars === "number" && Number.isInteger(bars) && bars >= 1;
}

/** What is wrong with what `create()` returned. */
function wrongIn(written: Partial<Written> | undefined): string | undefined {
  if (written === undefined || written === null) return "nothing";
  const { outputs, warmUpBars, memory = [], next } = written;
  if (!Array.isArray(outputs) || outputs.length === 0 || new Set(outputs).size < outputs.length) {
    return "no list of outputs, each named once";
  }
  if (!isWarmUp(warmUpBars)) return "no warmUpBars of at least 1";
  if (!Array.isArray(memory) || !memory.every((part) => part instanceof Float64Array)) {
    return "a memory that is not a list of Float64Array";
  }
  return typeof next === "function" ? undefined : "no next(bar, into, at)";
}

/**
 * A user's feature as one beside those of a set. What it is known by is its file and a hash of what it says of fixed bars:
 * a file that says something else on another machine, or over another version of our indicators, is another feature.
 * @throws Failure features/not-tradable where the file has only a function over whole histories
 */
export function ownFeature(
  { name, outputs, warmUpBars, create }: UserFeature,
  { file, sha256: hash }: Pick<OwnFeature, "file" | "sha256">,
): OwnFeature {
  if (create === undefined) {
    throw new Failure("features/not-tradable", `${file} exports column(bars), over whole histories`, { file });
  }
  const known = indicatorColumns(create(), barsFrom(sampleBars(warmUpBars + 100, 7)));
  const says = sha256(known.subarray((warmUpBars - 1) * outputs.length));
  return {
    name,
    outputs,
    group: "own",
    formula: `${file} (sha256 ${hash}), which says ${says}`,
    range: "as its file gives it",
    source: file,
    file,
    sha256: hash,
    create,
  };
}

/** Bars that it is tried on: random ones, still ones, ones without volume, and the newest of the user's own. */
function trials(warmUpBars: number, given: Readonly<Record<string, Bars>>): Readonly<Record<string, Bars>> {
  const length = warmUpBars + 60;
  const random = sampleBars(length, 11);
  const latest = (bars: Bars): Bars => {
    const end = bars.openTime.length;
    return sliceBars(bars, Math.max(0, end - Math.max(400, length)), end);
  };
  return {
    "random bars": barsFrom(random),
    "a price that never moves": barsFrom(stillBars(length, 101.37, 0)),
    "bars without volume": barsFrom(scaledBars(random, 1, 0)),
    "huge prices": barsFrom(scaledBars(random, 1e9, 1e9)),
    ...Object.fromEntries(Object.entries(given).map(([name, bars]) => [`the bars of ${name}`, latest(bars)])),
  };
}

/**
 * Passes a feature that keeps the laws of an indicator on random bars and on the given
 * ones, by name: it says the same of the same
 * bars, nothing of it changes when later bars change, it is silent for exactly its warm-up and finite after it, it leaves
 * the bars alone, and it keeps all it remembers in `memory`. Gives the names of the bars that it was tried on.
 * @throws Failure features/refused with the law that it breaks, where, and on which bars
 */
export function checkUserFeature(feature: UserFeature, given: Readonly<Record<string, Bars>> = {}): string[] {
  const kinds = trials(feature.warmUpBars, given);
  for (const [kind, bars] of Object.entries(kinds)) {
    const broken = brokenLaw(feature, bars);
    if (broken === undefined) continue;
    throw new Failure("features/refused", `${feature.name} ${broken}, on ${kind}`, {
      feature: feature.name,
      bars: kind,
    });
  }
  return Object.keys(kinds);
}

function brokenLaw(feature: UserFeature, bars: Bars): string | undefined {
  try {
    return (
      brokenRun(feature, bars) ??
      brokenFuture(feature, bars) ??
      brokenWarmUp(feature, bars) ??
      (feature.create === undefined
        ? undefined
        : (brokenStep(feature.create, bars) ?? brokenMemory(feature.create, bars)))
    );
  } catch (cause) {
    return `stops with "${cause instanceof Error ? cause.message : String(cause)}"`;
  }
}

/** Index of the first number that is not the same, to the bit; −1 where there is none. */
function firstDifference(one: Float64Array, other: Float64Array, length = one.length): number {
  return one.subarray(0, length).findIndex((value, at) => !Object.is(value, other[at]));
}

function brokenRun({ columns, outputs }: UserFeature, bars: Bars): string | undefined {
  const given = copyBars(bars);
  const said = columns(given);
  const expected = bars.close.length * outputs.length;
  if (said.length !== expected) return `gives ${said.length} numbers for ${bars.close.length} bars, not ${expected}`;
  const changed =
    barColumns.find((column) => firstDifference(bars[column], given[column]) >= 0) ??
    (bars.measured !== undefined && firstDifference(bars.measured.values, given.measured!.values) >= 0
      ? "measured"
      : undefined);
  if (changed !== undefined) return `changes the ${changed} of the bars that it is given`;
  const at = firstDifference(said, columns(copyBars(bars)));
  if (at < 0) return undefined;
  const t = Math.floor(at / outputs.length);
  return `depends on more than the bars: run twice over the same ones it says two things after bar ${t}`;
}

/** Cuts the bars at many places, and lets them end there or go on in another way. */
function brokenFuture({ columns, outputs }: UserFeature, bars: Bars): string | undefined {
  const length = bars.close.length;
  const width = outputs.length;
  const whole = columns(copyBars(bars));
  const cuts = Math.min(40, length - 1);
  for (let one = 1; one <= cuts; one++) {
    const cut = Math.floor((one * length) / (cuts + 1));
    const futures = {
      "when the bars end": columns(copyBars(sliceBars(bars, 0, cut))),
      "when other bars come": columns(otherFuture(bars, cut)),
    };
    for (const [how, said] of Object.entries(futures)) {
      const at = firstDifference(whole, said, cut * width);
      if (at < 0) continue;
      const t = Math.floor(at / width);
      return `looks ahead: after bar ${t} it says ${whole[at]}, and ${said[at]} ${how} after bar ${cut - 1}`;
    }
  }
  return undefined;
}

/** The same bars up to `cut`, and after it other prices and volumes at the same times. */
function otherFuture(bars: Bars, cut: number): Bars {
  const changed = copyBars(bars);
  const other = sampleBars(bars.close.length - cut, cut + 1);
  const scale = bars.close[Math.max(0, cut - 1)] / other[0].open;
  other.forEach((bar, at) => {
    for (const column of ["open", "high", "low", "close"] as const) changed[column][cut + at] = scale * bar[column];
    changed.volume[cut + at] = bar.volume;
  });
  if (changed.measured !== undefined) {
    const { names, values } = changed.measured;
    for (let at = cut * names.length; at < values.length; at++) values[at] = 1 - values[at];
  }
  return changed;
}

function brokenWarmUp({ columns, outputs, warmUpBars }: UserFeature, bars: Bars): string | undefined {
  const said = columns(copyBars(bars));
  const silent = Math.min((warmUpBars - 1) * outputs.length, said.length);
  const early = said.subarray(0, silent).findIndex((value) => !Number.isNaN(value));
  if (early >= 0) {
    const t = Math.floor(early / outputs.length);
    return `has a warm-up of ${warmUpBars} bars and says ${said[early]} after bar ${t}, where NaN is due`;
  }
  const late = said.findIndex((value, at) => at >= silent && !Number.isFinite(value));
  if (late < 0) return undefined;
  return `says ${said[late]} after bar ${Math.floor(late / outputs.length)}, and its warm-up ends with bar ${warmUpBars - 1}`;
}

/** Among other features it must say what it says alone, and leave them and the bar to themselves. */
function brokenStep(create: () => Indicator, bars: Bars): string | undefined {
  const alone = indicatorColumns(create(), bars);
  const own = create();
  const width = own.outputs.length;
  const row = new Float64Array(width + 2);
  for (let t = 0; t < bars.close.length; t++) {
    const [bar, given] = [barAt(bars, t), barAt(bars, t)];
    const neighbour = 1 + t / 7;
    row.fill(neighbour);
    own.next(given, row, 1);
    const changed = barColumns.find((column) => !Object.is(given[column], bar[column]));
    if (changed !== undefined) return `changes the ${changed} of the bar that it is given`;
    if (row[0] !== neighbour || row[width + 1] !== neighbour) return "writes beside its own outputs";
    if (firstDifference(alone.subarray(t * width, (t + 1) * width), row.subarray(1, width + 1)) < 0) continue;
    return `says other numbers among other features than alone, after bar ${t}: it must write each output at each bar, read nothing from the row that it writes into, and keep no bar`;
  }
  return undefined;
}

/** One that goes on from a saved state, and two that run beside each other, must say what one alone says. */
function brokenMemory(create: () => Indicator, bars: Bars): string | undefined {
  const whole = indicatorColumns(create(), bars);
  const length = bars.close.length;
  const width = create().outputs.length;
  for (const cut of [1, Math.floor(length / 3), length - 5]) {
    const saved = create();
    runIndicator(saved, sliceBars(bars, 0, cut), new Float64Array(cut * width), 0, width);
    const restored = create();
    restored.restore(saved.state());
    const rest = indicatorColumns(restored, sliceBars(bars, cut, length));
    if (firstDifference(whole.subarray(cut * width), rest) >= 0) {
      return `depends on hidden state: put back with its memory after bar ${cut - 1}, it goes on differently; keep all that it remembers in memory`;
    }
  }
  const [one, other] = [create(), create()];
  const [said, beside] = [new Float64Array(whole.length), new Float64Array(width)];
  for (let t = 0; t < length; t++) {
    one.next(barAt(bars, t), said, t * width);
    other.next(barAt(bars, length - 1 - t), beside, 0);
  }
  if (firstDifference(whole, said) < 0) return undefined;
  return "depends on hidden state: two of them that run beside each other change what each says";
}
