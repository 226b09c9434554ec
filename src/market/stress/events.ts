/** @file The list of the kinds of stress. Its order is that of the dice: new ones go to the end. */
import type { StressKind } from "../stress.ts";
import { featureDropout } from "./feature-dropout.ts";
import { flashCrash } from "./flash-crash.ts";
import { gap } from "./gap.ts";
import { halt } from "./halt.ts";
import { latency } from "./latency.ts";
import { missing } from "./missing.ts";
import { noise } from "./noise.ts";
import { reject } from "./reject.ts";
import { slippage } from "./slippage.ts";
import { spread } from "./spread.ts";
import { thinVolume } from "./thin-volume.ts";

const kinds = {
  noise,
  spread,
  slippage,
  gap,
  latency,
  reject,
  missing,
  "feature-dropout": featureDropout,
  halt,
  "flash-crash": flashCrash,
  "thin-volume": thinVolume,
} as const satisfies Record<string, StressKind>;

export type StressKindName = keyof typeof kinds;

export const stressKinds: Readonly<Record<StressKindName, StressKind>> = kinds;
