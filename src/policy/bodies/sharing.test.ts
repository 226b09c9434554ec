/** @file Windows that observations share: computing them once changes nothing but the time. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { ObservationSpace } from "#env/space.ts";
import { gradients } from "#tensor/gradient.ts";
import { input, inOrder } from "#tensor/graph.ts";
import type { Node } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { square } from "#tensor/ops/elementwise.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import { evaluate } from "#tensor/reference.ts";
import type { NetworkConfig } from "../body.ts";
import { createBody } from "../body.ts";
import { seen, seenShape } from "../seen.ts";

const rng = createRng(5);
const [rows, columns, lookback, own, batch] = [20, 64, 8, 3, 64];
const table = { values: Float32Array.from({ length: rows * columns }, () => rng.normal()), rows, columns, blocks: 2 };
const space: ObservationSpace = { kind: "windowed", table, lookback, size: own };

const configs: readonly NetworkConfig[] = [{ body: "mlp", hidden: [12, 8], activation: "tanh" }];

test.each(configs)("a $body that computes shared windows once gives the same, and learns the same", async (config) => {
  const layout = parameterLayout();
  const body = createBody(layout, "body", seenShape(space), config);
  const flat = input("parameters", [layout.size]);
  const observations = input("observations", [batch, 1 + own]);
  const both = (expected: number): { hidden: Node; gradient: Node } => {
    const hidden = body.forward(
      seen(space, observations, input("table", [rows, columns]), expected),
      layout.unpack(flat),
    );
    return { hidden, gradient: gradients(mean(square(hidden)), [flat])[0] };
  };
  const [shared, apart] = [both(rows), both(batch)];
  const finds = ({ gradient }: { gradient: Node }): boolean => inOrder([gradient]).some(({ op }) => op === "distinct");
  expect([finds(shared), finds(apart)]).toEqual([true, false]);

  const feeds = {
    parameters: layout.initialise(createRng(1)),
    observations: Float32Array.from({ length: batch * (1 + own) }, (_, at) =>
      at % (1 + own) === 0 ? lookback - 1 + rng.integer(rows - lookback + 1) : rng.normal(),
    ),
    table: table.values,
  };
  const wanted = evaluate({ ...apart }, feeds);
  const program = await compile({ hidden: shared.hidden, gradient: shared.gradient }, { threads: 2 });
  const runs = [evaluate({ ...shared }, feeds), await program.run(feeds)];
  await program.dispose();
  for (const [at, run] of runs.entries()) {
    const tolerance = at === 0 ? 1e-12 : 1e-5;
    for (const name of ["hidden", "gradient"] as const) {
      wanted[name].forEach((value, n) => {
        const off = Math.abs(Number(run[name][n]) - value) / Math.max(1, Math.abs(value));
        expect(off, `${name} ${n}`).toBeLessThan(tolerance);
      });
    }
  }
});
