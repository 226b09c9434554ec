/** @file Optimizers as graphs on the flat parameter vector: pure, so the state goes in and comes out. */
import type { Node } from "./graph.ts";
import { add, div, mul, sqrt, square, sub } from "./ops/elementwise.ts";
import type { Operand } from "./ops/definition.ts";
import { maximum } from "./ops/logic.ts";
import { norm } from "./ops/reduction.ts";

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Parameters, and both moments over 1 − β₁ and 1 − β₂, each a flat vector. */
export interface AdamState {
  readonly parameters: Node;
  readonly first: Node;
  readonly second: Node;
}

/** What an update needs to know of its step, two single numbers. Made by `rates`, fed like other inputs. */
export interface AdamRates<Value> {
  readonly rate: Value;
  readonly epsilon: Value;
}

export interface Adam {
  /**
   * The rates for a run of steps, one for each learning rate; `stepsBefore` steps were made before the first. The bias
   * correction is in them, and the weights of the new in the moments: ε_t = ε·√((1 − β₂ᵗ)/(1 − β₂)) and
   * α_t = α·√((1 − β₂ᵗ)/(1 − β₂))·(1 − β₁)/(1 − β₁ᵗ), which gives Algorithm 1 exactly.
   */
  rates(learningRates: ArrayLike<number>, stepsBefore: number): AdamRates<Float32Array>;
  /**
   * θ − α_t·m/(√v + ε_t) with m = β₁m + g and v = β₂v + g²: each op is a pass over all parameters, and moments that are
   * averages would take two more.
   */
  update(state: AdamState, gradient: Node, rates: AdamRates<Operand>): AdamState;
}

/** Adam (Kingma and Ba, 2015), with the paper's constants unless told otherwise. */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Adam {
  return {
    rates: (learningRates, stepsBefore) => {
      const correction = (at: number): number => Math.sqrt((1 - beta2 ** (stepsBefore + at + 1)) / (1 - beta2));
      return {
        rate: Float32Array.from(
          learningRates,
          (rate, at) => (rate * correction(at) * (1 - beta1)) / (1 - beta1 ** (stepsBefore + at + 1)),
        ),
        epsilon: Float32Array.from(learningRates, (_, at) => epsilon * correction(at)),
      };
    },
    update: ({ parameters, first, second }, gradient, rates) => {
      const nextFirst = add(mul(first, beta1), gradient);
      const nextSecond = add(mul(second, beta2), square(gradient));
      const step = div(nextFirst, add(sqrt(nextSecond), rates.epsilon));
      return { parameters: sub(parameters, mul(step, rates.rate)), first: nextFirst, second: nextSecond };
    },
  };
}

/** The gradient, scaled down to `max` if its Euclidean norm is larger (Pascanu et al., 2013), and that norm. */
export function clipByGlobalNorm(gradient: Node, max: number): { readonly gradient: Node; readonly norm: Node } {
  const size = norm(gradient);
  return { gradient: mul(gradient, div(max, maximum(size, max))), norm: size };
}
