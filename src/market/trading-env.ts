/** @file The simulated market as a `VectorEnv`: random episode starts, rewards from the ledger, no allocation in a step. */
import { invariant } from "#base/invariant.ts";
import { createRng, restoreRng } from "#base/rng.ts";
import type { Snapshot, StepBuffers, VectorEnv } from "#env/env.ts";
import type { ObservationSpace, Table } from "#env/space.ts";
import { actionWidth, logitWidth, observationWidth } from "#env/space.ts";
import { accountWidth } from "./account.ts";
import type { Acting, Moment } from "./acting.ts";
import type { Adversary, AdversaryBudget, Target } from "./adversary.ts";
import { opposition } from "./adversary.ts";
import type { Span } from "./episode-starts.ts";
import { episodeStarts } from "./episode-starts.ts";
import { grossValue } from "./execution.ts";
import type { StepFacts, WeightedTerm } from "./reward.ts";
import { logReturn } from "./rewards/log-return.ts";
import type { Accounts, Market } from "./world.ts";
import { accountColumns, advanceLane, createAccounts, observeAccount, startLane } from "./world.ts";

export interface TradingEnvOptions {
  readonly market: Market;
  /** Scaled features, one row for each bar of the market. */
  readonly table: Table;
  readonly lookbackBars: number;
  /** How numbers become orders. */
  readonly acting: Acting;
  /** What is paid for a step; absent: the log return of equity. */
  readonly reward?: readonly WeightedTerm[];
  readonly lanes: number;
  /** Decisions are made at the close of bars `from` (inclusive) to `to` (exclusive); the last bar is only marked. */
  readonly from: number;
  readonly to: number;
  /** Parts of these bars; each episode lies within one of them. Absent: one, all of these bars. */
  readonly spans?: readonly Span[];
  /** Bars an episode lasts before it is truncated; starts are drawn uniformly so that it fits. */
  readonly episodeBars: number;
  readonly capital: number;
  /**
   * Variants of the market that lie end to end in `market` and `table` (`copies.ts`); each episode lies in one of them, drawn
   * evenly. `from` and `to` count in the first. Absent: 1.
   */
  readonly copies?: number;
  /** Steps of each lane after which one more variant is opened, after the first two; absent: all are open. */
  readonly unlockSteps?: number;
  /** Someone who makes fills worse within a budget for each episode; absent: nobody, and nothing is asked. */
  readonly adversary?: { readonly adversary: Adversary; readonly budget: AdversaryBudget };
  /** An episode ends in ruin (terminated) when equity falls to this fraction of the capital. */
  readonly ruinFraction: number;
}

/** A trading env says what each term of its reward added up to, for the log. */
export interface TradingEnv extends VectorEnv {
  /** Weighted sum of each term over all lanes and steps since the last call, by name. */
  takeRewardSums(): Readonly<Record<string, number>>;
}

/** A reward of one term that counts as it is. */
const plainReward: readonly WeightedTerm[] = [{ term: logReturn, weight: 1 }];

/**
 * Lanes of one market. Where a bar leaves nothing or less than nothing, which has no logarithm and ends the episode in ruin, a
 * millionth of the capital stands for what is left.
 */
