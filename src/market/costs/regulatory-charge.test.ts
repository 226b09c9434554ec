import fc from "fast-check";
import { expect, test } from "vitest";
import { regulatoryCharge } from "./regulatory-charge.ts";
import { regulatoryRates } from "./regulatory-fees.ts";

/** Charges of a day's fills in turn. */
function charges(date: string, fills: readonly (readonly [units: number, price: number])[]): number[] {
  const { section31, tradingActivity, tradingActivityCap, auditTrail } = regulatoryRates(
    Date.parse(`${date}T00:00:00Z`) / 86_400_000,
  );
  const rates = Float64Array.of(section31, tradingActivity, tradingActivityCap, auditTrail);
  const accrued = new Float64Array(3);
  return fills.map(([units, price]) => regulatoryCharge(rates, 0, accrued, 0, units, price));
}

// By hand: 5,000 dollars × 8 / million = 4 cents; 100 × 0.000145 = 1.45 cents, 2 when rounded up.
test("takes 6 cents of 100 shares sold at 50 on 2023-03-01, and nothing of buying them", () => {
  expect(charges("2023-03-01", [[-100, 50]])[0]).toBeCloseTo(0.06, 12);
  expect(charges("2023-03-01", [[100, 50]])).toEqual([0]);
});

// By hand: 6,000 × 27.8 / million = 16.68 cents → 17; 30 × 0.000166 = 0.498 → 1; 30 × 0.000046 = 0.138 → 1 on both sides.
test("takes the audit trail of both sides", () => {
  const [bought, sold] = charges("2025-02-03", [
    [30, 200],
    [-30, 200],
  ]);
  expect(bought).toBeCloseTo(0.01, 12);
  // The audit trail's sum of the day is 0.276 cents now, still 1 when rounded up: it is not taken twice.
  expect(sold).toBeCloseTo(0.18, 12);
});

// By hand: each sale is 0.0145 of a cent of Trading Activity Fee and 0.008 of a cent of Section 31.
test("rounds the sum of a day up to the cent, and not each fill", () => {
  const fills = Array.from({ length: 100 }, () => [-1, 10] as const);
  const paid = charges("2023-03-01", fills);
  expect(paid[0]).toBeCloseTo(0.02, 12);
  expect(paid.reduce((sum, fee) => sum + fee, 0)).toBeCloseTo(0.01 + 0.02, 12); // 0.8 and 1.45 cents
});

// By hand: 60,000 × 0.000166 = 9.96 dollars, at most 8.30; 60,000 × 27.8 / million = 1.668, so 1.67.
test("takes at most the cap of one trade of the Trading Activity Fee", () => {
  expect(charges("2024-06-03", [[-60_000, 1]])[0]).toBeCloseTo(8.3 + 1.67, 12);
});

test("is never negative, and comes to the rounded sums of the day however its trades are cut", () => {
  const shares = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(shares, fc.double({ min: 0.01, max: 1000, noNaN: true }), (parts, price) => {
      const paid = charges(
        "2023-03-01",
        parts.map((units) => [-units, price]),
      );
      expect(Math.min(...paid)).toBeGreaterThanOrEqual(0);
      const sold = parts.reduce((sum, units) => sum + units, 0);
      const up = (amount: number): number => Math.ceil(amount * 100 - 1e-6) / 100;
      const activity = parts.reduce((sum, units) => sum + Math.min(units * 0.000145, 7.27), 0);
      const total = paid.reduce((sum, fee) => sum + fee, 0);
      expect(Math.abs(total - up(sold * price * 8e-6) - up(activity))).toBeLessThanOrEqual(0.0100001);
    }),
  );
});
