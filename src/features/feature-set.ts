/** @file The list of feature sets. A set is never changed once a model uses it: add another beside it. */
import type { Feature } from "./feature.ts";
import { alpha10 } from "./sets/alpha-10.ts";
import { alpha10Legacy } from "./sets/alpha-10-legacy.ts";
import { firstLight } from "./sets/first-light.ts";
import { gemini78, gemini78Legacy, gemini84, gemini84Legacy } from "./sets/gemini.ts";
import { multiTimeframe } from "./sets/multi-timeframe.ts";
import { orderBook, orderFlow } from "./sets/order-flow.ts";
import { ploutosV3 } from "./sets/ploutos-v3.ts";
import { ploutosV3Legacy } from "./sets/ploutos-v3-legacy.ts";
import { ploutosV6, ploutosV6Legacy } from "./sets/ploutos-v6.ts";

export const featureSets = {
  "first-light": firstLight,
  "alpha-10": alpha10,
  "alpha-10-legacy": alpha10Legacy,
  "gemini-78": gemini78,
  "gemini-78-legacy": gemini78Legacy,
  "gemini-84": gemini84,
  "gemini-84-legacy": gemini84Legacy,
  "multi-timeframe": multiTimeframe,
  "ploutos-v3": ploutosV3,
  "ploutos-v3-legacy": ploutosV3Legacy,
  "ploutos-v6": ploutosV6,
  "ploutos-v6-legacy": ploutosV6Legacy,
  "order-book": orderBook,
  "order-flow": orderFlow,
} satisfies Record<string, readonly Feature[]>;

export type FeatureSetName = keyof typeof featureSets;
