/** @file Trains PPO on a made-up market whose price returns to its mean, then trades bars that it never saw. Takes seconds. */
import { createDataset, createFold, experiment, modelBytes, ornsteinUhlenbeck, startTraining } from "ploutos";
import { networkPolicy } from "ploutos/agents";
import { backtest, sharpe, simpleReturns, tableWindow } from "ploutos/evaluation";

const universe = ornsteinUhlenbeck({ bars: 5000, halfLifeBars: 5, volatility: 0.01, seed: 1 });
const settings = experiment({ transitions: 100_000, capital: 100_000 });
const { lookbackBars, levels, costs, rebalanceBand, capital } = settings;

const dataset = createDataset(universe, settings);
const fold = createFold(dataset, { from: 0, to: 3000 }, { from: 3000, to: 4000 }, settings);
const training = await startTraining(dataset, fold, settings);
while (!training.done) await training.next();
const { first, best } = training;
console.log(
  `log return of a bar on validation: ${first.meanReward.toFixed(5)}, trained ${best.score.meanReward.toFixed(5)}`,
);

const policy = await networkPolicy("ppo", modelBytes(training, dataset), { levels }, 1);
const features = tableWindow(fold.table, lookbackBars, 4000);
const setting = { universe, from: 4000, to: 5000, costs, sizing: { rebalanceBand }, capital };
const { curve, fills } = await backtest(policy, features, setting);
console.log(
  `on bars never seen: Sharpe ${sharpe(simpleReturns(curve.equity), 252).toFixed(2)} with ${fills.length} fills`,
);
await policy.dispose();
await training.dispose();
