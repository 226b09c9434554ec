/** @file How large a position and an order may be: the Guardian denies what is larger, and sizing and plans, in training and in trading, never ask for it. */

/** Value of a position as a fraction of the account's equity: a full one with some drift, no more. */
export const maxPositionFraction = 1.25;

/** The same of one order: it may close the largest position and open the opposite one. */
export const maxOrderFraction = 2 * maxPositionFraction;
