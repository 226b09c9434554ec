/** @file Trials to test with. */
import type { CountedTrial, Sighting, Trial } from "./trial.ts";
import { trialConfig } from "./trial.ts";

export function sighting(given: Partial<Sighting> = {}): Sighting {
  return { at: Date.UTC(2026, 0, 5), command: "ploutos backtest runs/first", codeVersion: "0.1.0", ...given };
}

/** A look of seed 1 at the bars of 2020 of SPY. */
export function trial(given: Partial<Trial> = {}): Trial {
  return {
    kind: "look",
    agent: "PPO",
    ...trialConfig({ learningRate: 0.001 }),
    seed: 1,
    market: "spy",
    symbols: ["SPY"],
    timeframe: "1d",
    dataHash: "d".repeat(64),
    from: Date.UTC(2020, 0, 2),
    until: Date.UTC(2020, 11, 31),
    returns: Float64Array.of(0.01, -0.02, 0.1 + 0.2),
    ...given,
  };
}

export function counted(given: Partial<CountedTrial> = {}): CountedTrial {
  return { ...trial(given), sightings: given.sightings ?? [sighting()] };
}
