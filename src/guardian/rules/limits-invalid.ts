/** @file No risk is added under limits that do not limit: every one is a finite number, none is negative. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const limitsInvalid: Rule = (order, context, limits) => {
  for (const limit of Object.keys(limits) as (keyof typeof limits)[]) {
    const value = limits[limit];
    if (!(Number.isFinite(value) && value >= 0) && !reducesRisk(order, context)) {
      return { code: "limits-invalid", limit, value };
    }
  }
  return undefined;
};
