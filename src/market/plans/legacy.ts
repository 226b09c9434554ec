/** @file The documents' own plan with their fixed numbers, for comparison only: it knows neither volatility nor risk. */
import type { PlanSettings } from "../position-plan.ts";

/**
 * 0.20 lot; at +10 and +20 pips 0.20 more, at +30 pips half is closed; from +15 of profit on (account currency, the documents
 * say EUR) a stop 2 ATR behind the close that moves with every +5. No stop before that and no limit of risk, as written.
 */
export const legacyPlan: PlanSettings = {
  sizing: { kind: "lots", lots: 0.2 },
  petitPoucet: { unit: "pips", adds: [10, 20], split: 30, automatic: true, riskCapped: false, leastStopAtr: 0 },
  trailingStop: { activation: 15, activationUnit: "money", distanceAtr: 2, step: 5, stepUnit: "money" },
};
