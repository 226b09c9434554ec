/** @file Action sensitivity of a network whose answer is known. */
import { expect, test } from "vitest";
import type { FeatureTable } from "#features/pipeline.ts";
import type { Actor } from "#policy/actor.ts";
import { preferences } from "#policy/preference.ts";
import { constant } from "#tensor/graph.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import { sensitivities } from "./sensitivity.ts";

test("is the weight of a feature times its deviation, over the whole window, and a group moves as one", async () => {
  const weights = [0.5, -1, 0, 2, 0.25, 0];
  const actor: Actor = {
    answers: "action",
    parameters: 1,
    forward: (_, { windows }) => ({ answer: matMul(windows!, constant(weights, [6, 1])) }),
  };
  const asked = await preferences(actor, new Float32Array(1), { lookback: 2, columns: 3, own: 1 }, { instruments: 1 });
  // Columns that go up and down by 1, 2 and 3 around 0; deviations 1, 2 and 3.
  const rows = 40;
  const values = Float32Array.from(
    { length: rows * 3 },
    (_, at) => (1 + (at % 3)) * (Math.floor(at / 3) % 2 === 0 ? 1 : -1),
  );
  const table: FeatureTable = { values, rows, columns: 3, blocks: 1, firstRow: 1 };
  const none = new Float32Array(0);
  const decisions = Array.from({ length: 20 }, (_, n) => ({
    market: values.slice(n * 3, (n + 2) * 3),
    account: new Float32Array(1),
    legal: none,
    chosen: none,
  }));
  const units = [[0], [1], [2], [0, 1]].map((columns) => ({ kind: "feature" as const, name: "", columns }));
  const found = await sensitivities(asked, decisions, units, table, { from: 0, to: rows });
  await asked.dispose();
  [2.5, 0.75 * 2, 0, 2.5 - 0.75 * 2].forEach((move, at) => expect(found[at]).toBeCloseTo(move, 5));
});
