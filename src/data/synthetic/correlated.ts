/** @file Instruments that move together: correlated random walks. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import { movesPerBar, syntheticUniverse } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { correlation, drift, volatility } from "./settings.ts";

/**
 * Normal log returns with the given correlation matrix C: z = Lε with C = LLᵀ (Cholesky). One number is the correlation of
 * every pair.
 */
export const correlated = syntheticKind(
  "correlated",
  "Random walks of several instruments that move together.",
  z.strictObject({
    drift,
    volatility: z
      .union([volatility, z.array(volatility).min(1)])
      .default(0.01)
      .describe("standard deviation of a bar's log return, one for all instruments or one for each"),
    correlation: z
      .union([correlation, z.array(z.array(correlation)).min(1)])
      .default(0.5)
      .describe("correlation of every pair of instruments, or the whole matrix"),
  }),
  (shape, settings) => {
    const { instruments = 2 } = shape;
    const factor = choleskyFactor(matrixOf(settings.correlation, instruments));
    const deviations = listOf(settings.volatility, instruments);
    const step = settings.drift / movesPerBar;
    return syntheticUniverse("correlated", { ...shape, instruments }, (i) => {
      const each = deviations[i] / Math.sqrt(movesPerBar);
      // Every instrument draws from the same streams as those before it, and adds one of its own.
      const shared = Array.from({ length: i + 1 }, (_, k) => createRng(shape.seed, `correlated/moves/${k}`));
      return (path) => {
        for (let move = 1; move <= movesPerBar; move++) {
          let moved = 0;
          for (let k = 0; k <= i; k++) moved += factor[i][k] * shared[k].normal();
          path[move] = path[move - 1] + step + each * moved;
        }
      };
    });
  },
  2,
);

function refuse(found: string): never {
  throw new Failure("config/invalid", `correlated.${found}`);
}

function listOf(given: number | readonly number[], instruments: number): readonly number[] {
  if (typeof given === "number") return Array.from({ length: instruments }, () => given);
  if (given.length !== instruments) refuse(`volatility: has ${given.length} numbers for ${instruments} instruments`);
  return given;
}

function matrixOf(given: number | readonly (readonly number[])[], instruments: number): readonly (readonly number[])[] {
  const matrix =
    typeof given === "number"
      ? Array.from({ length: instruments }, (_, i) =>
          Array.from({ length: instruments }, (__, k) => (i === k ? 1 : given)),
        )
      : given;
  const square = matrix.length === instruments && matrix.every((row) => row.length === instruments);
  if (!square) refuse(`correlation: is no matrix of ${instruments} × ${instruments}`);
  const fits = matrix.every((row, i) => row[i] === 1 && row.every((value, k) => value === matrix[k][i]));
  if (!fits) refuse("correlation: must be symmetric, with ones on the diagonal");
  return matrix;
}

/** Lower triangular L with C = LLᵀ. @throws Failure config/invalid where C is not positive definite */
function choleskyFactor(matrix: readonly (readonly number[])[]): number[][] {
  const factor = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let k = 0; k <= i; k++) {
      let left = matrix[i][k];
      for (let j = 0; j < k; j++) left -= factor[i][j] * factor[k][j];
      if (i !== k) factor[i][k] = left / factor[k][k];
      else if (left > 1e-12) factor[i][i] = Math.sqrt(left);
      else refuse("correlation: no prices can be so correlated (the matrix is not positive definite)");
    }
  }
  return factor;
}
