/** @file No risk is added on books that do not balance. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const ledgerBroken: Rule = (order, context, limits) => {
  const { ledgerImbalance: imbalance } = context;
  return (imbalance >= 0 && imbalance <= limits.maxLedgerImbalance) || reducesRisk(order, context)
    ? undefined
    : { code: "ledger-broken", imbalance, limit: limits.maxLedgerImbalance };
};
