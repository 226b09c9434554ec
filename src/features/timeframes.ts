/** @file Indicators of longer bars, as each shorter bar knows them: never of a longer bar that is still under way. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { resampler } from "#domain/resample.ts";
import type { FeatureContext } from "./feature.ts";
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";
import { barsPerSession } from "./sessions.ts";

/** What a timeframe is called in the name of a column. */
const timeframeNames = {
  "1s": "s1",
  "10s": "s10",
  "1m": "m1",
  "5m": "m5",
  "15m": "m15",
  "30m": "m30",
  "1h": "h1",
  "4h": "h4",
  "1d": "d1",
  "1w": "w1",
} as const satisfies Record<Timeframe, string>;

/** Shorter bars that one longer bar can hold at most. */
function barsWithin(context: FeatureContext, longer: Timeframe): number {
  const { timeframe, instrument } = context;
  if (longer !== "1d" && longer !== "1w") return timeframeMs[longer] / timeframeMs[timeframe];
  const whole = timeframeMs["1d"] / timeframeMs[timeframe];
  // Bars need not begin when the session does: one more can lie in it in part.
  const aDay = timeframe === "1d" ? 1 : Math.min(whole, barsPerSession(context) + 1);
  const days = instrument.calendar === "crypto" ? 7 : 5;
  return longer === "1d" ? aDay : days * aDay;
}

/**
 * What an indicator of longer bars said of the last one that was complete by the close of each shorter bar. A longer bar is
 * complete as `resampler` has it: when its time or its session is over. n longer bars are complete after at most
 * n · (shorter bars in one) + 1 shorter ones, which is its warm-up.
 * @throws Failure features/missing-input where longer bars cannot be made of these; on use, data/market-closed where so
 * many bars lie outside the sessions of the calendar, and so in no longer bar, that the warm-up is too short
 */
export function onTimeframe(context: FeatureContext, longer: Timeframe, create: () => Indicator): Indicator {
  const { timeframe, instrument } = context;
  if (longer === timeframe) return create();
  if (timeframeMs[longer] < timeframeMs[timeframe]) {
    const found = `bars of ${longer} are needed and cannot be made of bars of ${timeframe}`;
    throw new Failure("features/missing-input", found, { longer, timeframe });
  }
  const inner = create();
  const longerBars = resampler({ from: timeframe, to: longer, calendar: instrument.calendar });
  const latest = new Float64Array(inner.outputs.length).fill(NaN);
  const take: Parameters<typeof longerBars.push>[1] = (bar) => inner.next(bar, latest, 0);
  const warmUpBars = inner.warmUpBars * barsWithin(context, longer) + 1;
  const taken = new Float64Array(1);
  return indicator(inner.outputs, warmUpBars, [inner, longerBars, latest, taken], (bar, into, at) => {
    longerBars.push(bar, take);
    if (taken[0] < warmUpBars && ++taken[0] === warmUpBars && Number.isNaN(latest[0])) {
      const found = `${longerBars.outsideBars()} of the first ${warmUpBars} bars of ${instrument.symbol} lie outside the hours of ${instrument.calendar}, too many for its bars of ${longer}`;
      throw new Failure("data/market-closed", found, { symbol: instrument.symbol, longer });
    }
    for (let output = 0; output < latest.length; output++) into[at + output] = latest[output];
  });
}

/** An indicator with one output over several timeframes side by side; its outputs are their names: `m5`, `h1`. */
export function onTimeframes(
  context: FeatureContext,
  timeframes: readonly Timeframe[],
  create: () => Indicator,
): Indicator {
  const each = timeframes.map((longer) => onTimeframe(context, longer, create));
  invariant(
    each.every(({ outputs }) => outputs.length === 1),
    "an indicator over several timeframes has one output",
  );
  const names = timeframes.map((longer) => timeframeNames[longer]);
  const warmUpBars = Math.max(...each.map((one) => one.warmUpBars));
  return indicator(names, warmUpBars, each, (bar, into, at) => {
    for (let one = 0; one < each.length; one++) each[one].next(bar, into, at + one);
  });
}
