/** @file Fills matched into round trips: what was closed, against the average price it was opened at. */
import type { Fill } from "#domain/fill.ts";
import type { PositionName } from "#domain/leg.ts";
import { positionName, positionTitle } from "#domain/leg.ts";
import { signedUnits } from "#domain/order.ts";

/** Units that were opened and closed again. A position closed in three parts is three round trips. */
export interface RoundTrip extends PositionName {
  readonly direction: "long" | "short";
  /** When the position left zero, Unix ms UTC. */
  readonly openedAt: number;
  readonly closedAt: number;
  /** Always positive. */
  readonly units: number;
  /** Average price of the position that was closed. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Account currency at the rate of the exit, net of the fees of both sides, each fee shared by units. */
  readonly profit: number;
  /** Profit over the value at entry. */
  readonly returnOnEntry: number;
}

/** What round trips add up to. */
export interface TripSums {
  readonly closed: number;
  /** Those that made money. */
  readonly wins: number;
  /** Money made and lost, both positive, in account currency. */
  readonly won: number;
  readonly lost: number;
  /** Sum of `returnOnEntry`. */
  readonly returns: number;
}

export function tripSums(trips: readonly RoundTrip[]): TripSums {
  let [wins, won, lost, returns] = [0, 0, 0, 0];
  for (const { profit, returnOnEntry } of trips) {
    if (profit > 0) wins++;
    won += Math.max(profit, 0);
    lost += Math.max(-profit, 0);
    returns += returnOnEntry;
  }
  return { closed: trips.length, wins, won, lost, returns };
}

interface OpenPosition {
  /** Signed. */
  units: number;
  entryPrice: number;
  /** Entry fees not yet charged to a round trip. */
  fees: number;
  openedAt: number;
}

/** What rounding leaves of a position that was meant to be closed, as a share of the units traded. */
const dust = 1e-9;

/**
 * Round trips in the order in which they were closed. Positions are signed and entered at the average price; a partial
 * close takes its share; a fill that turns the position closes the old one and opens the rest at its own price. Two legs beside
 * each other are two positions.
 */
export function roundTrips(fills: readonly Fill[], contractSizes: Readonly<Record<string, number>> = {}): RoundTrip[] {
  const positions = new Map<string, OpenPosition>();
  const trips: RoundTrip[] = [];
  for (const fill of fills) {
    const title = positionTitle(fill);
    const position = positions.get(title);
    const units = signedUnits(fill);
    if (position === undefined || position.units * units > 0) {
      positions.set(title, added(position, fill, units));
      continue;
    }
    const closed = Math.min(fill.units, Math.abs(position.units));
    trips.push(closing(position, fill, closed, contractSizes[fill.symbol] ?? 1));
    const rest = fill.units - closed;
    const kept = Math.abs(position.units) - closed;
    if (rest > dust * fill.units) {
      const fee = fill.fee * (rest / fill.units);
      positions.set(title, added(undefined, { ...fill, fee }, Math.sign(units) * rest));
    } else if (kept > dust * fill.units) {
      const share = kept / Math.abs(position.units);
      positions.set(title, {
        ...position,
        units: Math.sign(position.units) * kept,
        fees: position.fees * share,
      });
    } else {
      positions.delete(title);
    }
  }
  return trips;
}

function added(position: OpenPosition | undefined, fill: Fill, units: number): OpenPosition {
  if (position === undefined) return { units, entryPrice: fill.price, fees: fill.fee, openedAt: fill.filledAt };
  const total = position.units + units;
  return {
    units: total,
    entryPrice: (position.entryPrice * position.units + fill.price * units) / total,
    fees: position.fees + fill.fee,
    openedAt: position.openedAt,
  };
}

function closing(position: OpenPosition, fill: Fill, units: number, contractSize: number): RoundTrip {
  const sign = Math.sign(position.units);
  const fees = position.fees * (units / Math.abs(position.units)) + fill.fee * (units / fill.units);
  const { rate = 1 } = fill;
  const profit = sign * units * (fill.price - position.entryPrice) * contractSize * rate - fees;
  return {
    ...positionName(fill),
    direction: sign > 0 ? "long" : "short",
    openedAt: position.openedAt,
    closedAt: fill.filledAt,
    units,
    entryPrice: position.entryPrice,
    exitPrice: fill.price,
    profit,
    returnOnEntry: profit / (units * position.entryPrice * contractSize * rate),
  };
}
