/** @file Shorter bars within longer ones: where a market has them, they tell which of a stop and a target was reached first. */
import { Failure } from "#base/failure.ts";
import { closeTime, timeframeMs } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";

/** The shorter bars of each longer one. */
export interface FinerPrices {
  /** `[T + 1]`: first shorter bar of each longer one; where it is that of the next one too, there are none. */
  readonly start: Int32Array;
  /** `[K × I]`, shorter bar after shorter bar. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/**
 * Lays the bars of `finer` out by the bars of `universe` in whose time they open.
 * @throws Failure config/invalid where it holds other instruments, or bars that are not shorter
 */
export function finerPrices(universe: Universe, finer: Universe): FinerPrices {
  const symbols = (each: Universe): string => each.instruments.map(({ symbol }) => symbol).join(" ");
  if (symbols(universe) !== symbols(finer)) {
    refuse(`${finer.name} holds ${symbols(finer)}, and ${universe.name} holds ${symbols(universe)}`);
  }
  if (timeframeMs[finer.timeframe] >= timeframeMs[universe.timeframe]) {
    refuse(`bars of ${finer.timeframe} are not shorter than those of ${universe.timeframe}`);
  }
  const count = universe.instruments.length;
  const length = finer.openTime.length;
  const start = new Int32Array(universe.openTime.length + 1);
  const order = new Int32Array(length);
  let [at, kept] = [0, 0];
  universe.openTime.forEach((openTime, t) => {
    start[t] = kept;
    while (at < length && finer.openTime[at] < openTime) at++;
    const end = closeTime(openTime, universe.timeframe);
    while (at < length && finer.openTime[at] < end) order[kept++] = at++;
  });
  start[universe.openTime.length] = kept;
  const column = (name: "open" | "high" | "low"): Float64Array =>
    Float64Array.from({ length: kept * count }, (_, k) => finer.bars[k % count][name][order[Math.floor(k / count)]]);
  return { start, open: column("open"), high: column("high"), low: column("low") };
}

function refuse(found: string): never {
  throw new Failure("config/invalid", `finer: ${found}`);
}
