/** @file No risk is added under limits that do not limit: every one is a finite number, none is negative. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const limitsInvalid: Rule = (order, context, limits) => {
  const broken = Object.entries<number>({ ...limits }).find(([, value]) => !(Number.isFinite(value) && value >= 0));
  if (broken === undefined || reducesRisk(order, context)) return undefined;
  const [limit, value] = broken;
  return { code: "limits-invalid", limit, value };
};
