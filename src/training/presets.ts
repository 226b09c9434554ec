/**
 * @file The documents' configurations as settings of an experiment, with their hyperparameters as written. Where the documents
 * contradict each other or themselves, what was chosen and why stands beside it; docs/how-to/use-a-preset.md tells it whole.
 */
import type { ExperimentInput } from "./experiment.ts";

/** Document 002 and its file for 15 shares: signals HOLD, BUY, SELL (all of it) for each ticker, long only. */
const ploutosV3: ExperimentInput = {
  agent: "ppo",
  featureSet: "ploutos-v3",
  actions: "signals",
  reward: "v3",
  costs: { profile: "alpaca" },
  // The document's order of 15 % of the cash shrinks with every purchase; here each ticker gets its equal share of the equity.
  account: { shorts: false, minHoldingBars: 5 },
  ruinFraction: 0.5,
  transitions: 10_000_000,
  lanes: 16,
  // Written are 3,000 bars from the file's beginning, which leaves the rest unseen: here random starts over all of it.
  episodeBars: 500,
  // The file counts calls; with 16 lanes 10,000 of them are 160,000 transitions. Patience and minimum likewise.
  evaluateEvery: 160_000,
  earlyStopping: { patience: 1_600_000, minimum: 8_000_000 },
  // Drawn with one trunk under both heads; the 2.5 million parameters that are claimed would be those of two.
  network: { body: "mlp", hidden: [1024, 512, 256], activation: "tanh", shared: true },
  ppo: {
    rolloutSteps: 4096,
    minibatchSize: 8192,
    // Unsaid in the documents; their library draws single transitions. By bars is faster, and not shown to learn as well:
    // docs/algorithms/ppo.md.
    shuffled: "transitions",
    epochs: 20,
    learningRate: 5e-5,
    finalLearningRate: 5e-5,
    gamma: 0.995,
    gaeLambda: 0.98,
    clip: 0.2,
    // Of the mean over tickers: written for their sum, it would outweigh the reward with 15 of them.
    entropyCoefficient: 0.01,
    valueCoefficient: 0.5,
    maxGradientNorm: 0.5,
    targetKl: 0.015,
    rewardScale: 1,
  },
};

/** Document 001 with the 15 million transitions of the run that document 003 speaks of. */
const ploutosV6: ExperimentInput = {
  ...ploutosV3,
  featureSet: "ploutos-v6",
  reward: "v6",
  account: { shorts: false, minHoldingBars: 2, maxTradesPerDay: 10 },
  transitions: 15_000_000,
  evaluateEvery: 10_000,
  earlyStopping: undefined,
  network: { body: "mlp", hidden: [1024, 1024, 512, 256], activation: "tanh", shared: false },
  ppo: {
    ...ploutosV3.ppo,
    learningRate: 1e-4,
    finalLearningRate: 1e-4,
    gamma: 0.99,
    gaeLambda: 0.95,
    entropyCoefficient: 0.1,
    targetKl: 0.02,
  },
};

/** Document 003: longer, less exploration, and an end when nothing improves. */
const ploutosV6Long: ExperimentInput = {
  ...ploutosV6,
  transitions: 50_000_000,
  evaluateEvery: 20_000,
  // In transitions as the document's words have it; its file counts calls, of 16 lanes each, and could not stop before 32 million.
  earlyStopping: { patience: 500_000, minimum: 2_000_000 },
  ppo: { ...ploutosV6.ppo, entropyCoefficient: 0.08 },
};

/** Document 004 on one currency pair. */
const alphaV1: ExperimentInput = {
  agent: "ppo",
  featureSet: "alpha-10",
  actions: "alpha",
  reward: "alpha",
  // The document's cost is a number without a unit, on entry only. An assumption: a full spread of about a pip of EURUSD, half
  // of it paid at entry and half at exit, and a little slippage. Lots, commission and swap are those of a broker: `mt5-fx`.
  costs: { profile: "ideal", spreadBps: 1, slippageAtr: 0.01 },
  transitions: 500_000,
  evaluateEvery: 20_000,
  // One lane of 2,048 steps is written; eight lanes of 256 make the same rollout, and its episodes differ.
  lanes: 8,
  episodeBars: 500,
  // The library's default at the time, which the document leaves unsaid.
  network: { body: "mlp", hidden: [64, 64], activation: "tanh", shared: false },
  ppo: {
    rolloutSteps: 256,
    minibatchSize: 64,
    epochs: 10,
    learningRate: 3e-4,
    finalLearningRate: 3e-4,
    gamma: 0.99,
    gaeLambda: 0.95,
    clip: 0.2,
    entropyCoefficient: 0.01,
    valueCoefficient: 0.5,
    maxGradientNorm: 0.5,
    rewardScale: 1,
  },
};

export const presets = {
  "ploutos-v3": ploutosV3,
  "ploutos-v6": ploutosV6,
  "ploutos-v6-50m": ploutosV6Long,
  "alpha-v1": alphaV1,
} satisfies Record<string, ExperimentInput>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
