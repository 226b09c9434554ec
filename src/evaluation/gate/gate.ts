/** @file Go or no-go: a set of criteria held against a report, risk first. */
import type { CriteriaSet, Criterion, CriterionOf } from "./criterion.ts";
import type { Finding, GateInput, Looks } from "./looks.ts";
import { looks } from "./looks.ts";

export interface GateRow extends Finding {
  readonly of: Criterion["of"];
  readonly role: Criterion["role"];
  readonly label: string;
}

export interface GateResult {
  readonly word: "GO" | "NO GO";
  /** Risk first, then what must hold, then what is only shown. */
  readonly rows: readonly GateRow[];
}

const order: readonly Criterion["role"][] = ["risk", "gate", "shown"];

/**
 * GO where every criterion of risk and every gate passed; a number that is not there is not passed. Nothing outweighs a criterion
 * of risk, and what is only shown decides nothing. A set without anything that decides is NO GO.
 */
export function passGate({ criteria }: CriteriaSet, input: GateInput): GateResult {
  const rows = criteria
    .map((criterion): GateRow => {
      const { of, role } = criterion;
      // The look of a kind takes criteria of that kind.
      const kind = looks[of] as Looks["sharpe"];
      return { of, role, label: kind.label, ...kind.look(criterion as CriterionOf<"sharpe">, input) };
    })
    .toSorted((one, other) => order.indexOf(one.role) - order.indexOf(other.role));
  const deciding = rows.filter(({ role }) => role !== "shown");
  const passed = deciding.length > 0 && deciding.every((row) => row.passed);
  return { word: passed ? "GO" : "NO GO", rows };
}
