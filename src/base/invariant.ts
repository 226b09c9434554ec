/** @file A promise of ours that was broken: a bug, never a user's mistake (those are Failures). */

/** Thrown when the program finds itself in a state it promised never to be in. */
export class InvariantBroken extends Error {
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(promise: string, facts: Readonly<Record<string, unknown>>) {
    const found = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`);
    super(`Invariant: ${promise}${found.length > 0 ? ` (${found.join(", ")})` : ""}`);
    this.name = "InvariantBroken";
    this.facts = facts;
  }
}

/**
 * Throws unless `holds`. State the positive rule: `invariant(sorted, "bars are in time order", { at })`.
 * @throws InvariantBroken
 */
export function invariant(
  holds: boolean,
  promise: string,
  facts: Readonly<Record<string, unknown>> = {},
): asserts holds {
  if (!holds) throw new InvariantBroken(promise, facts);
}
