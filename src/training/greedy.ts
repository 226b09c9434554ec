/** @file How a network does when it takes its most probable action at every bar of a span, in the simulated market. */
import { invariant } from "#base/invariant.ts";
import type { BarRange } from "#data/split.ts";
import { accountWidth } from "#market/account.ts";
import type { Moment } from "#market/acting.ts";
import type { TradingEnvOptions } from "#market/trading-env.ts";
import { advanceLane, createAccounts, observeAccount, startLane } from "#market/world.ts";
import { mostProbable, normalisedEntropy } from "#policy/categorical.ts";
import type { Actor } from "#policy/actor.ts";
import { seen } from "#policy/seen.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";

export interface GreedyScore {
  /** Mean log return of a bar, net of costs. */
  readonly meanReward: number;
  /** Mean value traded in a bar, as a fraction of equity. */
  readonly turnover: number;
  /** Mean over standard deviation of the bars' log returns, not annualised; 0 where they are all equal. */
  readonly sharpe: number;
  /** The deepest fall of equity from its highest so far, as a fraction of that. */
  readonly maxDrawdown: number;
  /** In the end, in the account's currency. */
  readonly equity: number;
  /** Final over initial equity, less 1. */
  readonly totalReturn: number;
  readonly trades: number;
  /** Fees, spread, slippage and impact, as a fraction of the initial equity. */
  readonly costs: number;
}

export interface Greedy {
  /** Runs the span from a flat account. */
  run(parameters: Float32Array, span: BarRange): Promise<GreedyScore>;
  dispose(): Promise<void>;
}

/** The market that a network acts in, and what it sees of it. */
export type GreedySetting = Pick<
  TradingEnvOptions,
  "market" | "table" | "lookbackBars" | "acting" | "capital" | "ruinFraction"
>;

/** Ready to run any parameters of one actor. */
export async function createGreedy(setting: GreedySetting, actor: Actor): Promise<Greedy> {
  const { market, table, lookbackBars, acting, capital, ruinFraction } = setting;
  const { space } = acting;
  invariant(space.kind === "discrete", "a network chooses its most probable action");
  const own = accountWidth(market.positions);
  const size = own + acting.observed.length;
  const observations = input("observations", [1, 1 + size]);
  const inputs = seen(
    { kind: "windowed", table, lookback: lookbackBars, size },
    observations,
    input("table", [table.rows, table.columns]),
  );
  const { answer } = actor.forward(input("parameters", [actor.parameters]), inputs);
  const program = await compile({ answer });
  const actions = new Int32Array(space.sizes.length);
  const legal = new Uint8Array(space.sizes.reduce((sum, actionsOf) => sum + actionsOf, 0)).fill(1);
  const orders = new Float64Array(market.positions);
  const observation = new Float32Array(1 + size);

  return {
    async run(parameters, { from, to }) {
      const accounts = createAccounts(market, 1);
      const entropy = acting.asksEntropy ? new Float32Array(space.sizes.length) : undefined;
      const state = new Float64Array(acting.stateWidth);
      const moment: Moment = { market, accounts, lane: 0, state, stateAt: 0, entropy };
      startLane(market, accounts, 0, from, capital);
      acting.begin(moment.state, 0);
      let [reward, squares, turnover, maxDrawdown, steps] = [0, 0, 0, 0, 0];
      while (accounts.bar[0] < to - 1 && accounts.equity[0] > ruinFraction * capital) {
        observation[0] = accounts.bar[0];
        observeAccount(market, accounts, 0, observation, 1);
        acting.observe(moment, observation, 1 + own);
        if (acting.masked) acting.legal(moment, legal, 0);
        const output = await program.run({ parameters, observations: observation, table: table.values });
        const scores = output["answer"] as Float32Array;
        mostProbable(scores, legal, 0, space.sizes, actions, 0);
        if (entropy) {
          if (actor.answers === "logits") normalisedEntropy(scores, legal, 0, space.sizes, entropy, 0);
          else entropy.fill(Number.NaN);
        }
        acting.act(moment, actions, 0, orders);
        const [before, traded] = [accounts.equity[0], accounts.tradedValue[0]];
        const after = Math.max(advanceLane(market, accounts, 0, orders), 1e-6 * capital);
        const logReturn = Math.log(after / before);
        reward += logReturn;
        squares += logReturn * logReturn;
        maxDrawdown = Math.max(maxDrawdown, 1 - after / accounts.peakEquity[0]);
        turnover += (accounts.tradedValue[0] - traded) / before;
        steps++;
      }
      const meanReward = reward / steps;
      const deviation = Math.sqrt(Math.max(0, squares / steps - meanReward * meanReward));
      return {
        meanReward,
        turnover: turnover / steps,
        sharpe: deviation > 1e-12 ? meanReward / deviation : 0,
        maxDrawdown,
        equity: accounts.equity[0],
        totalReturn: accounts.equity[0] / capital - 1,
        trades: accounts.fills[0],
        costs: accounts.ledger.tradingCost[0] / capital,
      };
    },
    dispose: () => program.dispose(),
  };
}
