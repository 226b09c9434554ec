/** @file How a network does when it takes its most probable action at every bar of a span, in the simulated market. */
import type { BarRange } from "#data/split.ts";
import { levelSpace, levelWeight } from "#domain/action-levels.ts";
import { accountWidth } from "#market/account.ts";
import type { TradingEnvOptions } from "#market/trading-env.ts";
import { createAccounts, observeAccount, startLane, stepLane } from "#market/world.ts";
import { mostProbable } from "#policy/categorical.ts";
import type { ActorCritic } from "#policy/network.ts";
import { seen } from "#policy/network.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";

export interface GreedyScore {
  /** Mean log return of a bar, net of costs. */
  readonly meanReward: number;
  /** Mean absolute change of the weights from bar to bar, summed over instruments. */
  readonly turnover: number;
}

export interface Greedy {
  /** Runs the span from a flat account. */
  run(parameters: Float32Array, span: BarRange): Promise<GreedyScore>;
  dispose(): Promise<void>;
}

/** The market that a network acts in, and what it sees of it. */
export type GreedySetting = Pick<
  TradingEnvOptions,
  "market" | "table" | "lookbackBars" | "levels" | "capital" | "ruinFraction"
>;

/** Ready to run any parameters of one network. */
export async function createGreedy(setting: GreedySetting, network: ActorCritic): Promise<Greedy> {
  const { market, table, lookbackBars, levels, capital, ruinFraction } = setting;
  const { instruments } = market;
  const size = accountWidth(instruments);
  const observations = input("observations", [1, 1 + size]);
  const inputs = seen(
    { kind: "windowed", table, lookback: lookbackBars, size },
    observations,
    input("table", [table.rows, table.columns]),
  );
  const { logits } = network.forward(input("parameters", [network.parameters]), inputs);
  const program = await compile({ logits });
  const { sizes } = levelSpace(levels, instruments);
  const actions = new Int32Array(instruments);
  const weights = new Float64Array(instruments);
  const observation = new Float32Array(1 + size);

  return {
    async run(parameters, { from, to }) {
      const accounts = createAccounts(market, 1);
      startLane(market, accounts, 0, from, capital);
      const held = new Float64Array(instruments);
      let reward = 0;
      let turnover = 0;
      let steps = 0;
      while (accounts.bar[0] < to - 1 && accounts.equity[0] > ruinFraction * capital) {
        observation[0] = accounts.bar[0];
        observeAccount(market, accounts, 0, observation, 1);
        const output = await program.run({ parameters, observations: observation, table: table.values });
        mostProbable(output["logits"] as Float32Array, undefined, 0, sizes, actions, 0);
        for (let i = 0; i < instruments; i++) {
          weights[i] = levelWeight(levels, actions[i], instruments);
          turnover += Math.abs(weights[i] - held[i]);
          held[i] = weights[i];
        }
        const before = accounts.equity[0];
        const after = Math.max(stepLane(market, accounts, 0, weights, 0), 1e-6 * capital);
        reward += Math.log(after / before);
        steps++;
      }
      return { meanReward: reward / steps, turnover: turnover / steps };
    },
    dispose: () => program.dispose(),
  };
}
