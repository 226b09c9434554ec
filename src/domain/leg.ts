/** @file Which position of an instrument is meant, on accounts that hold a long and a short one beside each other. */

/** One of the two positions that a hedging account has in an instrument. The long leg is never short, the short one never long. */
export type Leg = "long" | "short";

/** What tells a position from all others of an account. Orders and fills are of one position each. */
export interface PositionName {
  readonly symbol: string;
  /** Absent on netting accounts, which hold one position in each instrument. */
  readonly leg?: Leg;
}

/** The name alone, of anything that is of one position. */
export function positionName({ symbol, leg }: PositionName): PositionName {
  return leg === undefined ? { symbol } : { symbol, leg };
}

export function isSamePosition(one: PositionName, other: PositionName): boolean {
  return one.symbol === other.symbol && one.leg === other.leg;
}

/** A position in a word: its symbol, with its leg where there are two. What ids begin with, so that no two legs share one. */
export function positionTitle({ symbol, leg }: PositionName): string {
  return leg === undefined ? symbol : `${symbol}-${leg}`;
}
