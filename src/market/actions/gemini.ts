/** @file The Gemini documents' actions: five, and six with ADD. Two spaces with two names, since their networks differ. */
import type { SignalSpace } from "../signal-space.ts";

/** HOLD, BUY, SELL, SPLIT (half is closed), CLOSE; BUY of a long and SELL of a short position add to it. */
export const gemini5 = {
  name: "gemini-5",
  words: ["HOLD", "BUY", "SELL", "SPLIT", "CLOSE"],
  actions: ["HOLD", "BUY", "SELL", "SPLIT", "CLOSE"],
  entriesAdd: true,
} as const satisfies SignalSpace;

/** The same with ADD as number 5; BUY of a long position is illegal. */
export const gemini6 = {
  name: "gemini-6",
  words: ["HOLD", "BUY", "SELL", "SPLIT", "CLOSE", "ADD"],
  actions: ["HOLD", "BUY", "SELL", "SPLIT", "CLOSE", "ADD"],
  entriesAdd: false,
} as const satisfies SignalSpace;