export function tradingEnv(options: TradingEnvOptions): TradingEnv {
  const { market, table, lookbackBars, acting, reward = plainReward, lanes } = options;
  const { from, to, spans = [{ from, to }], episodeBars, capital, ruinFraction, copies = 1, unlockSteps } = options;
  const bars = market.bars / copies;
  invariant(table.rows === market.bars, "the table has a row for each bar", { rows: table.rows, bars: market.bars });
  invariant(from >= lookbackBars - 1 && to <= bars, "decisions lie where windows and prices are", { from, to });
  invariant(to - from > episodeBars && episodeBars > 0, "an episode fits between from and to", {
    from,
    to,
    episodeBars,
  });
  invariant(
    spans.every((span) => span.from >= from && span.to <= to),
    "spans lie between from and to",
    { from, to },
  );
  invariant(Number.isInteger(bars), "variants of a market have the same bars", { bars: market.bars, copies });
  const own = accountWidth(market.positions);
  const size = own + acting.observed.length;
  const observationSpace: ObservationSpace = { kind: "windowed", table, lookback: lookbackBars, size };
  const width = observationWidth(observationSpace);
  const actionsEach = actionWidth(acting.space);
  const logits = acting.space.kind === "discrete" ? logitWidth(acting.space) : 0;
  const against = options.adversary && opposition(options.adversary.adversary, options.adversary.budget, lanes);
  const accounts = against ? { ...createAccounts(market, lanes), blow: against.blow } : createAccounts(market, lanes);
  const steps = new Float64Array(1);
  const columns = accountColumns(accounts);
  const lastBar = new Int32Array(lanes);
  const orders = new Float64Array(market.positions);
  const rngs = Array.from({ length: lanes }, (_, lane) => createRng(0, `lane ${lane}`));
  const moment: Moment = {
    market,
    accounts,
    lane: 0,
    state: new Float64Array(lanes * acting.stateWidth),
    stateAt: 0,
    entropy: acting.asksEntropy ? new Float32Array(lanes * actionsEach).fill(NaN) : undefined,
  };
  const target: Target = { market, accounts, lane: 0, orders };
  const paid = rewarding(reward, lanes);

  const starts = episodeStarts(spans, episodeBars);
  const open = (): number =>
    unlockSteps === undefined ? copies : Math.min(copies, 2 + Math.floor(steps[0] / unlockSteps));
  const start = (lane: number): void => {
    const copy = copies === 1 ? 0 : rngs[lane].integer(open());
    const first = copy * bars + starts.bar(rngs[lane].integer(starts.count));
    startLane(market, accounts, lane, first, capital);
    acting.begin(moment.state, lane * acting.stateWidth);
    paid.begin(lane);
    against?.begin(lane);
    lastBar[lane] = first + episodeBars;
  };
  const look = (lane: number): void => {
    moment.lane = lane;
    moment.stateAt = lane * acting.stateWidth;
  };
  const observe = (lane: number, into: Float32Array): void => {
    into[lane * width] = accounts.bar[lane];
    observeAccount(market, accounts, lane, into, lane * width + 1);
    if (acting.observed.length > 0) acting.observe(moment, into, lane * width + 1 + own);
  };

  return {
    lanes,
    observationSpace,
    actionSpace: acting.space,
    masked: acting.masked,
    policyEntropy: moment.entropy,
    takeRewardSums: () => paid.takeSums(),

    reset(seed: number, into: StepBuffers) {
      steps[0] = 0;
      for (let lane = 0; lane < lanes; lane++) {
        rngs[lane] = createRng(seed, `lane ${lane}`);
        look(lane);
        start(lane);
        observe(lane, into.observations);
        if (acting.masked) acting.legal(moment, into.legal, lane * logits);
      }
      into.rewards.fill(0);
      into.terminated.fill(0);
      into.truncated.fill(0);
    },

    step(actions, into) {
      steps[0]++;
      for (let lane = 0; lane < lanes; lane++) {
        look(lane);
        acting.act(moment, actions, lane * actionsEach, orders);
        if (against !== undefined) {
          target.lane = lane;
          against.strike(target);
        }
        into.rewards[lane] = paid.step(market, accounts, lane, orders, capital, steps[0]);
        const ruined = !(accounts.equity[lane] > ruinFraction * capital);
        const ended = !ruined && accounts.bar[lane] >= lastBar[lane];
        into.terminated[lane] = ruined ? 1 : 0;
        into.truncated[lane] = ended ? 1 : 0;
        if (ruined || ended) {
          observe(lane, into.finalObservations);
          if (acting.masked) acting.legal(moment, into.finalLegal, lane * logits);
          start(lane);
        }
        observe(lane, into.observations);
        if (acting.masked) acting.legal(moment, into.legal, lane * logits);
      }
    },

    snapshot(): Snapshot {
      return {
        rng: Uint32Array.from(rngs.flatMap((rng) => [...rng.state()])),
        lastBar: lastBar.slice(),
        acting: moment.state.slice(),
        reward: paid.state.slice(),
        steps: steps.slice(),
        ...(against ? { adversary: against.state.slice() } : {}),
        ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice()])),
      };
    },

    restore(snapshot) {
      invariant(snapshot["bar"].length === lanes, "a snapshot has this env's lanes", { lanes });
      for (let lane = 0; lane < lanes; lane++) {
        rngs[lane] = restoreRng(Uint32Array.from(snapshot["rng"].subarray(lane * 4, lane * 4 + 4)));
      }
      lastBar.set(snapshot["lastBar"]);
      moment.state.set(snapshot["acting"]);
      paid.state.set(snapshot["reward"]);
      steps.set(snapshot["steps"]);
      against?.state.set(snapshot["adversary"]);
      for (const [name, values] of Object.entries(columns)) values.set(snapshot[name]);
    },
  };
}

