/** @file What events cost: the same positions wanted with and without them, each instrument for itself. */
import { netUnits, positionOn } from "./positions.ts";
import type { StressEvent } from "./stress.ts";
import type { StressKindName } from "./stress/events.ts";
import type { Market } from "./world.ts";
import { advanceLane, createAccounts, startLane } from "./world.ts";

/** All together is how much less the same positions gained under stress, in account currency; negative is more. */
export interface EventCosts {
  /** `[events]`: a bar's difference counts evenly for the events at work in it, that of its prices for those that move prices. */
  readonly costs: Float64Array;
  /** What differs where no event is at work: prices that stand elsewhere after gaps. */
  readonly elsewhere: number;
}

/**
 * Cost of each event. An event is at work from its first bar to the one after its last, in which a wrong price comes back and
 * what was blocked is made up for. Features that drop out cost nothing: they change what is decided, not what a decision is
 * worth.
 * @param orders `[steps × P]`: units that were traded without stress in the bar after `from`, the one after that …
 */
export function eventCosts(
  calm: Market,
  stressed: Market,
  events: readonly StressEvent[],
  orders: Float64Array,
  from: number,
  capital: number,
): EventCosts {
  const { instruments } = calm;
  const costs = new Float64Array(events.length);
  let elsewhere = 0;
  for (let i = 0; i < instruments; i++) {
    const own = events.flatMap(({ instrument, kind }, at) =>
      instrument === i && kind !== "feature-dropout" ? [at] : [],
    );
    const differences = barDifferences(calm, stressed, i, orders, from, capital);
    let next = 0;
    let active: number[] = [];
    for (let step = 0; step < differences.all.length; step++) {
      const bar = from + 1 + step;
      for (; next < own.length && events[own[next]].bar <= bar; next++) active.push(own[next]);
      active = active.filter((at) => bar <= events[at].bar + events[at].bars);
      const movers = active.filter((at) => movesPrices(events[at].kind));
      const moved = differences.ofPrices[step];
      const rest = differences.all[step] - moved;
      if (movers.length === 0) elsewhere += moved;
      for (const at of movers) costs[at] += moved / movers.length;
      if (active.length === 0) elsewhere += rest;
      for (const at of active) costs[at] += rest / active.length;
    }
  }
  return { costs, elsewhere };
}

/** Whether a kind of event changes where the price stands at an open or a close. */
function movesPrices(kind: StressKindName): boolean {
  return kind === "noise" || kind === "gap" || kind === "missing" || kind === "halt";
}

/**
 * How much less each bar gained under stress, of an account that trades instrument `i` alone, `[steps]`: in all, and what of it
 * is that the same units moved with other prices.
 */
function barDifferences(
  calm: Market,
  stressed: Market,
  i: number,
  orders: Float64Array,
  from: number,
  capital: number,
): { readonly all: Float64Array; readonly ofPrices: Float64Array } {
  const { instruments, positions, positionsEach: each } = calm;
  const legs = Array.from({ length: each }, (_, leg) => positionOn(i, 1, each) + leg);
  /** Price without stress less that with it. */
  const apart = (name: "open" | "close", bar: number): number =>
    calm.quotes[name][bar * instruments + i] - stressed.quotes[name][bar * instruments + i];
  const [without, under] = [createAccounts(calm, 1), createAccounts(stressed, 1)];
  const [wanted, caught] = [new Float64Array(positions), new Float64Array(positions)];
  startLane(calm, without, 0, from, capital);
  startLane(stressed, under, 0, from, capital);
  const all = new Float64Array(orders.length / positions);
  const ofPrices = new Float64Array(all.length);
  let before = 0;
  for (let step = 0; step < all.length; step++) {
    for (const p of legs) {
      wanted[p] = orders[step * positions + p];
      // The same position is wanted: what was blocked before is asked for again.
      caught[p] = without.ledger.units[p] + wanted[p] - under.ledger.units[p];
    }
    const bar = from + 1 + step;
    const held = netUnits(without.ledger.units, legs[0], each);
    const now = advanceLane(calm, without, 0, wanted) - advanceLane(stressed, under, 0, caught);
    all[step] = now - before;
    before = now;
    const night = held * (apart("open", bar) - apart("close", bar - 1));
    const session = netUnits(without.ledger.units, legs[0], each) * (apart("close", bar) - apart("open", bar));
    ofPrices[step] = (night + session) * calm.contractSize[i] * (calm.quotes.rate?.[bar * instruments + i] ?? 1);
  }
  return { all, ofPrices };
}
