/** @file The time as a feature, for every set that has it. */
import { closeTime } from "#domain/bar.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { clock } from "../indicators/clock.ts";
import { isDaily, marketTime } from "../sessions.ts";
import { sources } from "./sources.ts";

/** The market's own time at the close of a bar, as Unix ms. */
export function marketTimeOfClose({ timeframe, instrument }: FeatureContext): (openTime: number) => number {
  // A daily bar carries its day; its close is the end of that day, not the beginning of the next.
  if (isDaily(timeframe)) return (openTime) => openTime;
  const timeOf = marketTime(instrument.calendar);
  return (openTime) => timeOf(closeTime(openTime, timeframe));
}

export const timeOfDayAndWeek: Feature = {
  name: "clock",
  group: "time",
  formula:
    "[sin, cos](2π · time of day / 24 h), [sin, cos](2π · weekday / 7), of the market's clock at the bar's close",
  range: "−1 to 1",
  source: sources.document,
  create: (context) => clock(marketTimeOfClose(context)),
};
