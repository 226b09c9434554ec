/** @file The best that can be earned where it can be computed: expected log growth at proportional costs, by dynamic programming. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";

/**
 * The best rule among a few position levels, and what it earns. A level is a weight that is held throughout a bar: in the
 * simulated market a short position drifts from its weight until it is rebalanced, which earns a little less.
 */
export interface Optimum {
  /** Expected log growth of equity in a bar, net of costs, in the long run. */
  readonly growthPerBar: number;
  /** Weights of equity that the rule chooses from, in the order that they were given in. */
  readonly levels: readonly number[];
  /** The weight to hold next, where `state` was seen at the close and the weight `held` is held (the nearest level counts). */
  readonly weight: (state: number, held: number) => number;
  /** States between which a level is kept, to half a step of the grid; infinite at its ends; undefined where it never is. */
  readonly keptBetween: (level: number) => { readonly from: number; readonly to: number } | undefined;
}

/** A market as a Markov chain of states on a grid, of which an account's growth depends on nothing else than its weight. */
export interface GrowthProblem {
  /** `[S]`, ascending in equal steps. */
  readonly states: Float64Array;
  /** `[S × S]`: chance of each next state, rows add up to 1. */
  readonly transition: Float64Array;
  readonly levels: readonly number[];
  /** What trading costs, as a share of the value traded. */
  readonly costFraction: number;
  /** Expected log growth in a bar that begins in a state, of a weight held throughout. */
  readonly growth: (state: number, weight: number) => number;
}

/** Sweeps after which the value must be known; each brings it nearer by the chain's memory. */
const mostSweeps = 200_000;

/**
 * The rule of largest average growth g over (state, held level): relative value iteration (White, 1963; Puterman, 1994, 8.5.5) of
 * h(s, p) + g = max_q { ln(1 − cost·|q − p|) + growth(s, q) + E h(s′, q) }. The best g lies between the least and the largest
 * change of a sweep, which are brought within a millionth of it (or 10⁻¹³) of each other.
 */
export function optimalGrowth(problem: GrowthProblem): Optimum {
  const { states, levels, costFraction, growth } = problem;
  const [count, each] = [states.length, levels.length];
  invariant(problem.transition.length === count * count && count > 1, "a chain has a chance from each state to each");
  const widest = Math.max(...levels) - Math.min(...levels);
  if (!(costFraction >= 0 && costFraction * widest < 1)) refuse(`costs of ${costFraction} leave nothing of a trade`);
  const gains = Float64Array.from({ length: each * count }, (_, at) =>
    growth(states[at % count], levels[Math.floor(at / count)]),
  );
  const tradeCosts = Float64Array.from({ length: each * each }, (_, at) =>
    Math.log(1 - costFraction * Math.abs(levels[at % each] - levels[Math.floor(at / each)])),
  );
  const sweep = sweeping(problem.transition, gains, tradeCosts, count, each);
  for (let done = 0; done < mostSweeps; done++) {
    const { least, largest } = sweep.next();
    const growthPerBar = (least + largest) / 2;
    if (largest - least <= Math.max(1e-13, 1e-6 * Math.abs(growthPerBar))) {
      return ruleOf(problem, sweep.choices, growthPerBar);
    }
  }
  return refuse(`the states remember for so long that ${mostSweeps} sweeps do not find the optimum`);
}

function refuse(found: string): never {
  throw new Failure("config/invalid", `optimum: ${found}`);
}

/** One sweep after another over all states and held levels; values are kept relative to the first one. */
function sweeping(
  transition: Float64Array,
  gains: Float64Array,
  tradeCosts: Float64Array,
  count: number,
  each: number,
): { readonly choices: Uint8Array; next(): { readonly least: number; readonly largest: number } } {
  const values = new Float64Array(each * count);
  const onwards = new Float64Array(each * count);
  const choices = new Uint8Array(each * count);
  return {
    choices,
    next() {
      for (let q = 0; q < each; q++) {
        for (let s = 0; s < count; s++) {
          let expected = 0;
          for (let to = 0; to < count; to++) expected += transition[s * count + to] * values[q * count + to];
          onwards[q * count + s] = gains[q * count + s] + expected;
        }
      }
      let [least, largest] = [Infinity, -Infinity];
      for (let p = 0; p < each; p++) {
        for (let s = 0; s < count; s++) {
          const at = p * count + s;
          // What is held is kept where nothing is better.
          let [best, choice] = [onwards[at], p];
          for (let q = 0; q < each; q++) {
            const value = tradeCosts[p * each + q] + onwards[q * count + s];
            if (value > best) [best, choice] = [value, q];
          }
          least = Math.min(least, best - values[at]);
          largest = Math.max(largest, best - values[at]);
          values[at] = best;
          choices[at] = choice;
        }
      }
      const [origin] = values;
      for (let at = 0; at < values.length; at++) values[at] -= origin;
      return { least, largest };
    },
  };
}

function ruleOf({ states, levels }: GrowthProblem, choices: Uint8Array, growthPerBar: number): Optimum {
  const count = states.length;
  const step = states[1] - states[0];
  const nearestLevel = (held: number): number => {
    let nearest = 0;
    for (let p = 1; p < levels.length; p++) {
      if (Math.abs(levels[p] - held) < Math.abs(levels[nearest] - held)) nearest = p;
    }
    return nearest;
  };
  return {
    growthPerBar,
    levels,
    weight(state, held) {
      const s = Math.min(Math.max(Math.round((state - states[0]) / step), 0), count - 1);
      return levels[choices[nearestLevel(held) * count + s]];
    },
    keptBetween(level) {
      const p = nearestLevel(level);
      const own = choices.subarray(p * count, (p + 1) * count);
      const [first, last] = [own.indexOf(p), own.lastIndexOf(p)];
      if (first === -1) return undefined;
      return {
        from: first === 0 ? -Infinity : states[first] - step / 2,
        to: last === count - 1 ? Infinity : states[last] + step / 2,
      };
    },
  };
}

/** An agent's log growth in a bar as a share of the optimum's; undefined where the optimum is to earn nothing. */
export function shareOfOptimum(growthPerBar: number, { growthPerBar: best }: Optimum): number | undefined {
  return best > 1e-12 ? growthPerBar / best : undefined;
}
