/** @file Fees that regulators of the United States take of shares, by date: tables with a source for each rate. */
import { Failure } from "#base/failure.ts";
import { dayMs, dayOf } from "#domain/day.ts";

/** A rate, the first day from which it holds, and who says so. A rate that nobody knows is absent. */
interface Dated<Rate> {
  readonly from: string;
  readonly rate: Rate | undefined;
  readonly source: string;
}

/**
 * Dollars for each million dollars of shares sold: Section 31 of the Securities Exchange Act (15 U.S.C. 78ee). Where a source
 * gives the rate and the rule alone, the day is counted from the law that the rule names: 30 days after the appropriation up to
 * 2011, 60 days after it since.
 */
const section31: readonly Dated<number>[] = [
  { from: "2005-01-07", rate: 32.9, source: "SEC, rates by date as listed at traderstatus.com" },
  { from: "2005-04-01", rate: 41.8, source: "SEC, fee rate advisory 7 for 2005, as listed at traderstatus.com" },
  { from: "2005-12-22", rate: 30.7, source: "SEC, rates by date as listed at traderstatus.com; SEC 2006-194" },
  { from: "2007-03-17", rate: 15.3, source: "SEC 2006-194: 30 days after the appropriation, P.L. 110-5 of 2007-02-15" },
  { from: "2008-01-25", rate: 11, source: "SEC 2007-89: 30 days after the appropriation, P.L. 110-161 of 2007-12-26" },
  { from: "2008-04-01", rate: 5.6, source: "FINRA information notice 3/10/08" },
  { from: "2009-04-10", rate: 25.7, source: "SEC 2009-100: 30 days after the appropriation, P.L. 111-8 of 2009-03-11" },
  { from: "2010-01-15", rate: 12.7, source: "SEC 2009-270" },
  { from: "2010-04-01", rate: 16.9, source: "FINRA information notice 3/10/10" },
  { from: "2011-01-21", rate: 19.2, source: "SEC 2010-255" },
  { from: "2012-02-21", rate: 18, source: "SEC release 34-66202, 77 FR 3818" },
  {
    from: "2012-04-01",
    rate: 22.4,
    source: "SEC 2012-232; a change within a year begins on April 1 by 15 U.S.C. 78ee(j)(4)",
  },
  { from: "2013-05-25", rate: 17.4, source: "SEC release 34-69449, 78 FR 25515: 60 days after 2013-03-26" },
  { from: "2014-03-18", rate: 22.1, source: "FINRA information notice 3/3/14" },
  {
    from: "2015-02-14",
    rate: 18.4,
    source: "SEC release 34-74057, 80 FR 2978: 60 days after P.L. 113-235 of 2014-12-16",
  },
  { from: "2016-02-16", rate: 21.8, source: "FINRA information notice 3/15/16; 81 FR 1458: 60 days after 2015-12-18" },
  { from: "2017-07-04", rate: 23.1, source: "SEC, fee rate advisory of 2017, as quoted in the press" },
  { from: "2018-05-22", rate: 13, source: "FINRA information notice 5/7/18" },
  { from: "2019-04-16", rate: 20.7, source: "SEC, fee rate advisory 2 for 2019, 84 FR 9576" },
  { from: "2020-02-18", rate: 22.1, source: "FINRA information notice 2/3/20" },
  { from: "2021-02-25", rate: 5.1, source: "FINRA information notice 2/16/21" },
  { from: "2022-05-14", rate: 22.9, source: "SEC, fee rate advisory for 2022, at second hand" },
  { from: "2023-02-27", rate: 8, source: "SEC release 34-96724, 88 FR 5051" },
  { from: "2024-05-22", rate: 27.8, source: "SEC release 34-99973, 89 FR 29402" },
  { from: "2025-05-14", rate: 0, source: "SEC release 34-102779, 90 FR 15492; FINRA information notice 4/24/25" },
  { from: "2026-04-04", rate: 20.6, source: "SEC release 34-104909, 91 FR 10643" },
];

