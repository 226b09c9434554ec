/** @file What a fill pays to regulators: each fee is summed over the day and rounded up to the cent there, as Alpaca charges it. */

/** Rates of a bar in `Quotes.regulatory`: Section 31, Trading Activity Fee, its cap, Consolidated Audit Trail. */
export const ratesEach = 4;

/** Sums that are kept of a day: Section 31, Trading Activity Fee, Consolidated Audit Trail. */
export const sumsEach = 3;

/**
 * The fee of a fill of signed `units` at `priceOfUnit`, in dollars: what the rounded sums of the day grow by. Section 31 and the
 * Trading Activity Fee are of sales alone.
 * @param rates the row of the bar begins at `rateAt`
 * @param accrued sums of the day before they are rounded, from `sumAt` on; they are added to
 */
export function regulatoryCharge(
  rates: Float64Array,
  rateAt: number,
  accrued: Float64Array,
  sumAt: number,
  units: number,
  priceOfUnit: number,
): number {
  const shares = Math.abs(units);
  let fee = accrue(accrued, sumAt + 2, shares * rates[rateAt + 3]);
  if (units < 0) {
    fee += accrue(accrued, sumAt, shares * priceOfUnit * rates[rateAt]);
    fee += accrue(accrued, sumAt + 1, Math.min(shares * rates[rateAt + 1], rates[rateAt + 2]));
  }
  return fee;
}

function accrue(accrued: Float64Array, at: number, amount: number): number {
  if (amount === 0) return 0;
  const before = accrued[at];
  const after = before + amount;
  accrued[at] = after;
  return (cents(after) - cents(before)) / 100;
}

/** Whole cents, rounded up; a billionth of a cent is rounding of the sum, not money. */
function cents(amount: number): number {
  return Math.ceil(amount * 100 - 1e-9);
}
