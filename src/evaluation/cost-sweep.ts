/** @file What is left at other costs, and at which there is nothing left. */
import type { BacktestSetting } from "./backtest.ts";
import type { Costs } from "#market/costs.ts";
import type { Crossing, Sweep, SweepOptions } from "./sweep.ts";
import { crossing, sweep } from "./sweep.ts";

/** Of the value traded, on each side of a trade. */
export const sweptBps: readonly number[] = [0, 1, 2, 5, 10, 25];

export interface CostSweep extends Sweep {
  /** Cost in basis points of the value traded at which the agent's yearly return is 0, between the two nearest points. */
  readonly breakEven: Crossing;
  /** Cost at which it is no longer ahead of the baseline in Sharpe ratio. */
  readonly breakEvenBaseline: Crossing;
  /** What the tested setting's trading cost in basis points of the value traded, as the agent paid it; absent without trades. */
  readonly paidBps: number | undefined;
}

/** The tested setting at a flat cost of `bps` on each side and no other; what holding costs (borrowing, swaps, funding) stays as it is. */
export function atCost(setting: BacktestSetting, bps: number): BacktestSetting {
  const { borrowBps, swapLongPips, swapShortPips, fundingBps, participation } = setting.costs;
  const holding = { borrowBps, swapLongPips, swapShortPips, fundingBps, participation };
  const costs: Costs = { ...holding, spreadBps: 0, slippageAtr: 0, commissionBps: bps };
  return { ...setting, costs };
}

export async function costSweep(
  options: SweepOptions,
  setting: BacktestSetting,
  paidBps: number | undefined,
): Promise<CostSweep> {
  const swept = await sweep(
    options,
    sweptBps.map((at) => ({ at, setting: atCost(setting, at) })),
  );
  return { ...swept, ...breakEvens(swept), paidBps };
}

function breakEvens({ points }: Sweep): Pick<CostSweep, "breakEven" | "breakEvenBaseline"> {
  return {
    breakEven: crossing(points.map(({ at, agent }) => ({ at, value: agent.annualReturn }))),
    breakEvenBaseline: crossing(
      points.map(({ at, agent, baseline }) => ({ at, value: agent.sharpe - baseline.sharpe })),
    ),
  };
}
