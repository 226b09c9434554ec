/** @file A gated recurrent unit that reads a window row by row, oldest first. */
import { beside, orthogonal, zeros } from "#tensor/initialisers.ts";
import type { Node } from "#tensor/graph.ts";
import { add, mul, sigmoid, sub, tanh } from "#tensor/ops/elementwise.ts";
import { gemm, project } from "#tensor/ops/linalg.ts";
import { reshape, split } from "#tensor/ops/movement.ts";
import type { ParameterLayout } from "#tensor/parameters.ts";
import type { Encoder } from "../body.ts";
import type { JointLayersConfig } from "../joint-layers.ts";
import type { SeenShape } from "../seen.ts";

export interface GruConfig extends JointLayersConfig {
  readonly body: "gru";
  /** Units of the recurrent state. */
  readonly units: number;
}

/**
 * The last state `[N, units]` of a gated recurrent unit (Cho et al., 2014, https://arxiv.org/abs/1406.1078) that begins at zero
 * in each window. With x the row of all instruments side by side:
 *
 *     r = σ(Wr·x + Ur·h + br)     z = σ(Wz·x + Uz·h + bz)
 *     n = tanh(Wn·x + bn + r ⊙ (Un·h + c))     h ← n + z ⊙ (h − n)
 *
 * The reset gate stands behind Un·h + c and not before it, so that each row costs one product. The parts of x are one
 * product for all rows at once; the rows follow one another in the graph, about 12 small ops each and 25 backward.
 */
export function gruEncoder(
  layout: ParameterLayout,
  name: string,
  { lookback, columns }: SeenShape,
  { units }: GruConfig,
): Encoder {
  layout.add(`${name}.input.weight`, [columns, 3 * units], beside(3, orthogonal()));
  layout.add(`${name}.input.bias`, [3 * units], zeros);
  layout.add(`${name}.state.weight`, [units, 3 * units], beside(3, orthogonal()));
  layout.add(`${name}.state.bias`, [units], zeros);
  return {
    width: units,
    encode: (windows, parameters) => {
      const count = windows.shape[0];
      const ofState = parameters(`${name}.state.weight`);
      const rows = split(
        project(
          reshape(windows, [count, lookback, columns]),
          parameters(`${name}.input.weight`),
          parameters(`${name}.input.bias`),
        ),
        Array.from({ length: lookback }, () => 1),
        1,
      ).map((row) => split(reshape(row, [count, 3 * units]), [units, units, units], 1));
      // From nothing there is nothing to keep: h = (1 − z) ⊙ n, with only its bias behind the reset gate.
      const [r, z, n] = rows[0];
      const begun = tanh(add(n, mul(sigmoid(r), parameters(`${name}.state.bias`))));
      return rows.slice(1).reduce(
        (state: Node, [resetIn, keepIn, newIn]) => {
          const [reset, keep, fresh] = split(gemm(state, ofState), [units, units, units], 1);
          const proposed = tanh(
            add(newIn, mul(sigmoid(add(resetIn, reset)), add(fresh, parameters(`${name}.state.bias`)))),
          );
          return add(proposed, mul(sigmoid(add(keepIn, keep)), sub(state, proposed)));
        },
        mul(begun, sub(1, sigmoid(z))),
      );
    },
  };
}
