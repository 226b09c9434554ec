/** @file The orders of one account that wait or rest: what each still asks for, and which end with which. Knows no prices of bars. */
import { positionName } from "#domain/leg.ts";
import type { Bracket, Order, OrderId, Pricing } from "#domain/order.ts";
import { opposite } from "#domain/order.ts";
import type { Direction } from "#market/matching.ts";
import type { OpenOrder } from "./broker.ts";

/** An order on its way. Splits are in its numbers; NaN where there is none. */
export interface RestingOrder {
  readonly order: Order;
  /** Index of the position that it is for, and of that position's instrument. */
  readonly position: number;
  readonly instrument: number;
  readonly direction: Direction;
  /** What is left to fill, unsigned. */
  units: number;
  /** Price that triggers it. */
  stop: number;
  limit: number;
  trail: number;
  /** What its fills bring. */
  bracket: Bracket | undefined;
  /** First bar in which it may trade. */
  readonly activeFrom: number;
  /** The exchange's day of that bar; NaN until then. */
  day: number;
  /** Middle price, in account currency, at which its entry traded within the prices that are matched; NaN: it was there before. */
  since: number;
  /** First bar in which it is there no more. */
  until: number;
  /** The entry whose bracket it is of; absent: it was submitted by itself. */
  readonly entry: OrderId | undefined;
}

export interface OrderBook {
  /** Nothing waits and nothing rests. */
  readonly empty: boolean;
  /** Orders with a price, in the order in which they came. */
  readonly resting: readonly RestingOrder[];
  /** Takes out the orders at the market whose bar it is, in the order in which they came. */
  takeDue(bar: number): readonly RestingOrder[];
  add(order: Order, at: Pick<RestingOrder, "position" | "instrument" | "activeFrom">): void;
  /** What is filled of an entry brings its bracket, `since` a price within the bar, or from its open where that is NaN. */
  protect(entry: RestingOrder, units: number, since: number, bar: number): void;
  /** A bar begins: what a split has made of orders, and the end of those that were cancelled or whose day is over. */
  begin(bar: number, day: number, splitOf: (instrument: number) => number): void;
  /** Trailing stops follow a close. */
  follow(bar: number, closeOf: (instrument: number) => number): void;
  remove(id: OrderId): void;
  /** An order has traded: others of its group end, and what is left of the entry whose bracket it is of. */
  removeOthers(traded: RestingOrder): void;
  /** Orders of a position that could only reduce, and have nothing to reduce: they die with the position. */
  removePointless(position: number, heldUnits: number, bar: number): void;
  /** All that are not there to reduce a position. */
  removeEntries(): void;
  /** Ends an order before bar `from`. */
  cancel(id: OrderId, from: number): void;
  /** Signed units of a position's orders at the market. */
  unitsUnderWay(position: number): number;
  list(): readonly OpenOrder[];
}

