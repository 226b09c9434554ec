/** @file What an account may do: cash or margin, netting or hedging, day trading, holding times. Settings as plain numbers. */
import { Failure } from "#base/failure.ts";

export interface AccountRules {
  /** Value of all positions together, as a multiple of equity; 1 is a cash account. What would go beyond is not filled. Absent: any. */
  readonly leverage?: number | undefined;
  /** May positions be short? */
  readonly shorts: boolean;
  /** Equity below this share of the value of all positions is a margin call: everything is sold. 0: never. */
  readonly maintenance: number;
  /**
   * When it is sold. `next-open`: a broker of securities looks at the close and calls, everything goes at the next open.
   * `within-bar`: a broker of leveraged contracts stops out where equity meets maintenance, or at the open if it gapped.
   */
  readonly liquidation: "next-open" | "within-bar";
  /** `netting`: one position in each instrument. `hedging`: a long and a short one beside each other. */
  readonly positions: "netting" | "hedging";
  /** `pattern-day-trader`: below 25,000 a fourth day trade within five days is not begun, up to 2026-06-03. */
  readonly dayTrading: "free" | "pattern-day-trader";
  /** Bars that a position is held at least; orders that protect it may close it before. */
  readonly minHoldingBars: number;
  /** Fills a day of the exchange, of orders that do not protect; 0: any number. */
  readonly maxTradesPerDay: number;
  /** Currency of the account, e.g. `USD`; absent: the one that all instruments share (`currency.ts`). */
  readonly currency?: string | undefined;
}

/** Any position, at any time: what sizing and the Guardian bound, and nothing else. */
export const freeAccount: AccountRules = {
  shorts: true,
  maintenance: 0,
  liquidation: "next-open",
  positions: "netting",
  dayTrading: "free",
  minHoldingBars: 0,
  maxTradesPerDay: 0,
};

/** Below this equity the old rule for pattern day traders held (FINRA Rule 4210(f)(8)(B) until SEC order 34-105226). */
export const dayTraderEquity = 25_000;

/** The first day without that rule, counted from 1970-01-01. */
export const dayTraderRuleEnds = Date.UTC(2026, 5, 4) / 86_400_000;

/** Day trades that were allowed within `dayTraderDays` trading days. */
export const dayTradesAllowed = 3;
export const dayTraderDays = 5;

/** @throws Failure config/invalid that names the setting */
export function checkRules(rules: AccountRules): void {
  const refuse = (found: string): never => {
    throw new Failure("config/invalid", found);
  };
  const { leverage, maintenance, minHoldingBars, maxTradesPerDay } = rules;
  if (leverage !== undefined && !(leverage >= 1)) refuse(`account.leverage: ${leverage} is below 1, a cash account`);
  if (!(maintenance >= 0 && maintenance < 1)) refuse(`account.maintenance: ${maintenance} is not in 0 to 1`);
  if (leverage !== undefined && maintenance > 0 && maintenance * leverage > 1) {
    refuse(
      `account.maintenance: ${maintenance} is more than the ${1 / leverage} that a leverage of ${leverage} leaves`,
    );
  }
  if (!(Number.isInteger(minHoldingBars) && minHoldingBars >= 0)) {
    refuse(`account.minHoldingBars: ${minHoldingBars} is no number of bars`);
  }
  if (!(Number.isInteger(maxTradesPerDay) && maxTradesPerDay >= 0)) {
    refuse(`account.maxTradesPerDay: ${maxTradesPerDay} is no number of trades`);
  }
}
