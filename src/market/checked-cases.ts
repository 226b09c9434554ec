/** @file What `market check` tries with each other: every broker's profile, every action space, and plans of every part. */
import type { Instrument } from "#domain/instrument.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Acting } from "./acting.ts";
import type { ActionSettings, ActionSpaceName } from "./action-spaces.ts";
import { actingOf, actionSpaceNames } from "./action-spaces.ts";
import type { Costs } from "./costs.ts";
import { indexFundCosts } from "./costs.ts";
import type { ProfileName } from "./costs/profiles.ts";
import { checkInstruments, profileCosts, profileNames, profileRules } from "./costs/profiles.ts";
import { legacyPlan } from "./plans/legacy.ts";
import type { PlanSettings } from "./position-plan.ts";
import { plainPlan } from "./position-plan.ts";

/** Costs and rules that are tried together. */
export interface CheckedProfile {
  readonly costs: Costs;
  readonly rules: AccountRules;
  /** The broker whose instruments it is for; absent: any. */
  readonly profile?: ProfileName;
}

/** Makes a way to act. @throws Failure config/invalid where the account cannot do it */
export type CheckedActing = (instruments: readonly Instrument[], rules: AccountRules) => Acting;

/** What a profile of currencies asks of the user. */
const swaps = { swapLongPips: 0.6, swapShortPips: -0.2 };

function ofBroker(profile: ProfileName): CheckedProfile {
  const costs = profileCosts(profile, profile === "mt5-fx" ? swaps : {});
  return { profile, costs, rules: profileRules(profile, {}) };
}

/** Every broker's profile, and the rules that none of them has. */
export const checkedProfiles: Readonly<Record<string, CheckedProfile>> = {
  ...Object.fromEntries(profileNames.map((name) => [name, ofBroker(name)])),
  "few trades, held": {
    costs: { ...indexFundCosts, commissionMinimum: 1 },
    rules: { ...freeAccount, maxTradesPerDay: 3, minHoldingBars: 2 },
  },
  "hedging account": { costs: indexFundCosts, rules: { ...freeAccount, positions: "hedging" } },
};

/** A plan with all parts that a netting account can do. */
const fullPlan: PlanSettings = {
  sizing: { kind: "riskFraction", fraction: 0.01, most: 1 },
  stopAtr: 2,
  targetAtr: 6,
  petitPoucet: { unit: "R", adds: [1, 2], split: 3, automatic: false, riskCapped: true, leastStopAtr: 0.25 },
  breakEven: { atR: 1 },
  trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
  giveBack: { limitR: 0.5 },
  timeStop: { bars: 30 },
};

const plans: Readonly<Record<string, PlanSettings>> = {
  plain: plainPlan,
  "all parts": fullPlan,
  legacy: legacyPlan,
  hedges: { ...plainPlan, hedging: { mode: "opposite", enter: 0.7, exit: 0.5, bars: 3 } },
};

/** Spaces of weights and levels take no plan. */
const withoutPlan: readonly ActionSpaceName[] = ["levels", "weights", "weights-long"];

const settingsOf = (plan: PlanSettings): ActionSettings => ({
  levels: [-1, -0.5, 0, 0.5, 1],
  bracket: { stopsAtr: [1, 2], targetsAtr: [1.5, 3] },
  plan,
});

/** Every action space, those of signals with every plan. */
export const checkedActings: Readonly<Record<string, CheckedActing>> = Object.fromEntries(
  actionSpaceNames.flatMap((space) => {
    const tried = withoutPlan.includes(space) ? { "": plainPlan } : plans;
    return Object.entries(tried).map(([planName, plan]): [string, CheckedActing] => [
      planName === "" ? space : `${space} with the plan ${planName}`,
      (instruments, rules) => actingOf(space, settingsOf(plan), instruments, rules),
    ]);
  }),
);

/** @throws Failure config/invalid where a profile is not for these instruments */
export function checkFits({ profile }: CheckedProfile, instruments: readonly Instrument[]): void {
  if (profile !== undefined) checkInstruments(profile, instruments);
}
