/** @file What a network prefers, as one number for each instrument, and which way what it sees moves that number. */
import { invariant } from "#base/invariant.ts";
import { gradients } from "#tensor/gradient.ts";
import type { Dim, Node } from "#tensor/graph.ts";
import { constant, inOrder, input, is } from "#tensor/graph.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { div, exp, mul, sub } from "#tensor/ops/elementwise.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import { slice } from "#tensor/ops/movement.ts";
import { sum } from "#tensor/ops/reduction.ts";
import type { Actor, Answer } from "./actor.ts";
import { actingNames } from "./actor.ts";
import { logProbabilities } from "./categorical.ts";
import type { SeenShape } from "./seen.ts";

/** B observations, one after the other, with a choice of each. */
export interface Asked {
  /** `[B, L × F]` */
  readonly market: Float32Array;
  /** `[B, S]` */
  readonly account: Float32Array;
  /** `[B, Σ sizes]`: 1 for what is legal and for what was chosen, 0 for the rest; not looked at of real actions. */
  readonly legal: Float32Array;
  readonly chosen: Float32Array;
}

/**
 * What is preferred, `[B, I]`. Of choices by their logits: the probability of the chosen one among the legal. Of choices by their
 * values: what the chosen one is worth beyond the mean of the legal. Of real actions: the number itself that is the instrument's.
 */
export interface Preferences {
  readonly answers: Answer;
  /** What the network answers `[B, W]`, and what it prefers `[B, I]`. */
  of(asked: Asked): Promise<{ readonly answer: Float32Array; readonly preference: Float32Array }>;
  /** By how much each number that is seen moves the preference of one instrument; `asked` holds `gradientRows` observations. */
  gradients(
    asked: Asked,
    instrument: number,
  ): Promise<{ readonly market: Float32Array; readonly account: Float32Array }>;
  dispose(): Promise<void>;
}

/** Observations of one call of `gradients`. */
export const gradientRows = 32;

/** What an action is made of: choices of `sizes`, one head for each instrument, or reals of which the first are the instruments'. */
export type ActionShape = { readonly sizes: readonly number[] } | { readonly instruments: number };

/** The preferences of an actor with these parameters `[P]`; to be disposed of. */
export async function preferences(
  actor: Actor,
  parameters: Float32Array,
  shape: SeenShape,
  action: ActionShape,
): Promise<Preferences> {
  invariant(parameters.length === actor.parameters, "an actor has its own parameters", {
    found: parameters.length,
    wanted: actor.parameters,
  });
  const instruments = "sizes" in action ? action.sizes.length : action.instruments;
  const flat = constant(parameters);
  const some = graphOf(actor, flat, shape, action, "batch");
  const values = await fedWhatItAsksFor({ [actor.answers]: some.answer, preference: some.preference });
  const fixed = graphOf(actor, flat, shape, action, gradientRows);
  const selected = input("selected", [1, instruments]);
  const [market, account] = gradients(sum(mul(fixed.preference, selected)), [fixed.market, fixed.account]);
  const slopes = await fedWhatItAsksFor({ byMarket: market, byAccount: account });
  return {
    answers: actor.answers,
    async of(asked) {
      const found = await values.run({ ...asked });
      return { answer: found[actor.answers] as Float32Array, preference: found["preference"] as Float32Array };
    },
    async gradients(asked, instrument) {
      const one = Float32Array.from({ length: instruments }, (_, i) => (i === instrument ? 1 : 0));
      const found = await slopes.run({ ...asked, selected: one });
      return { market: found["byMarket"] as Float32Array, account: found["byAccount"] as Float32Array };
    },
    async dispose() {
      await values.dispose();
      await slopes.dispose();
    },
  };
}

/** A program that takes more than it needs: slopes of what is linear depend on nothing that is seen. */
async function fedWhatItAsksFor(outputs: Readonly<Record<string, Node>>): Promise<Program> {
  const asksFor = inOrder(Object.values(outputs)).flatMap((node) => (is(node, "input") ? [node.attributes.name] : []));
  const program = await compile(outputs);
  const needed = (feeds: Parameters<Program["run"]>[0]): typeof feeds =>
    Object.fromEntries(Object.entries(feeds).filter(([name]) => asksFor.includes(name)));
  return { ...program, run: (feeds) => program.run(needed(feeds)) };
}

function graphOf(
  actor: Actor,
  parameters: Node,
  { lookback, columns, own }: SeenShape,
  action: ActionShape,
  rows: Dim,
): Readonly<Record<"market" | "account" | "answer" | "preference", Node>> {
  const market = input(actingNames.market, [rows, lookback * columns]);
  const account = input(actingNames.account, [rows, own]);
  const { answer } = actor.forward(parameters, { windows: market, own: account });
  if (!("sizes" in action)) {
    return { market, account, answer, preference: slice(answer, 1, 0, action.instruments) };
  }
  const { sizes } = action;
  const width = sizes.reduce((total, size) => total + size, 0);
  const [legal, chosen] = [input("legal", [rows, width]), input("chosen", [rows, width])];
  const headOf = sizes.flatMap((size, head) =>
    Array.from({ length: size }, () => sizes.map((_, other) => (other === head ? 1 : 0))),
  );
  const byHead = (numbers: Node): Node => matMul(numbers, constant(headOf.flat(), [width, sizes.length]));
  const preference =
    actor.answers === "logits"
      ? byHead(mul(exp(logProbabilities(answer, sizes, legal)), chosen))
      : sub(byHead(mul(answer, chosen)), div(byHead(mul(answer, legal)), byHead(legal)));
  return { market, account, answer, preference };
}
