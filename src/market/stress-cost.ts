/** @file What events cost: the same positions wanted with and without them, each instrument for itself. */
import type { StressEvent } from "./stress.ts";
import type { Market } from "./world.ts";
import { advanceLane, createAccounts, startLane } from "./world.ts";

/** All together is how much less the same positions gained under stress, in account currency; negative is more. */
export interface EventCosts {
  /** `[events]`: a bar's difference counts evenly for the events at work in it. */
  readonly costs: Float64Array;
  /** What differs in bars without an event: prices that stand elsewhere after gaps. */
  readonly elsewhere: number;
}

/**
 * Cost of each event. An event is at work from its first bar to the one after its last, in which a wrong price comes back and
 * what was blocked is made up for. Features that drop out cost nothing: they change what is decided, not what a decision is
 * worth.
 * @param orders `[steps × I]`: units that were traded without stress in the bar after `from`, the one after that …
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
    for (const [step, difference] of differences.entries()) {
      const bar = from + 1 + step;
      for (; next < own.length && events[own[next]].bar <= bar; next++) active.push(own[next]);
      active = active.filter((at) => bar <= events[at].bar + events[at].bars);
      if (active.length === 0) elsewhere += difference;
      for (const at of active) costs[at] += difference / active.length;
    }
  }
  return { costs, elsewhere };
}

/** How much less each bar gained under stress, of an account that trades instrument `i` alone, `[steps]`. */
function barDifferences(
  calm: Market,
  stressed: Market,
  i: number,
  orders: Float64Array,
  from: number,
  capital: number,
): Float64Array {
  const { instruments } = calm;
  const [without, under] = [createAccounts(calm, 1), createAccounts(stressed, 1)];
  const [wanted, caught] = [new Float64Array(instruments), new Float64Array(instruments)];
  startLane(calm, without, 0, from, capital);
  startLane(stressed, under, 0, from, capital);
  const differences = new Float64Array(orders.length / instruments);
  let before = 0;
  for (let step = 0; step < differences.length; step++) {
    wanted[i] = orders[step * instruments + i];
    // The same position is wanted: what was blocked before is asked for again.
    caught[i] = without.ledger.units[i] + wanted[i] - under.ledger.units[i];
    const now = advanceLane(calm, without, 0, wanted) - advanceLane(stressed, under, 0, caught);
    differences[step] = now - before;
    before = now;
  }
  return differences;
}
