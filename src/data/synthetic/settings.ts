/** @file Settings that several synthetic markets share: their ranges, defaults and units. */
import { z } from "zod";

export const drift = z.number().min(-1).max(1).default(0).describe("mean log return of a bar");
export const volatility = z
  .number()
  .positive()
  .max(1)
  .default(0.01)
  .describe("standard deviation of a bar's log return, 0.01 is 1 %");
export const halfLifeBars = z
  .number()
  .positive()
  .default(20)
  .describe("bars in which a deviation from the mean halves");
export const correlation = z.number().min(-1).max(1);