/** The reward of all lanes: advances one and says what its step is worth. */
export interface Rewarding {
  readonly state: Float64Array;
  begin(lane: number): void;
  /** @param steps of each lane since the reset, this one too: what a weight that grows is told by */
  step(market: Market, accounts: Accounts, lane: number, orders: Float64Array, capital: number, steps: number): number;
  takeSums(): Readonly<Record<string, number>>;
}

/** What `reward` pays in each of `lanes` lanes, with the memory of its terms. */
export function rewarding(reward: readonly WeightedTerm[], lanes: number): Rewarding {
  const offsets: number[] = [];
  let width = 0;
  for (const { term } of reward) {
    offsets.push(width);
    width += term.stateWidth;
  }
  const state = new Float64Array(lanes * width);
  const sums = new Float64Array(reward.length);
  const facts = emptyFacts();
  return {
    state,
    begin(lane) {
      for (let k = 0; k < reward.length; k++) reward[k].term.begin(state, lane * width + offsets[k]);
    },
    step(market, accounts, lane, orders, capital, steps) {
      takeFacts(facts, market, accounts, lane, orders, capital);
      let total = 0;
      for (let k = 0; k < reward.length; k++) {
        const { term, weight, growthSteps = 0 } = reward[k];
        const grown = steps < growthSteps ? steps / growthSteps : 1;
        const value = grown * weight * term.value(facts, state, lane * width + offsets[k]);
        sums[k] += value;
        total += value;
      }
      return total;
    },
    takeSums() {
      const taken = Object.fromEntries(reward.map(({ term }, k) => [term.name, sums[k]]));
      sums.fill(0);
      return taken;
    },
  };
}

function emptyFacts(): StepFacts {
  return {
    before: 0,
    after: 0,
    peakBefore: 0,
    peakAfter: 0,
    traded: 0,
    cost: 0,
    fills: 0,
    realised: 0,
    closed: 0,
    gross: 0,
    capital: 0,
    tradesToday: 0,
    day: 0,
  };
}

/** Advances a lane and writes down what the step did. */
function takeFacts(
  facts: StepFacts,
  market: Market,
  accounts: Accounts,
  lane: number,
  orders: Float64Array,
  capital: number,
): void {
  const { ledger } = accounts;
  const least = 1e-6 * capital;
  const [traded, cost, realised] = [accounts.tradedValue[lane], ledger.tradingCost[lane], ledger.realised[lane]];
  const [fills, closed] = [accounts.fills[lane], accounts.closedPositions[lane]];
  facts.before = accounts.equity[lane];
  facts.peakBefore = accounts.peakEquity[lane];
  facts.after = Math.max(advanceLane(market, accounts, lane, orders), least);
  facts.peakAfter = accounts.peakEquity[lane];
  facts.traded = accounts.tradedValue[lane] - traded;
  facts.cost = ledger.tradingCost[lane] - cost;
  facts.realised = ledger.realised[lane] - realised;
  facts.fills = accounts.fills[lane] - fills;
  facts.closed = accounts.closedPositions[lane] - closed;
  facts.gross = grossValue(market, accounts, lane);
  facts.capital = capital;
  facts.tradesToday = accounts.tradesToday[lane];
  facts.day = accounts.day[lane];
}
