/** @file How much money a strategy can carry: traded again with more capital, where every order moves the price against itself. */
import type { BacktestSetting } from "./backtest.ts";
import type { Crossing, Sweep, SweepOptions } from "./sweep.ts";
import { crossing, sweep } from "./sweep.ts";

/** Times the tested capital. */
export const sweptCapital: readonly number[] = [1, 10, 100, 1000, 10_000];

export interface Capacity extends Sweep {
  /** Of the square-root law. */
  readonly impact: number;
  /** Times the tested capital at which the yearly return is 0, between the two nearest points on a logarithmic scale. */
  readonly nothingLeft: Crossing;
}

/**
 * The agent at larger capital under the square-root law of impact: an order of q units moves the price by Y · σ · √(q / V), σ the
 * deviation and V the volume of a day, both from past bars (`Costs.impact`; Almgren et al., Direct Estimation of Equity Market
 * Impact, Risk 18, 2005; Tóth et al., Phys. Rev. X 1, 021006, 2011, find Y of order one). Y is the tested
 * costs' own, 1 where they have none. Undefined where an instrument has no volume, as then nobody knows.
 */
export async function capacity(options: SweepOptions, setting: BacktestSetting): Promise<Capacity | undefined> {
  if (!knowsVolume(setting)) return undefined;
  const impact = setting.costs.impact ?? 1;
  const costs = { ...setting.costs, impact };
  const swept = await sweep(
    options,
    sweptCapital.map((at) => ({ at, setting: { ...setting, costs, capital: at * setting.capital } })),
  );
  const { kind, at } = crossing(
    swept.points.map((point) => ({ at: Math.log(point.at), value: point.agent.annualReturn })),
  );
  return { ...swept, impact, nothingLeft: { kind, at: Math.exp(at) } };
}

/** Has every instrument volume in its first bar, from which impact is reckoned, and in the tested bars? */
function knowsVolume({ universe, from, to }: BacktestSetting): boolean {
  return universe.bars.every(({ volume }) => volume[0] > 0 && volume.subarray(from, to).some((units) => units > 0));
}
