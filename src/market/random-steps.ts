/** @file An account that acts at random, as far as it is legal: what the checks of a market look at. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { balanceTolerance, imbalance } from "#domain/ledger.ts";
import { actionWidth, logitWidth } from "#env/space.ts";
import type { Acting, Moment } from "./acting.ts";
import type { Market } from "./world.ts";
import { advanceLane, createAccounts, startLane } from "./world.ts";

export interface RandomSteps {
  readonly steps: number;
  /** Bars after which an account starts anew; a ruined one does so at once. */
  readonly episodeBars: number;
  readonly capital: number;
  readonly rng: Rng;
}

/** What became of it; money over all accounts together. */
export interface RandomOutcome {
  readonly fills: number;
  readonly ruined: number;
  /** Largest imbalance of the ledger that any step left. */
  readonly imbalance: number;
  /** What the market gave, and what trading and holding cost. */
  readonly marketGain: number;
  readonly tradingCost: number;
  /** True where a stop or a target rested at some time. */
  readonly rested: boolean;
}

/** Equity below this share of the capital is ruin. */
const ruinFraction = 0.2;

/**
 * Takes random legal actions for a number of steps, from random bars on, and looks at the books after each.
 * @throws InvariantBroken where the ledger does not balance or the equity is no number
 */
export function randomSteps(market: Market, acting: Acting, settings: RandomSteps): RandomOutcome {
  const { steps, episodeBars, capital, rng } = settings;
  const accounts = createAccounts(market, 1);
  const { ledger } = accounts;
  const orders = new Float64Array(market.positions);
  // A policy that is sure and unsure by chance: what hedges does so now and then.
  const entropy = acting.asksEntropy ? new Float32Array(actionWidth(acting.space)) : undefined;
  const state = new Float64Array(acting.stateWidth);
  const moment: Moment = { market, accounts, lane: 0, state, stateAt: 0, entropy };
  const draw = randomActions(acting, moment, rng);
  const sums = { fills: 0, ruined: 0, imbalance: 0, marketGain: 0, tradingCost: 0, rested: false };
  const close = (): void => {
    sums.fills += accounts.fills[0];
    sums.marketGain += ledger.marketGain[0];
    sums.tradingCost += ledger.tradingCost[0];
  };
  let left = 0;
  for (let step = 0; step < steps; step++) {
    if (left === 0) {
      if (step > 0) close();
      startLane(market, accounts, 0, rng.integer(market.bars - episodeBars), capital);
      acting.begin(moment.state, 0);
      left = episodeBars;
    }
    entropy?.forEach((_, head) => (entropy[head] = rng.uniform()));
    acting.act(moment, draw(), 0, orders);
    const equity = advanceLane(market, accounts, 0, orders);
    const off = imbalance(ledger, 0);
    const sound = Number.isFinite(equity) && off <= balanceTolerance;
    if (!sound) invariant(false, "the ledger balances at every step", { step, equity, imbalance: off });
    if (off > sums.imbalance) sums.imbalance = off;
    if (accounts.resting[0] === 1) sums.rested = true;
    left--;
    if (!(equity > ruinFraction * capital)) {
      sums.ruined++;
      left = 0;
    }
  }
  close();
  return sums;
}

/** Draws actions that are legal at the moment; the array is used again. */
function randomActions(acting: Acting, moment: Moment, rng: Rng): () => ArrayLike<number> {
  const { space } = acting;
  const actions = new Float64Array(actionWidth(space));
  if (space.kind === "box") {
    return () => {
      for (let at = 0; at < actions.length; at++) {
        actions[at] = space.low[at] + rng.uniform() * (space.high[at] - space.low[at]);
      }
      return actions;
    };
  }
  const mask = new Uint8Array(logitWidth(space)).fill(1);
  return () => {
    if (acting.masked) acting.legal(moment, mask, 0);
    let from = 0;
    for (let head = 0; head < actions.length; head++) {
      const size = space.sizes[head];
      let choices = 0;
      for (let at = from; at < from + size; at++) choices += mask[at];
      invariant(choices > 0, "each head has a legal action", { head });
      let chosen = rng.integer(choices);
      let at = from;
      while (mask[at] === 0 || chosen-- > 0) at++;
      actions[head] = at - from;
      from += size;
    }
    return actions;
  };
}
