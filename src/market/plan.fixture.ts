/** @file One account that is steered by hand through made bars, for tests of plans and action spaces. */
import * as fc from "fast-check";
import { createRng } from "#base/rng.ts";
import type { Bar } from "#domain/bar.ts";
import { barsFrom, timeframeMs } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Acting, Moment } from "./acting.ts";
import type { Costs } from "./costs.ts";
import { freeOfCosts } from "./costs.ts";
import type { PlanSettings } from "./position-plan.ts";
import { signalActing } from "./signal-acting.ts";
import type { SignalSpace } from "./signal-space.ts";
import { encodeSignal } from "./signal-space.ts";
import { defaultSizing } from "./sizing.ts";
import type { Accounts, Market } from "./world.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "./world.ts";

const capital = 100_000;

/** Bars from changes: each opens `gap` from the last close, ends `body` further, and reaches `above` and `below` that. */
export interface Change {
  readonly gap?: number;
  readonly body: number;
  readonly above?: number;
  readonly below?: number;
}

/** Bars of an hour, the first around `start`. */
export function barsOf(changes: readonly Change[], start = 128): Bar[] {
  let last = start;
  return changes.map(({ gap = 0, body, above = 0, below = 0 }, t) => {
    const open = last + gap;
    last = open + body;
    const [high, low] = [Math.max(open, last) + above, Math.min(open, last) - below];
    return { openTime: t * timeframeMs["1h"], open, high, low, close: last, volume: 1000 };
  });
}

/** The same bars upside down. */
export function mirrored(bars: readonly Bar[], around: number): Bar[] {
  return bars.map(({ openTime, open, high, low, close, volume }) => ({
    openTime,
    open: 2 * around - open,
    high: 2 * around - low,
    low: 2 * around - high,
    close: 2 * around - close,
    volume,
  }));
}

/**
 * Opens and closes in whole 64ths around 128, so that their sums and mirror images are exact; highs and lows off them, so that
 * none of them is the very price of a stop, where the last bit of a rounded stop would decide.
 */
export const anyBars: fc.Arbitrary<Bar[]> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: -8, max: 8 }),
      body: fc.integer({ min: -24, max: 28 }),
      above: fc.nat({ max: 500 }),
      below: fc.nat({ max: 500 }),
    }),
    { minLength: 20, maxLength: 100, size: "max" },
  )
  .map((steps) =>
    barsOf(
      steps.map(({ gap, body, above, below }) => ({
        gap: gap / 64,
        body: body / 64,
        above: (2 * above + 1) / 8192,
        below: (2 * below + 1) / 8192,
      })),
    ),
  );

/** Words to wish for, one each bar. What is not legal is replaced by HOLD. */
export const anyWishes: fc.Arbitrary<number[]> = fc.array(fc.nat({ max: 99 }), {
  minLength: 100,
  maxLength: 100,
  size: "max",
});

/** Daily bars of two instruments whose prices walk at random. */
export function randomPrices(seed: number, bars: number, volatility: number): Universe {
  const series = ["A", "B"].map((symbol) => {
    const rng = createRng(seed, symbol);
    const move = (): number => Math.exp(volatility * rng.normal());
    let close = 100;
    const rows = Array.from({ length: bars }, (_, t): Bar => {
      const open = close * (1 + 0.2 * (move() - 1));
      close = open * move();
      const [high, low] = [Math.max(open, close) * Math.max(1, move()), Math.min(open, close) * Math.min(1, move())];
      return { openTime: t * timeframeMs["1d"], open, high, low, close, volume: 1000 };
    });
    return { instrument: instrument(symbol), bars: barsFrom(rows) };
  });
  return universe("walk", "1d", series);
}

export interface SteeredSettings {
  readonly space: SignalSpace;
  readonly plan: PlanSettings;
  readonly bars: readonly Bar[];
  readonly rules?: AccountRules;
  readonly costs?: Costs;
  /** What differs of the instrument "A". */
  readonly traded?: Partial<Instrument>;
}

export interface Steered {
  readonly market: Market;
  readonly accounts: Accounts;
  readonly moment: Moment;
  readonly acting: Acting;
  /** Words that are legal at this close. */
  legal(): string[];
  /** Says a word at this close, without moving on. Returns the orders `[P]`. */
  say(word: string, entropy?: number): number[];
  /** Moves on to the next close with the orders of the last word. */
  move(): void;
  /** Moves on to the next close with signed units of our own. */
  trade(units: number): void;
  /** What the agent sees of the plan. */
  observed(): Record<string, number>;
}

/** An account of one instrument at the close of the first bar. */
export function steered(settings: SteeredSettings): Steered {
  const { space, plan, bars, rules = freeAccount, costs = freeOfCosts, traded = {} } = settings;
  const made = { ...instrument("A", { lotStep: 0.01 }), ...traded };
  const market = createMarket(
    universe("made", "1h", [{ instrument: made, bars: barsFrom([...bars]) }]),
    costs,
    defaultSizing,
    rules,
  );
  const acting = signalActing(space, [made], plan, rules);
  const accounts = createAccounts(market, 1);
  const entropy = new Float32Array(1).fill(NaN);
  const moment: Moment = {
    market,
    accounts,
    lane: 0,
    state: new Float64Array(acting.stateWidth),
    stateAt: 0,
    entropy,
  };
  startLane(market, accounts, 0, 0, capital);
  acting.begin(moment.state, 0);
  const orders = new Float64Array(market.positions);
  return {
    market,
    accounts,
    moment,
    acting,
    legal() {
      const mask = new Uint8Array(space.words.length);
      acting.legal(moment, mask, 0);
      return space.words.filter((_, signal) => mask[signal] === 1);
    },
    say(word, unsure = NaN) {
      entropy[0] = unsure;
      acting.act(moment, [encodeSignal(space, word)], 0, orders);
      return [...orders];
    },
    move() {
      advanceLane(market, accounts, 0, orders);
    },
    trade(units) {
      advanceLane(market, accounts, 0, [units]);
    },
    observed() {
      const into = new Float32Array(acting.observed.length);
      acting.observe(moment, into, 0);
      return Object.fromEntries(acting.observed.map((name, at) => [name.replace(`${made.symbol}: `, ""), into[at]]));
    },
  };
}
