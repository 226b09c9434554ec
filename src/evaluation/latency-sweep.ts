/** @file What is left where every order comes late. */
import type { BacktestSetting } from "./backtest.ts";
import type { Sweep, SweepOptions } from "./sweep.ts";
import { sweep } from "./sweep.ts";

/** Bars that every order is on its way beyond the next open, where it always fills. */
export const sweptLatencyBars: readonly number[] = [0, 1, 2, 3];

export function latencySweep(options: SweepOptions, setting: BacktestSetting): Promise<Sweep> {
  return sweep(
    options,
    sweptLatencyBars.map((bars) => ({ at: bars, setting: { ...setting, latency: { bars } } })),
  );
}
