/** @file A standard normal autoregression as a Markov chain on a grid, and expectations of normal numbers. */
import { Failure } from "#base/failure.ts";

/** Deviations that the grid reaches from the mean. */
const reach = 5;

/** Points of a usual grid: a step is at most half the deviation of a bar's change, and there are at least 201. */
export function usualPoints(persistence: number): number {
  const step = 0.5 * Math.sqrt(1 - persistence * persistence);
  return Math.max(201, 2 * Math.ceil(reach / step) + 1);
}

/**
 * z′ = persistence·z + √(1 − persistence²)·ε on `points` points from −5 to 5 (Tauchen, 1986): the chance of a point is that of
 * the cell around it, of the points at the ends that of all beyond.
 */
export function autoregressionChain(
  persistence: number,
  points: number,
): { readonly states: Float64Array; readonly transition: Float64Array } {
  const step = (2 * reach) / (points - 1);
  const deviation = Math.sqrt(1 - persistence * persistence);
  const states = Float64Array.from({ length: points }, (_, s) => -reach + s * step);
  const transition = new Float64Array(points * points);
  for (let s = 0; s < points; s++) {
    let below = 0;
    for (let to = 0; to < points; to++) {
      const edge = states[to] + step / 2;
      const upTo = to === points - 1 ? 1 : normalDistribution((edge - persistence * states[s]) / deviation);
      transition[s * points + to] = upTo - below;
      below = upTo;
    }
  }
  return { states, transition };
}

/** Deviations and steps in each of them over which expectations are summed; the error lies below 10⁻¹⁴. */
const [tails, steps] = [8, 8];

/**
 * E ln(1 + weight·(eʳ − 1)) of a normal log return r: growth of an account that begins a bar with `weight` in the instrument.
 * @throws Failure config/invalid where a bar within eight deviations could ruin it: then there is no such growth
 */
export function expectedLogGrowth(weight: number, mean: number, deviation: number): number {
  let [sum, all] = [0, 0];
  for (let k = -tails * steps; k <= tails * steps; k++) {
    const u = k / steps;
    const density = Math.exp(-0.5 * u * u);
    const left = 1 + weight * Math.expm1(mean + deviation * u);
    if (!(left > 0)) {
      const found = `optimum: a weight of ${weight} can be ruined in one bar of deviation ${deviation}`;
      throw new Failure("config/invalid", found);
    }
    sum += density * Math.log(left);
    all += density;
  }
  return sum / all;
}

/** Φ(x) by the complementary error function of Numerical Recipes (Press et al., 2007, 6.2.2), to 1.2 · 10⁻⁷. */
function normalDistribution(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 2 / (2 + z);
  const tail = t * Math.exp(-z * z + polynomial(t));
  return x >= 0 ? 1 - tail / 2 : tail / 2;
}

const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

function polynomial(t: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
}
