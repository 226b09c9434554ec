/** @file The simulated market as a `VectorEnv`: random episode starts, log-return reward net of costs, no allocation in a step. */
import { invariant } from "#base/invariant.ts";
import { createRng, restoreRng } from "#base/rng.ts";
import type { ActionLevels } from "#domain/action-levels.ts";
import { levelSpace, levelWeight } from "#domain/action-levels.ts";
import type { Snapshot, StepBuffers, VectorEnv } from "#env/env.ts";
import type { ObservationSpace, Table } from "#env/space.ts";
import { observationWidth } from "#env/space.ts";
import { accountWidth } from "./account.ts";
import type { Market } from "./world.ts";
import { accountColumns, createAccounts, observeAccount, startLane, stepLane } from "./world.ts";

export interface TradingEnvOptions {
  readonly market: Market;
  /** Scaled features, one row for each bar of the market. */
  readonly table: Table;
  readonly lookbackBars: number;
  readonly levels: ActionLevels;
  readonly lanes: number;
  /** Decisions are made at the close of bars `from` (inclusive) to `to` (exclusive); the last bar is only marked. */
  readonly from: number;
  readonly to: number;
  /** Bars an episode lasts before it is truncated; starts are drawn uniformly so that it fits. */
  readonly episodeBars: number;
  readonly capital: number;
  /** An episode ends in ruin (terminated) when equity falls to this fraction of the capital. */
  readonly ruinFraction: number;
}

/**
 * Lanes of one market. Reward: ln(equity after / equity before), net of all costs (0 when flat). Where a bar leaves nothing or
 * less than nothing, which has no logarithm and ends the episode in ruin, a millionth of the capital stands for what is left.
 */
export function tradingEnv(options: TradingEnvOptions): VectorEnv {
  const { market, table, lookbackBars, levels, lanes, from, to, episodeBars, capital, ruinFraction } = options;
  const { instruments } = market;
  invariant(table.rows === market.bars, "the table has a row for each bar", { rows: table.rows, bars: market.bars });
  invariant(from >= lookbackBars - 1 && to <= market.bars, "decisions lie where windows and prices are", { from, to });
  invariant(to - from > episodeBars && episodeBars > 0, "an episode fits between from and to", {
    from,
    to,
    episodeBars,
  });
  const account = accountWidth(instruments);
  const observationSpace: ObservationSpace = { kind: "windowed", table, lookback: lookbackBars, size: account };
  const width = observationWidth(observationSpace);
  const weightOf = Float64Array.from(levels, (_, action) => levelWeight(levels, action, instruments));
  const accounts = createAccounts(market, lanes);
  const columns = accountColumns(accounts);
  const lastBar = new Int32Array(lanes);
  const weights = new Float64Array(instruments);
  const rngs = Array.from({ length: lanes }, (_, lane) => createRng(0, `lane ${lane}`));

  const start = (lane: number): void => {
    const first = from + rngs[lane].integer(to - from - episodeBars);
    startLane(market, accounts, lane, first, capital);
    lastBar[lane] = first + episodeBars;
  };
  const observe = (lane: number, into: Float32Array): void => {
    into[lane * width] = accounts.bar[lane];
    observeAccount(market, accounts, lane, into, lane * width + 1);
  };

  return {
    lanes,
    observationSpace,
    actionSpace: levelSpace(levels, instruments),

    reset(seed: number, into: StepBuffers) {
      for (let lane = 0; lane < lanes; lane++) {
        rngs[lane] = createRng(seed, `lane ${lane}`);
        start(lane);
        observe(lane, into.observations);
      }
      into.rewards.fill(0);
      into.terminated.fill(0);
      into.truncated.fill(0);
    },

    step(actions, into) {
      for (let lane = 0; lane < lanes; lane++) {
        for (let i = 0; i < instruments; i++) weights[i] = weightOf[actions[lane * instruments + i]];
        const before = accounts.equity[lane];
        const after = stepLane(market, accounts, lane, weights, 0);
        const ruined = !(after > ruinFraction * capital);
        const ended = !ruined && accounts.bar[lane] >= lastBar[lane];
        into.rewards[lane] = Math.log(Math.max(after, 1e-6 * capital) / before);
        into.terminated[lane] = ruined ? 1 : 0;
        into.truncated[lane] = ended ? 1 : 0;
        if (ruined || ended) {
          observe(lane, into.finalObservations);
          start(lane);
        }
        observe(lane, into.observations);
      }
    },

    snapshot(): Snapshot {
      return {
        rng: Uint32Array.from(rngs.flatMap((rng) => [...rng.state()])),
        lastBar: lastBar.slice(),
        ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice()])),
      };
    },

    restore(snapshot) {
      invariant(snapshot["bar"].length === lanes, "a snapshot has this env's lanes", { lanes });
      for (let lane = 0; lane < lanes; lane++) {
        rngs[lane] = restoreRng(Uint32Array.from(snapshot["rng"].subarray(lane * 4, lane * 4 + 4)));
      }
      lastBar.set(snapshot["lastBar"]);
      for (const [name, values] of Object.entries(columns)) values.set(snapshot[name]);
    },
  };
}
