/**
 * @file Stress: what can go wrong in a market, done to prices, fills and features and never to a reward. A stressed market is
 * a copy with seeded events in it; before an event begins nothing differs, to the bit.
 */
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Bars } from "#domain/bar.ts";
import { emptyBars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { atrColumn } from "#features/indicators/average-true-range.ts";
import { slippageAtrPeriod } from "./quotes.ts";
import type { Quotes } from "./quotes.ts";
import type { StressKindName } from "./stress/events.ts";
import { stressKinds } from "./stress/events.ts";
import type { Market } from "./world.ts";
import { createMarket } from "./world.ts";

/** Prices of one bar, to be changed in place. What comes out is widened so that low ≤ open, close ≤ high. */
export interface StressedBar {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** What fills of each bar suffer, `[T × I]`. */
export interface FillStress {
  /** What the half spread and the slippage are multiplied by. */
  readonly spread: Float64Array;
  readonly slippage: Float64Array;
  /** Share of the way from the open to the bar's worst price at which a late order is filled. */
  readonly latency: Float64Array;
  /** 1: new orders are rejected. 2: nothing trades, resting orders and margin calls included. */
  readonly blocked: Uint8Array;
}

/** One kind of event, and the ways in which it acts: on bars, on fills, on features. */
export interface StressKind {
  /** Least and most severity that makes sense, and what it counts. */
  readonly severity: readonly [number, number];
  readonly unit: "ATR" | "times" | "share" | "none";
  /** Severity and length in bars where a setting names none, evenly drawn from the first to the second. */
  readonly usual: { readonly severity: readonly [number, number]; readonly bars: readonly [number, number] };
  /** Changes a bar. `move` is the severity as a signed log price where it counts ATR, else as it is. */
  readonly price?: (bar: StressedBar, move: number, closeBefore: number) => void;
  /** True where the move stays in all later prices: then `price` is not there. */
  readonly lasts?: true;
  readonly fill?: (fills: FillStress, at: number, severity: number) => void;
  /** True where features go stale. */
  readonly features?: true;
}

/** How often a kind of event begins in a bar of an instrument, how severe it is and how many bars it takes. */
export interface StressOccurrence {
  readonly probability: number;
  readonly severity?: readonly [number, number] | undefined;
  readonly bars?: readonly [number, number] | undefined;
}

/** Within each window of bars an instrument has at most so many events, and at most that severity in all. */
interface StressBudget {
  readonly windowBars: number;
  readonly events: number;
  /** Sum of severities, each as a share of the range that its kind allows; 1 for kinds without one. */
  readonly severity?: number | undefined;
}

export interface StressSettings {
  readonly events: { readonly [Kind in StressKindName]?: StressOccurrence | undefined };
  readonly budget?: StressBudget | undefined;
}

export interface StressEvent {
  readonly kind: StressKindName;
  /** First bar, number of bars, instrument. */
  readonly bar: number;
  readonly bars: number;
  readonly instrument: number;
  readonly severity: number;
  /** As a signed log price where the severity counts ATR (of the bars before), else the severity. */
  readonly move: number;
}

/** A market with events in it, and the universe whose features an agent sees there. */
export interface StressedMarket {
  readonly universe: Universe;
  readonly market: Market;
  readonly fills: FillStress;
  readonly events: readonly StressEvent[];
}

/**
 * The market of a universe under stress.
 * @param fromBar first bar in which an event may begin, 1 or later: how far a price usually moves is known from the bar before
 * @throws Failure config/invalid that names the setting
 */
export function stressedMarket(
  universe: Universe,
  { costs, sizing, rules }: Pick<Market, "costs" | "sizing" | "rules">,
  settings: StressSettings,
  seed: number,
  fromBar = 1,
): StressedMarket {
  const events = stressEvents(universe, settings, seed, fromBar);
  const stressed = stressedUniverse(universe, events);
  const fills = fillStress(universe, events);
  const plain = createMarket(stressed, costs, sizing, rules);
  const market = { ...plain, quotes: withStressColumns(plain.quotes) };
  for (let t = 0; t < market.bars; t++) stressQuotes(market.quotes, t, fills, t, market.instruments);
  return { universe: stressed, market, fills, events };
}

/** @throws Failure config/invalid that names the setting */
export function checkStress({ events, budget }: StressSettings): void {
  const refuse = (found: string): never => {
    throw new Failure("config/invalid", found);
  };
  for (const [name, occurrence] of Object.entries(events)) {
    if (occurrence === undefined) continue;
    const { probability, severity, bars = [1, 1] } = occurrence;
    if (!(probability >= 0 && probability <= 1))
      refuse(`stress.events.${name}.probability: ${probability} is not in 0 to 1`);
    const { severity: allowed, unit } = stressKinds[name as StressKindName];
    for (const value of severity ?? []) {
      if (!(value >= allowed[0] && value <= allowed[1])) {
        const range =
          unit === "none" ? "this kind has no severity" : `it goes from ${allowed[0]} to ${allowed[1]} (${unit})`;
        refuse(`stress.events.${name}.severity: ${value} is out of range, ${range}`);
      }
    }
    if (severity !== undefined && severity[0] > severity[1])
      refuse(`stress.events.${name}.severity: least is above most`);
    if (!(Number.isInteger(bars[0]) && Number.isInteger(bars[1]) && bars[0] >= 1 && bars[0] <= bars[1])) {
      refuse(`stress.events.${name}.bars: ${bars.join(" to ")} is no number of bars`);
    }
  }
  if (budget === undefined) return;
  const { windowBars, events: most, severity = 0 } = budget;
  if (!(Number.isInteger(windowBars) && windowBars >= 1))
    refuse(`stress.budget.windowBars: ${windowBars} is no number of bars`);
  if (!(Number.isInteger(most) && most >= 0)) refuse(`stress.budget.events: ${most} is no number of events`);
  if (!(severity >= 0)) refuse(`stress.budget.severity: ${severity} is below 0`);
}

/**
 * The events of a universe in the order of their bars. What begins in a bar of an instrument depends on the seed, the symbol
 * and the time alone, and on the budget that earlier ones have left; a kind's events do not depend on the other kinds.
 * @throws Failure config/invalid that names the setting
 */
export function stressEvents(
  universe: Universe,
  settings: StressSettings,
  seed: number,
  fromBar = 1,
): readonly StressEvent[] {
  checkStress(settings);
  const { instruments, bars, openTime } = universe;
  const { budget } = settings;
  const kinds = Object.keys(stressKinds) as StressKindName[];
  const events: StressEvent[] = [];
  instruments.forEach(({ symbol }, instrument) => {
    const atr = atrColumn(bars[instrument], slippageAtrPeriod);
    const { close } = bars[instrument];
    let [left, severityLeft] = [Infinity, Infinity];
    for (let bar = fromBar; bar < openTime.length; bar++) {
      if (budget !== undefined && (bar === fromBar || bar % budget.windowBars === 0)) {
        left = budget.events;
        severityLeft = budget.severity ?? Infinity;
      }
      const rng = createRng(seed, `stress/${symbol}/${openTime[bar]}`);
      for (const kind of kinds) {
        // All is drawn whether it is asked for or not, so that each kind has dice of its own.
        const [happens, severe, long, up] = [rng.uniform(), rng.uniform(), rng.uniform(), rng.uniform() < 0.5 ? -1 : 1];
        const occurrence = settings.events[kind];
        if (occurrence === undefined || happens >= occurrence.probability) continue;
        const { severity: range, unit, usual } = stressKinds[kind];
        const [least, most] = occurrence.severity ?? usual.severity;
        const [shortest, longest] = occurrence.bars ?? usual.bars;
        const severity = least + severe * (most - least);
        const share = range[1] > range[0] ? (severity - range[0]) / (range[1] - range[0]) : 1;
        if (left < 1 || share > severityLeft) continue;
        left--;
        severityLeft -= share;
        const move = unit === "ATR" ? (up * severity * atr[bar - 1]) / close[bar - 1] : severity;
        events.push({
          kind,
          bar,
          bars: shortest + Math.floor(long * (longest - shortest + 1)),
          instrument,
          severity,
          move,
        });
      }
    }
  });
  return events.sort((one, other) => one.bar - other.bar);
}

/** The universe with its prices changed by events; the same bits where none reaches. */
function stressedUniverse(universe: Universe, events: readonly StressEvent[]): Universe {
  const bars = universe.bars.map((series, i) =>
    stressedBars(
      series,
      events.filter(({ instrument }) => instrument === i),
    ),
  );
  return { ...universe, bars };
}

function stressedBars(series: Bars, events: readonly StressEvent[]): Bars {
  const length = series.openTime.length;
  const stressed = emptyBars(length);
  stressed.openTime.set(series.openTime);
  const bar: StressedBar = { open: 0, high: 0, low: 0, close: 0, volume: 0 };
  let next = 0;
  let level = 1;
  let active: StressEvent[] = [];
  for (let t = 0; t < length; t++) {
    for (; next < events.length && events[next].bar === t; next++) {
      const { kind, move } = events[next];
      if (stressKinds[kind].lasts === true) level *= Math.exp(move);
      else if (stressKinds[kind].price !== undefined) active.push(events[next]);
    }
    bar.open = series.open[t] * level;
    bar.high = series.high[t] * level;
    bar.low = series.low[t] * level;
    bar.close = series.close[t] * level;
    bar.volume = series.volume[t];
    if (active.length > 0) {
      active = active.filter((event) => t < event.bar + event.bars);
      for (const { kind, move } of active) stressKinds[kind].price?.(bar, move, stressed.close[t - 1]);
    }
    stressed.open[t] = bar.open;
    stressed.high[t] = Math.max(bar.high, bar.open, bar.close);
    stressed.low[t] = Math.min(bar.low, bar.open, bar.close);
    stressed.close[t] = bar.close;
    stressed.volume[t] = bar.volume;
  }
  return stressed;
}

/** What the events do to fills, by bar and instrument. */
function fillStress({ instruments, openTime }: Universe, events: readonly StressEvent[]): FillStress {
  const [count, length] = [instruments.length, openTime.length];
  const fills: FillStress = {
    spread: new Float64Array(length * count).fill(1),
    slippage: new Float64Array(length * count).fill(1),
    latency: new Float64Array(length * count),
    blocked: new Uint8Array(length * count),
  };
  for (const { kind, bar, bars, instrument, severity } of events) {
    const { fill } = stressKinds[kind];
    if (fill === undefined) continue;
    for (let t = bar; t < Math.min(bar + bars, length); t++) fill(fills, t * count + instrument, severity);
  }
  return fills;
}

/** Quotes with room for what only stress asks for. */
export function withStressColumns(quotes: Quotes): Quotes {
  const { length } = quotes.open;
  return { ...quotes, latency: new Float64Array(length), blocked: new Uint8Array(length) };
}

/** Does to row `row` of quotes what the fills of bar `t` suffer; the quotes have the columns of `withStressColumns`. */
export function stressQuotes(quotes: Quotes, row: number, fills: FillStress, t: number, instruments: number): void {
  const { latency, blocked } = quotes;
  for (let i = 0; i < instruments; i++) {
    const [at, from] = [row * instruments + i, t * instruments + i];
    quotes.halfSpread[at] *= fills.spread[from];
    quotes.slippage[at] *= fills.slippage[from];
    if (latency !== undefined) latency[at] = fills.latency[from];
    if (blocked !== undefined) blocked[at] = fills.blocked[from];
  }
}

/**
 * A table of features in which those that dropped out are what they were in the bar before; the table itself where none did.
 * @param seed decides which columns are hit, with the time of the bar
 */
export function stressedTable<Table extends { readonly values: Float32Array; readonly columns: number }>(
  table: Table,
  { openTime, instruments }: Universe,
  events: readonly StressEvent[],
  seed: number,
): Table {
  const drops = events.filter(({ kind }) => stressKinds[kind].features === true);
  if (drops.length === 0) return table;
  const values = table.values.slice();
  const stale = new Uint8Array(values.length);
  for (const { bar, bars, severity, instrument } of drops) {
    const rng = createRng(seed, `dropout/${instruments[instrument].symbol}/${openTime[bar]}`);
    for (let column = 0; column < table.columns; column++) {
      if (rng.uniform() >= severity) continue;
      for (let t = bar; t < Math.min(bar + bars, openTime.length); t++) stale[t * table.columns + column] = 1;
    }
  }
  for (let at = table.columns; at < values.length; at++) if (stale[at] === 1) values[at] = values[at - table.columns];
  return { ...table, values };
}
