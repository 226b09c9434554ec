/** @file Sets of stress by name: the documents' "20 % noise", and the originals' curriculum from 10 to 25 %. */
import type { StressSettings } from "../stress.ts";
import type { StressKindName } from "./events.ts";

/** Probability of each of `kinds` independent events, so that in a bar of an instrument one or more begin with `together`. */
function each(together: number, kinds: number): number {
  return 1 - (1 - together) ** (1 / kinds);
}

const everything = [
  "noise",
  "spread",
  "slippage",
  "gap",
  "latency",
  "reject",
  "missing",
  "feature-dropout",
  "flash-crash",
] as const satisfies StressKindName[];

/**
 * The documents' 20 % noise as a number with a meaning: with probability 0.20 something begins in a bar of an instrument, at
 * each decision; severities are multiples of its own ATR, spread and slippage, so that they fit any market. At most 15 in 50 bars.
 */
export const noise20: StressSettings = {
  events: Object.fromEntries(everything.map((kind) => [kind, { probability: each(0.2, everything.length) }])),
  budget: { windowBars: 50, events: 15 },
};

/**
 * The originals' adversarial wrapper at a strength (its probability that something begins in a bar, 0.10 to 0.25 there): costs
 * of two to three times for one to three bars, breakouts of 1 to 1.5 ATR that are taken back, slippage of three to five times
 * for two to five bars, 30 to 50 % less volume for three to eight.
 */
export function adversarial(strength: number): StressSettings {
  const probability = each(strength, 4);
  return {
    events: {
      spread: { probability, severity: [2, 3], bars: [1, 3] },
      noise: { probability, severity: [1, 1.5], bars: [1, 1] },
      slippage: { probability, severity: [3, 5], bars: [2, 5] },
      "thin-volume": { probability, severity: [0.3, 0.5], bars: [3, 8] },
    },
    budget: { windowBars: 50, events: 20 },
  };
}

/** Strengths of the curriculum's markets, weakest first: evenly from 10 to 25 %. */
export function curriculumStrengths(markets: number): number[] {
  return Array.from({ length: markets }, (_, at) => (markets === 1 ? 0.25 : 0.1 + (0.15 * at) / (markets - 1)));
}

/** Sets that are the same in every market made of them. */
export const stressPresets = { "noise-20": noise20, "adversarial-25": adversarial(0.25) } as const satisfies Record<
  string,
  StressSettings
>;

export type StressPresetName = keyof typeof stressPresets;
