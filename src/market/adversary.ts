/**
 * @file An adversary: sees a lane and what it is about to trade, and decides within a budget what its next fills suffer. An
 * interface that a learned one can fill as well; what it does is in the books like any other cost.
 */
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Accounts, Market } from "./world.ts";

/** What the next fills of a lane suffer; the same hooks as those of stress. */
export interface Blow {
  /** What the half spread and the slippage are multiplied by, 1 to 100. */
  spread: number;
  slippage: number;
  /** Share of the price by which the open is worse, 0 to 0.5. */
  gap: number;
  /** Share of the way from the open to the bar's worst price, 0 to 1. */
  delay: number;
  /** New orders are not taken. */
  reject: boolean;
}

/** What an adversary may do to a lane in an episode. */
export interface AdversaryBudget {
  /** Steps in which it does something. */
  readonly events: number;
  /** Sum of severities: each hook as a share of its range, 1 for a reject. */
  readonly severity: number;
}

/** A lane before its next bar. */
export interface Target {
  readonly market: Market;
  readonly accounts: Accounts;
  lane: number;
  /** Units to be traded, `[P]`. */
  orders: ArrayLike<number>;
}

export interface Adversary {
  readonly name: string;
  /** Numbers that it remembers of a lane. */
  readonly stateWidth: number;
  /** Forgets a lane: a new episode begins. */
  begin(state: Float64Array, at: number): void;
  /** Writes what it wants to do into `blow`, which comes as one that does nothing. */
  act(target: Target, state: Float64Array, at: number, blow: Blow): void;
}

/** An adversary at work on many lanes, and what it has spent. */
export interface Opposition {
  readonly blow: Blow;
  /** `[N × (2 + stateWidth)]`: events and severity spent, and what the adversary remembers. */
  readonly state: Float64Array;
  begin(lane: number): void;
  /** Sets `blow` for the next bar of a lane: what the adversary wants, or nothing where the budget does not hold it. */
  strike(target: Target): void;
}

/** Numbers of a lane before those of the adversary itself. */
const spent = 2;

/**
 * Holds an adversary to a budget.
 * @throws Failure config/invalid that names the setting
 */
export function opposition(adversary: Adversary, budget: AdversaryBudget, lanes: number): Opposition {
  for (const [name, value] of Object.entries(budget)) {
    if (!(value >= 0)) throw new Failure("config/invalid", `adversary.budget.${name}: ${value} is below 0`);
  }
  const width = spent + adversary.stateWidth;
  const state = new Float64Array(lanes * width);
  const blow: Blow = { spread: 1, slippage: 1, gap: 0, delay: 0, reject: false };
  return {
    blow,
    state,
    begin(lane) {
      state.fill(0, lane * width, lane * width + spent);
      adversary.begin(state, lane * width + spent);
    },
    strike(target) {
      const at = target.lane * width;
      rest(blow);
      if (state[at] >= budget.events) return;
      adversary.act(target, state, at + spent, blow);
      bound(blow);
      const severity = severityOf(blow);
      if (severity === 0) return;
      if (state[at + 1] + severity > budget.severity) {
        rest(blow);
        return;
      }
      state[at]++;
      state[at + 1] += severity;
    },
  };
}

function rest(blow: Blow): void {
  blow.spread = 1;
  blow.slippage = 1;
  blow.gap = 0;
  blow.delay = 0;
  blow.reject = false;
}

/** Never to the agent's good, never beyond the range, and nothing where it is no number. */
function bound(blow: Blow): void {
  blow.spread = within(blow.spread, 1, 100);
  blow.slippage = within(blow.slippage, 1, 100);
  blow.gap = within(blow.gap, 0, 0.5);
  blow.delay = within(blow.delay, 0, 1);
}

function within(value: number, least: number, most: number): number {
  return value > least ? Math.min(value, most) : least;
}

/** Sum of the hooks, each as a share of its range. */
export function severityOf({ spread, slippage, gap, delay, reject }: Blow): number {
  return (spread - 1) / 99 + (slippage - 1) / 99 + gap / 0.5 + delay + (reject ? 1 : 0);
}

/** Widens the spread `times` as far where the lane is about to trade more than it has ever traded at once in the episode. */
export function greedyAdversary(times = 5): Adversary {
  return {
    name: "greedy",
    // Largest value that was about to be traded so far.
    stateWidth: 1,
    begin: (state, at) => void (state[at] = 0),
    act({ market, accounts, lane, orders }, state, at, blow) {
      const now = accounts.bar[lane] * market.instruments;
      let value = 0;
      for (let p = 0; p < market.positions; p++) {
        const i = market.instrumentOf[p];
        value += Math.abs(orders[p]) * market.quotes.close[now + i] * market.contractSize[i];
      }
      if (value === 0) return;
      // Half of the largest is a lot.
      if (value >= 0.5 * state[at]) blow.spread = times;
      state[at] = Math.max(state[at], value);
    },
  };
}

/**
 * Does one thing or another with a probability in each bar. What it does depends on the seed and the bar alone, so that all
 * lanes meet the same and no dice have to be kept.
 */
export function randomAdversary(market: Pick<Market, "bars">, probability: number, seed: number): Adversary {
  if (!(probability >= 0 && probability <= 1)) {
    throw new Failure("config/invalid", `adversary.probability: ${probability} is not in 0 to 1`);
  }
  const rng = createRng(seed, "adversary");
  const drawn = Float64Array.from({ length: 3 * market.bars }, () => rng.uniform());
  return {
    name: "random",
    stateWidth: 0,
    begin() {},
    act({ accounts, lane }, _, __, blow) {
      const at = 3 * accounts.bar[lane];
      if (drawn[at] >= probability) return;
      const severity = drawn[at + 2];
      const which = Math.floor(5 * drawn[at + 1]);
      if (which === 0) blow.spread = 2 + 3 * severity;
      else if (which === 1) blow.slippage = 3 + 2 * severity;
      else if (which === 2) blow.gap = 0.02 * severity;
      else if (which === 3) blow.delay = 0.5 * severity;
      else blow.reject = true;
    },
  };
}
