/** @file What volume and the account's rules let through of an order that opens something. */
import { dayTraderDays, dayTraderEquity, dayTraderRuleEnds, dayTradesAllowed } from "./account-rules.ts";
import { worseBy } from "./quotes.ts";
import type { Accounts, Venue } from "./world.ts";

/** The part of an order that volume and rules let through; an order that only reduces a position is held by the least of them. */
export function permitted(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  wanted: number,
): number {
  const { quotes, instruments, instrumentOf, sideOf, lotStep, rules, positions } = venue;
  const i = instrumentOf[position];
  const at = row * instruments + i;
  let units = wanted;
  if (quotes.capacity !== undefined) {
    const left = Math.max(0, quotes.capacity[at] - accounts.volumeUsed[i]);
    if (Math.abs(units) > left) units = Math.sign(units) * Math.floor(left / lotStep[i]) * lotStep[i];
  }
  const held = accounts.ledger.units[lane * positions + position];
  const against = held * units < 0;
  if (against && accounts.bar[lane] - accounts.entryBar[lane * positions + position] < rules.minHoldingBars) return 0;
  if (against && Math.abs(units) <= Math.abs(held)) return units;
  // From here on the order opens something. What only closes of it is let through.
  const closing = against ? -held : 0;
  if (rules.maxTradesPerDay > 0 && accounts.tradesToday[lane] >= rules.maxTradesPerDay) return closing;
  if (rules.dayTrading === "pattern-day-trader" && dayTraderStopped(venue, accounts, lane, position, against)) {
    return closing;
  }
  if (!rules.shorts && held + units < 0) units = closing;
  // A long leg is never short, a short leg never long.
  if (sideOf[position] > 0) units = Math.max(units, -held);
  else if (sideOf[position] < 0) units = Math.min(units, -held);
  const { leverage = Infinity } = rules;
  return leverage === Infinity ? units : affordable(venue, accounts, lane, row, position, units, leverage);
}

/**
 * Below the old threshold a position is not opened while its closing on the same day could be the fourth day trade in five
 * days: those that were made count, and the closing of every position that was opened today.
 */
function dayTraderStopped(
  { positions }: Venue,
  accounts: Accounts,
  lane: number,
  position: number,
  turns: boolean,
): boolean {
  const today = accounts.day[lane];
  if (today >= dayTraderRuleEnds || accounts.equity[lane] >= dayTraderEquity) return false;
  let trades = 0;
  for (let day = 0; day < dayTraderDays; day++) trades += accounts.dayTrades[lane * dayTraderDays + day];
  for (let p = 0; p < positions; p++) {
    const at = lane * positions + p;
    if (p === position && !turns) continue;
    if (accounts.ledger.units[at] !== 0 && accounts.entryDay[at] === today) trades++;
  }
  return trades >= dayTradesAllowed;
}

/** What the buying power leaves of an order: after it all positions together are worth at most `leverage` times equity. */
function affordable(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  wanted: number,
  leverage: number,
): number {
  const { quotes, instruments, instrumentOf, positions, lotStep, contractSize, costs } = venue;
  const { commissionBps, commissionPerUnit = 0, commissionMinimum = 0 } = costs;
  const { ledger } = accounts;
  let [worth, others] = [ledger.cash[lane] - commissionMinimum, 0];
  for (let p = 0; p < positions; p++) {
    const units = ledger.units[lane * positions + p];
    const value = units * quotes.open[row * instruments + instrumentOf[p]] * ledger.contractSize[p];
    worth += value;
    if (p !== position) others += Math.abs(value);
  }
  const i = instrumentOf[position];
  const at = row * instruments + i;
  const held = ledger.units[lane * positions + position];
  // A unit bought takes its costs out of equity as well: they count as if they were part of its price.
  const worse = quotes.halfSpread[at] + worseBy(quotes, at, wanted);
  const each = (quotes.open[at] + worse) * contractSize[i] * (1 + commissionBps * 1e-4) + commissionPerUnit;
  const most = Math.max(0, Math.floor((leverage * worth - others) / (each * lotStep[i])) * lotStep[i]);
  const after = held + wanted;
  if (Math.abs(after) <= most) return wanted;
  const kept = Math.sign(after) * Math.max(most, after * held > 0 ? Math.min(Math.abs(held), Math.abs(after)) : 0);
  return kept - held;
}
