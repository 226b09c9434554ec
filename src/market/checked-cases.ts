/** @file What `market check` tries with each other: costs with account rules, and ways to act. A new member is one line here. */
import type { Instrument } from "#domain/instrument.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Acting } from "./acting.ts";
import { levelActing } from "./actions/levels.ts";
import type { Costs } from "./costs.ts";
import { freeOfCosts, indexFundCosts } from "./costs.ts";

/** Costs and rules that are tried together. */
export interface CheckedProfile {
  readonly costs: Costs;
  readonly rules: AccountRules;
}

/** Makes a way to act. @throws Failure config/invalid where the account cannot do it */
export type CheckedActing = (instruments: readonly Instrument[], rules: AccountRules) => Acting;

const spread = { spreadBps: 2, slippageAtr: 0.1, slippageRange: 0.5, commissionBps: 1 };

/** Between them they ask for every column of quotes and every rule. */
export const checkedProfiles = {
  ideal: { costs: freeOfCosts, rules: freeAccount },
  "index-fund": { costs: indexFundCosts, rules: freeAccount },
  "shares on margin": {
    costs: { ...spread, regulatory: "us-equities", impact: 1, participation: 0.1, borrowBps: 25 },
    rules: { ...freeAccount, leverage: 2, maintenance: 0.3, dayTrading: "pattern-day-trader", maxTradesPerDay: 3 },
  },
  "currencies with swaps": {
    costs: { ...spread, spreadBps: 0, spreadPips: 0.5, commissionPerUnit: 3.5, swapLongPips: 0.6, swapShortPips: -0.2 },
    rules: { ...freeAccount, leverage: 30, maintenance: 0.5 / 30, minHoldingBars: 2 },
  },
  "coins in cash": {
    costs: { ...spread, commissionMinimum: 1, makerBps: 0.5 },
    rules: { ...freeAccount, leverage: 1, shorts: false },
  },
  "perpetuals with funding": {
    costs: { ...spread, fundingBps: 1 },
    rules: { ...freeAccount, leverage: 10, maintenance: 0.01 },
  },
} as const satisfies Record<string, CheckedProfile>;

export const checkedActings = {
  levels: (instruments) => levelActing([-1, -0.5, 0, 0.5, 1], instruments.length),
} as const satisfies Record<string, CheckedActing>;
