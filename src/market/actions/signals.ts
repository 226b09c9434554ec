/** @file The Ploutos documents' actions for each ticker: hold, buy, and sell all of it. Long only. */
import type { SignalSpace } from "../signal-space.ts";

/** HOLD, BUY, SELL: SELL closes the whole position and never opens a short one. */
export const signals = {
  name: "signals",
  words: ["HOLD", "BUY", "SELL"],
  actions: ["HOLD", "BUY", "CLOSE"],
  entriesAdd: false,
  longOnly: true,
} as const satisfies SignalSpace;
