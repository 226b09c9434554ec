/** @file The bars of a training's spans as an env takes them. */
import type { BarRange } from "#data/split.ts";
import type { TradingEnvOptions } from "#market/trading-env.ts";

/** Episodes within each of the spans, which are in order of time. */
export function tradedBars(spans: readonly BarRange[]): Required<Pick<TradingEnvOptions, "from" | "to" | "spans">> {
  return { from: spans[0].from, to: spans[spans.length - 1].to, spans };
}
