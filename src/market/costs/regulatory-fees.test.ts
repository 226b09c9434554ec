import { expect, test } from "vitest";
import { regulatoryRates, regulatoryTables } from "./regulatory-fees.ts";

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const rates = (date: string) => regulatoryRates(dayOf(date));

test.each([
  // Section 31 of the days beside a change: SEC and FINRA notices, named in the table.
  ["2008-03-31", 11],
  ["2008-04-01", 5.6],
  ["2014-03-17", 17.4],
  ["2014-03-18", 22.1],
  ["2018-05-21", 23.1],
  ["2018-05-22", 13],
  ["2021-02-24", 22.1],
  ["2021-02-25", 5.1],
  ["2023-03-01", 8],
  ["2025-05-13", 27.8],
  ["2025-05-14", 0],
  ["2026-04-04", 20.6],
])("takes Section 31's rate of %s, %d dollars a million", (date, perMillion) => {
  expect(rates(date).section31 * 1e6).toBeCloseTo(perMillion, 9);
});

test.each([
  ["2011-06-30", 0.000075, 3.75],
  ["2011-07-01", 0.00009, 4.5],
  ["2012-03-01", 0.000095, 4.75],
  ["2023-03-01", 0.000145, 7.27],
  ["2024-12-31", 0.000166, 8.3],
  ["2026-09-30", 0.000195, 9.79],
  ["2026-10-01", 0, 9.79],
])("takes the Trading Activity Fee of %s, %d dollars a share and %d at most", (date, perShare, cap) => {
  expect(rates(date)).toMatchObject({ tradingActivity: perShare, tradingActivityCap: cap });
});

test("takes nothing for the audit trail before September 2024, and what Alpaca passed on since", () => {
  const days = ["2024-08-30", "2024-09-03", "2025-02-03", "2025-07-01", "2026-09-17"];
  expect(days.map((day) => rates(day).auditTrail)).toEqual([0, 0.000053, 0.000046, 0.0000265, 0.000003]);
});

test("refuses a day without a rate, and names the fee and the day", () => {
  expect(() => rates("2005-01-06")).toThrow(/rate of Section 31 on 2005-01-06, and the table begins on 2005-01-07/);
  expect(() => rates("2027-01-04")).toThrow(/rate of the Trading Activity Fee on 2027-01-04.*SR-FINRA-2024-019/);
});

test("knows a source for each rate, and each table is in the order of its days", () => {
  for (const table of Object.values(regulatoryTables)) {
    expect(table.every(({ source }) => source.length > 0)).toBe(true);
    const days = table.map(({ from }) => from);
    expect(days).toEqual([...new Set(days)].sort());
  }
});
