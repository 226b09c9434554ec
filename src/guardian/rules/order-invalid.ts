/** @file An order must be made of real numbers: positive units, a positive price. */
import type { Rule } from "../rule.ts";

export const orderInvalid: Rule = ({ units, decisionPrice }) =>
  Number.isFinite(units) && units > 0 && Number.isFinite(decisionPrice) && decisionPrice > 0
    ? undefined
    : { code: "order-invalid", units, decisionPrice };
