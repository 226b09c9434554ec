/** @file What events cost: the same orders with and without them, each instrument for itself. */
import type { StressEvent } from "./stress.ts";
import type { Market } from "./world.ts";
import { advanceLane, createAccounts, startLane } from "./world.ts";

/**
 * Cost of each event in account currency, `[events]`: how much less the same orders gained. What a bar's gain differs by counts
 * for the events that began last in its instrument, evenly, so that all costs add up to the whole difference of equity;
 * negative where an event helped, as a gap may. Features that drop out cost nothing: they change what is decided, not what a
 * decision is worth.
 * @param orders `[steps × I]`: units to trade in the bar after `from`, the one after that …
 */
export function eventCosts(
  calm: Market,
  stressed: Market,
  events: readonly StressEvent[],
  orders: Float64Array,
  from: number,
  capital: number,
): Float64Array {
  const costs = new Float64Array(events.length);
  const { instruments } = calm;
  const steps = orders.length / instruments;
  const alone = new Float64Array(instruments);
  for (let i = 0; i < instruments; i++) {
    const [without, under] = [createAccounts(calm, 1), createAccounts(stressed, 1)];
    startLane(calm, without, 0, from, capital);
    startLane(stressed, under, 0, from, capital);
    let difference = 0;
    let begun: number[] = [];
    let next = 0;
    for (let step = 0; step < steps; step++) {
      const bar = from + 1 + step;
      const fresh: number[] = [];
      for (; next < events.length && events[next].bar <= bar; next++) {
        if (events[next].instrument === i && events[next].kind !== "feature-dropout") fresh.push(next);
      }
      if (fresh.length > 0) begun = fresh;
      alone.fill(0);
      alone[i] = orders[step * instruments + i];
      const now = advanceLane(calm, without, 0, alone) - advanceLane(stressed, under, 0, alone);
      for (const event of begun) costs[event] += (now - difference) / begun.length;
      difference = now;
    }
  }
  return costs;
}
