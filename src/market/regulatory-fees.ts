/** @file Fees that regulators of the United States take of shares, by date: tables with their sources. */
import { Failure } from "#base/failure.ts";
import { dayOf } from "#domain/day.ts";

/** A rate and the first day from which it holds. */
interface Dated<Rate> {
  readonly from: string;
  readonly rate: Rate;
}

/** Dollars for each million dollars of shares sold: Section 31 of the Securities Exchange Act; the SEC's fee rate advisories. */
const section31: readonly Dated<number>[] = [
  { from: "2019-04-16", rate: 20.7 },
  { from: "2020-02-18", rate: 22.1 },
  { from: "2021-02-25", rate: 5.1 },
  { from: "2022-05-14", rate: 22.9 },
  { from: "2023-02-27", rate: 8 },
  { from: "2024-05-22", rate: 27.8 },
  { from: "2025-05-14", rate: 0 },
  { from: "2026-04-04", rate: 20.6 },
];

/** Dollars for each share sold, and most for one trade: FINRA's Trading Activity Fee. */
const tradingActivity: readonly Dated<{ readonly perShare: number; readonly cap: number }>[] = [
  { from: "2012-07-01", rate: { perShare: 0.000119, cap: 5.95 } },
  { from: "2022-01-01", rate: { perShare: 0.00013, cap: 6.49 } },
  { from: "2023-01-01", rate: { perShare: 0.000145, cap: 7.27 } },
  { from: "2024-01-01", rate: { perShare: 0.000166, cap: 8.3 } },
  { from: "2026-01-01", rate: { perShare: 0.000195, cap: 9.79 } },
  { from: "2026-10-01", rate: { perShare: 0, cap: 9.79 } },
];

/** Dollars for each share bought or sold: the Consolidated Audit Trail, as Alpaca passes it on. */
const auditTrail: readonly Dated<number>[] = [
  { from: "2012-07-01", rate: 0 },
  { from: "2024-09-01", rate: 0.000053 },
  { from: "2025-07-01", rate: 0.0000265 },
  { from: "2026-09-17", rate: 0.000003 },
];

/** What is taken of trades on one day. */
export interface RegulatoryRates {
  /** Share of the value sold. */
  readonly section31: number;
  /** Dollars for each share sold, and the most for one trade. */
  readonly tradingActivity: number;
  readonly tradingActivityCap: number;
  /** Dollars for each share bought or sold. */
  readonly auditTrail: number;
}

/**
 * The rates of the day of a moment (Unix ms UTC).
 * @throws Failure market/no-rate for a day before the tables begin: a fee that nobody knows is not taken for none
 */
export function regulatoryRates(time: number): RegulatoryRates {
  const activity = rateOf("the Trading Activity Fee", tradingActivity, time);
  return {
    section31: rateOf("Section 31", section31, time) * 1e-6,
    tradingActivity: activity.perShare,
    tradingActivityCap: activity.cap,
    auditTrail: rateOf("the Consolidated Audit Trail", auditTrail, time),
  };
}

function rateOf<Rate>(name: string, table: readonly Dated<Rate>[], time: number): Rate {
  const day = dayOf(time);
  const found = table.findLast(({ from }) => from <= day);
  if (found !== undefined) return found.rate;
  const known = `costs.regulatory asks for the rate of ${name} on ${day}, the table begins on ${table[0].from}`;
  throw new Failure("market/no-rate", known, { name, day });
}
