/** @file How a network does when it acts as it thinks best at every bar of a span, in the simulated market. */
import { invariant } from "#base/invariant.ts";
import type { BarRange } from "#data/split.ts";
import { accountWidth } from "#market/account.ts";
import type { Moment } from "#market/acting.ts";
import type { TradingEnvOptions } from "#market/trading-env.ts";
import type { Accounts } from "#market/world.ts";
import { advanceLane, createAccounts, observeAccount, startLane } from "#market/world.ts";
import { logitWidth } from "#env/space.ts";
import type { Outcome } from "#policy/calibration.ts";
import { chosenProbability, mostProbable, normalisedEntropy } from "#policy/categorical.ts";
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
  /**
   * Runs the span from a flat account.
   * @param logReturns `[bars − 1]`, of zeros: the log return of each step is written here; after a ruin they stay 0
   */
  run(parameters: Float32Array, span: BarRange, logReturns?: Float64Array): Promise<GreedyScore>;
  /**
   * Runs the span, and tells of each choice that held a position through the next bar how probable it was and whether the bar
   * went its way, from its open to its close. Nothing where the policy has no probabilities.
   */
  outcomes(parameters: Float32Array, span: BarRange): Promise<Outcome[]>;
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
  const choices = space.kind === "discrete" ? space.sizes : undefined;
  const own = accountWidth(market.positions);
  const size = own + acting.observed.length;
  const observations = input("observations", [1, 1 + size]);
  const inputs = seen(
    { kind: "windowed", table, lookback: lookbackBars, size },
    observations,
    input("table", [table.rows, table.columns]),
  );
  const graph = actor.forward(input("parameters", [actor.parameters]), inputs);
  const program = await compile({ answer: graph.answer });
  const actions = new Int32Array(choices?.length ?? 0);
  const legal = new Uint8Array(space.kind === "discrete" ? logitWidth(space) : 0).fill(1);
  const orders = new Float64Array(market.positions);
  const observation = new Float32Array(1 + size);

  const play = async (
    parameters: Float32Array,
    { from, to }: BarRange,
    note?: (answer: Float32Array, accounts: Accounts, logReturn: number) => void,
  ): Promise<GreedyScore> => {
    const accounts = createAccounts(market, 1);
    const entropy = acting.asksEntropy ? new Float32Array(actions.length) : undefined;
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
      const answer = output["answer"] as Float32Array;
      if (choices) mostProbable(answer, legal, 0, choices, actions, 0);
      if (choices && entropy) {
        if (actor.answers === "logits") normalisedEntropy(answer, legal, 0, choices, entropy, 0);
        else entropy.fill(Number.NaN);
      }
      acting.act(moment, choices ? actions : finite(answer), 0, orders);
      const [before, traded] = [accounts.equity[0], accounts.tradedValue[0]];
      const after = Math.max(advanceLane(market, accounts, 0, orders), 1e-6 * capital);
      const logReturn = Math.log(after / before);
      note?.(answer, accounts, logReturn);
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
  };

  return {
    run(parameters, span, logReturns) {
      let step = 0;
      return play(
        parameters,
        span,
        logReturns && ((_answer, _accounts, logReturn) => (logReturns[step++] = logReturn)),
      );
    },
    async outcomes(parameters, span) {
      const found: Outcome[] = [];
      if (!choices || actor.answers !== "logits") return found;
      const probability = new Float64Array(choices.length);
      const { open, close } = market.quotes;
      await play(parameters, span, (logits, { bar, ledger }) => {
        chosenProbability(logits, legal, 0, choices, actions, 0, probability);
        for (let p = 0; p < market.positions; p++) {
          const i = market.instrumentOf[p];
          const at = bar[0] * market.instruments + i;
          const gain = ledger.units[p] * (close[at] - open[at]);
          if (gain !== 0) found.push({ confidence: probability[i], right: gain > 0 });
        }
      });
      return found;
    },
    dispose: () => program.dispose(),
  };
}

/** A broken network must not be mistaken for one that wants something. */
function finite(action: Float32Array): Float32Array {
  if (!action.every(Number.isFinite)) invariant(false, "an action is finite numbers");
  return action;
}
