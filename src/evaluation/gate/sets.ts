/** @file The milestones of the five documents as criteria, with what contradicted itself resolved as the inventory says. */
import { rivalNames } from "../rival-names.ts";
import type { CriteriaSet, Criterion } from "./criterion.ts";

const previousChampion = "previous champion";

const unseen = { of: "unseenBars", role: "risk" } as const;
const sound = { of: "leaks", role: "risk" } as const;
const drawdown = (below: number) => ({ of: "maxDrawdown", below, role: "risk" }) as const;
const sharpe = (above: number) => ({ of: "sharpe", above, role: "gate" }) as const;
const target = (above: number) => ({ of: "sharpe", above, role: "shown" }) as const;
const winRate = (atLeast: number) => ({ of: "winRate", atLeast, role: "shown" }) as const;
const credible = { of: "credibleSharpe", atMost: 4, role: "gate" } as const;
const real = { of: "probabilisticSharpe", atLeast: 0.95, role: "gate" } as const;
const beats = (baseline: string) => ({ of: "beats", baseline, role: "gate" }) as const;
const beatsRandom = { of: "beatsRandom", below: 0.05, role: "gate" } as const;

/** What production asks again. */
const phase3 = [
  unseen,
  sound,
  drawdown(0.2),
  sharpe(1.6),
  real,
  credible,
  { of: "foldsPositive", atLeast: 0.6, role: "gate" },
] satisfies Criterion[];

export const criteriaSets = {
  "gemini-stress": {
    title: "Gemini, phase 4: a Sharpe ratio above 1.0 with 20 % noise",
    source: "G-003",
    criteria: [unseen, sound, drawdown(0.2), { of: "stressedSharpe", preset: "noise-20", above: 1, role: "gate" }],
  },
  "gemini-3-of-4": {
    title: "Gemini, go or no-go: better than the predecessor in three of four",
    source: "G-092 to G-096",
    criteria: [
      unseen,
      sound,
      drawdown(0.2),
      { of: "betterThan", baseline: previousChampion, atLeast: 3, role: "gate" },
      target(1.5),
      { of: "maxDrawdown", below: 0.15, role: "shown" },
      { of: "profitFactor", atLeast: 2, role: "shown" },
      winRate(0.55),
    ],
  },
  "gemini-final": {
    title: "Gemini, final validation before live trading",
    source: "G-097, C-03 to C-05",
    criteria: [
      unseen,
      sound,
      drawdown(0.2),
      sharpe(1),
      real,
      credible,
      { of: "profitFactor", atLeast: 1.2, role: "gate" },
      winRate(0.5),
      { of: "paperDays", atLeast: 90, role: "gate" },
      { of: "approval", role: "gate" },
    ],
  },
  "ploutos-5m": {
    title: "Ploutos, phase 1: the test of five million steps",
    source: "V6-080",
    criteria: [unseen, sound, drawdown(0.2), sharpe(0.8), { of: "verdict", role: "gate" }, beats("buy and hold")],
  },
  "ploutos-phase-2": {
    title: "Ploutos, phase 2: walk-forward without overfitting",
    source: "V6-080, V6-081",
    criteria: [unseen, sound, drawdown(0.2), sharpe(1), real, { of: "overfitting", below: 0.5, role: "gate" }],
  },
  "ploutos-phase-3": {
    title: "Ploutos, phase 3: fifty million steps, in most folds",
    source: "V6-080, V6-081",
    criteria: phase3,
  },
  "ploutos-production": {
    title: "Ploutos, production: two weeks of clean paper trading",
    source: "V6-080, V6-081",
    criteria: [...phase3, { of: "paperDays", atLeast: 14, role: "gate" }, { of: "approval", role: "gate" }],
  },
  alpha: {
    title: "Alpha, success criteria",
    source: "A1-065 to A1-076",
    criteria: [
      unseen,
      sound,
      drawdown(0.15),
      sharpe(1),
      beats("flat"),
      beatsRandom,
      beats("moving averages 50/200"),
      { of: "excessReturn", baseline: rivalNames["rule-and-boosting"], atLeast: 0.05, role: "gate" },
      winRate(0.55),
    ],
  },
  promotion: {
    title: "Promotion of a model, as the ninth version of Ploutos asks",
    source: "C-34",
    criteria: [
      unseen,
      sound,
      drawdown(0.12),
      { of: "dailyLoss", below: 0.03, role: "risk" },
      sharpe(0.8),
      { of: "foldsPositive", atLeast: 0.6, role: "gate" },
    ],
  },
} as const satisfies Record<string, CriteriaSet>;
