/** @file The time at which a bar closes, on two circles: midnight lies beside midnight and Sunday beside Monday. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

const dayMs = 86_400_000;

/** sin and cos of 2π · time of day / 24 h and of 2π · weekday / 7 (Monday is 0), of the market's own clock at the close; `timeOf` gives that clock's time as Unix ms. −1 to 1. */
export function clock(timeOf: (openTime: number) => number): Indicator {
  const outputs = ["hourSin", "hourCos", "weekdaySin", "weekdayCos"];
  return indicator(outputs, 1, [], ({ openTime }, into, at) => {
    const time = timeOf(openTime);
    const day = Math.floor(time / dayMs);
    const hour = (2 * Math.PI * (time - day * dayMs)) / dayMs;
    // 1970-01-01 was a Thursday, the third day after Monday.
    const weekday = (2 * Math.PI * ((((day + 3) % 7) + 7) % 7)) / 7;
    into[at] = Math.sin(hour);
    into[at + 1] = Math.cos(hour);
    into[at + 2] = Math.sin(weekday);
    into[at + 3] = Math.cos(weekday);
  });
}