/** Dollars for each share sold, and most for one trade: FINRA's Trading Activity Fee, Section 1 of Schedule A to its By-Laws. */
const tradingActivity: readonly Dated<{ readonly perShare: number; readonly cap: number }>[] = [
  { from: "2004-11-01", rate: { perShare: 0.000075, cap: 3.75 }, source: "NASD notice 04-84, FINRA notice 11-27" },
  { from: "2011-07-01", rate: { perShare: 0.00009, cap: 4.5 }, source: "FINRA regulatory notice 11-27" },
  { from: "2012-03-01", rate: { perShare: 0.000095, cap: 4.75 }, source: "FINRA regulatory notice 12-06" },
  { from: "2012-07-01", rate: { perShare: 0.000119, cap: 5.95 }, source: "SR-FINRA-2012-023, 77 FR 27527" },
  { from: "2022-01-01", rate: { perShare: 0.00013, cap: 6.49 }, source: "SR-FINRA-2020-032, 85 FR 66592" },
  { from: "2023-01-01", rate: { perShare: 0.000145, cap: 7.27 }, source: "SR-FINRA-2020-032, 85 FR 66592" },
  { from: "2024-01-01", rate: { perShare: 0.000166, cap: 8.3 }, source: "SR-FINRA-2020-032; Alpaca's page of 2024" },
  { from: "2026-01-01", rate: { perShare: 0.000195, cap: 9.79 }, source: "SR-FINRA-2024-019, 89 FR 93709" },
  { from: "2026-10-01", rate: { perShare: 0, cap: 9.79 }, source: "SR-FINRA-2026-021, up to 2026-12-31" },
  { from: "2027-01-01", rate: undefined, source: "SR-FINRA-2024-019 and 2026-020 say different things" },
];

/**
 * Dollars for each share bought or sold: the Consolidated Audit Trail as Alpaca passes it on, from its pages on fees. The pages
 * bear no dates: a rate is taken from the day of the fee of the plan (catnmsplan.com) that it is the sum of.
 */
const auditTrail: readonly Dated<number>[] = [
  { from: "2004-11-01", rate: 0, source: "CAT fee alert 2024-1: no fee for trades before September 2024" },
  { from: "2024-09-01", rate: 0.000053, source: "Alpaca's page of 2024; CAT Fee 2024-1 begins that day" },
  { from: "2025-01-01", rate: 0.000046, source: "Alpaca's page of early 2025; the day is that of CAT Fee 2025-1" },
  { from: "2025-07-01", rate: 0.0000265, source: "Alpaca's page of 2025; CAT Fee 2025-2, 90 FR 30370" },
  { from: "2026-09-17", rate: 0.000003, source: "Alpaca's schedule of that day, at second hand" },
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
 * The rates of a day of the exchange, counted from 1970-01-01.
 * @throws Failure market/no-rate for a day that a table does not know: a fee that nobody knows is not taken for none
 */
export function regulatoryRates(day: number): RegulatoryRates {
  const rates = knownRates(day);
  if (rates === undefined) throw unknownRate(dayOf(day * dayMs));
  return rates;
}

/** The same, or undefined for a day that a table does not know: bars may lie there that nobody trades in. */
export function knownRates(day: number): RegulatoryRates | undefined {
  const date = dayOf(day * dayMs);
  const perMillion = entryOf(section31, date)?.rate;
  const activity = entryOf(tradingActivity, date)?.rate;
  const audit = entryOf(auditTrail, date)?.rate;
  if (perMillion === undefined || activity === undefined || audit === undefined) return undefined;
  return {
    section31: perMillion * 1e-6,
    tradingActivity: activity.perShare,
    tradingActivityCap: activity.cap,
    auditTrail: audit,
  };
}

function entryOf<Rate>(table: readonly Dated<Rate>[], day: string): Dated<Rate> | undefined {
  return table.findLast(({ from }) => from <= day);
}

/** What is said of a day that a table does not know; the first of them, since its table begins last. */
function unknownRate(day: string): Failure {
  const tables: Readonly<Record<string, readonly Dated<unknown>[]>> = {
    "Section 31": section31,
    "the Trading Activity Fee": tradingActivity,
    "the Consolidated Audit Trail": auditTrail,
  };
  const [name, table] = Object.entries(tables).find(([, each]) => entryOf(each, day)?.rate === undefined)!;
  const entry = entryOf(table, day);
  const known =
    entry === undefined ? `begins on ${table[0].from}` : `knows none from ${entry.from} on: ${entry.source}`;
  const asked = `costs.regulatory asks for the rate of ${name} on ${day}, and the table ${known}`;
  return new Failure("market/no-rate", asked, { name, day });
}

/** Every rate with its day and its source, for documents and tests. */
export const regulatoryTables = { section31, tradingActivity, auditTrail };
