/** @file The words in which a position is steered, whatever numbers a network has for them. */

/**
 * HOLD leaves a position as it is. BUY and SELL open one, or turn it. ADD makes it larger, SPLIT halves it, CLOSE ends it.
 */
export type PositionAction = "HOLD" | "BUY" | "SELL" | "ADD" | "SPLIT" | "CLOSE";
