/** @file The Alpha document's actions with CLOSE as a word of its own, so that HOLD means hold in training and in trading. */
import type { SignalSpace } from "../signal-space.ts";

/** HOLD, BUY, SELL, CLOSE: BUY and SELL open a position or turn it. */
export const alpha = {
  name: "alpha",
  words: ["HOLD", "BUY", "SELL", "CLOSE"],
  actions: ["HOLD", "BUY", "SELL", "CLOSE"],
  entriesAdd: false,
} as const satisfies SignalSpace;