/** An empty book. */
export function orderBook(): OrderBook {
  let market: RestingOrder[] = [];
  let resting: RestingOrder[] = [];
  const keep = (stays: (each: RestingOrder) => boolean): void => {
    market = market.filter(stays);
    resting = resting.filter(stays);
  };
  const protection = (entry: RestingOrder, bracket: Bracket, name: keyof Bracket, units: number): Order | undefined => {
    const price = bracket[name];
    if (price === undefined) return undefined;
    const { order } = entry;
    const pricing: Pricing = name === "stop" ? { kind: "stop", stop: price } : { kind: "limit", limit: price };
    const { decisionPrice, decidedAt } = order;
    const shared = { ...positionName(order), side: opposite(order.side), units, decisionPrice, decidedAt };
    return { ...shared, id: bracketId(order.id, name), pricing, reduceOnly: true, ocoGroup: order.id };
  };

  return {
    get empty() {
      return market.length === 0 && resting.length === 0;
    },
    get resting() {
      return resting;
    },

    takeDue(bar) {
      if (market.length === 0) return market;
      const due = market.filter(({ activeFrom }) => activeFrom <= bar);
      market = market.filter(({ activeFrom }) => activeFrom > bar);
      return due;
    },

    add(order, at) {
      const made = restingOrder(order, at);
      (order.pricing === undefined ? market : resting).push(made);
    },

    protect(entry, units, since, bar) {
      const { bracket } = entry;
      if (bracket === undefined) return;
      for (const name of ["stop", "target"] as const) {
        const there = resting.find(({ order }) => order.id === bracketId(entry.order.id, name));
        if (there !== undefined) {
          there.units += units;
          continue;
        }
        const order = protection(entry, bracket, name, units);
        if (order === undefined) continue;
        resting.push({ ...restingOrder(order, { ...entry, activeFrom: bar }), since, entry: entry.order.id });
      }
    },

    begin(bar, day, splitOf) {
      for (const each of [...market, ...resting]) {
        each.since = NaN;
        const split = splitOf(each.instrument);
        if (split !== 1) applySplit(each, split, each.order.pricing !== undefined || each.activeFrom > bar);
        if (Number.isNaN(each.day) && each.activeFrom <= bar) each.day = day;
      }
      const isOver = ({ order, day: first }: RestingOrder): boolean =>
        order.timeInForce === "day" && !Number.isNaN(first) && first !== day;
      keep((each) => each.until > bar && !isOver(each));
    },

    follow(bar, closeOf) {
      for (const each of resting) {
        if (Number.isNaN(each.trail) || each.activeFrom > bar) continue;
        const stop = closeOf(each.instrument) + each.direction * each.trail;
        if (each.direction * (each.stop - stop) > 0) each.stop = stop;
      }
    },

    remove: (id) => keep(({ order }) => order.id !== id),

    removeOthers({ order, entry }) {
      const { ocoGroup } = order;
      keep((each) => each.order === order || ocoGroup === undefined || each.order.ocoGroup !== ocoGroup);
      if (entry !== undefined) keep((each) => each.order.id !== entry);
    },

    removePointless(position, heldUnits, bar) {
      keep((each) => {
        const reduces = each.position === position && each.order.reduceOnly === true && each.activeFrom <= bar;
        return !reduces || each.direction * heldUnits < 0;
      });
    },

    removeEntries: () => keep(({ order }) => order.reduceOnly === true),
    cancel(id, from) {
      for (const each of [...market, ...resting]) if (each.order.id === id) each.until = Math.min(each.until, from);
    },

    unitsUnderWay(position) {
      let units = 0;
      for (const each of market) if (each.position === position) units += each.direction * each.units;
      return units;
    },

    list: () =>
      [...market, ...resting].map(({ order, units, stop, limit, trail }) => ({
        id: order.id,
        ...positionName(order),
        side: order.side,
        units,
        pricing: pricingNow(order.pricing, stop, limit, trail),
        stop: Number.isNaN(stop) ? undefined : stop,
        reduceOnly: order.reduceOnly === true,
      })),
  };
}

function bracketId(entry: OrderId, name: keyof Bracket): OrderId {
  return `${entry}-${name}` as OrderId;
}

function restingOrder(
  order: Order,
  { position, instrument, activeFrom }: Pick<RestingOrder, "position" | "instrument" | "activeFrom">,
): RestingOrder {
  const { pricing } = order;
  const direction: Direction = order.side === "buy" ? 1 : -1;
  const trail = pricing?.kind === "trailing-stop" ? pricing.trail : NaN;
  const named = pricing?.kind === "stop" || pricing?.kind === "stop-limit" ? pricing.stop : NaN;
  return {
    order,
    position,
    instrument,
    direction,
    units: order.units,
    stop: Number.isNaN(trail) ? named : order.decisionPrice + direction * trail,
    limit: pricing?.kind === "limit" || pricing?.kind === "stop-limit" ? pricing.limit : NaN,
    trail,
    bracket: order.bracket,
    activeFrom,
    day: NaN,
    since: NaN,
    until: Infinity,
    entry: undefined,
  };
}

/** @param own false where units are split when they trade, as those of an order at the market that is due */
function applySplit(resting: RestingOrder, split: number, own: boolean): void {
  if (own) resting.units *= split;
  const { bracket } = resting;
  if (bracket !== undefined) {
    resting.bracket = {
      ...(bracket.stop === undefined ? {} : { stop: bracket.stop / split }),
      ...(bracket.target === undefined ? {} : { target: bracket.target / split }),
    };
  }
  resting.stop /= split;
  resting.limit /= split;
  resting.trail /= split;
}

/** What an order's prices have become. One whose stop has come is a limit order. */
function pricingNow(pricing: Pricing | undefined, stop: number, limit: number, trail: number): Pricing | undefined {
  if (pricing === undefined) return undefined;
  if (pricing.kind === "trailing-stop") return { kind: "trailing-stop", trail };
  if (Number.isNaN(stop)) return { kind: "limit", limit };
  return Number.isNaN(limit) ? { kind: "stop", stop } : { kind: "stop-limit", stop, limit };
}
