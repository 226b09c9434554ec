/** @file Decimal numbers straight from bytes, to the bit what the language itself would read. */

const zero = 48;
const nine = 57;
const minus = 45;
const point = 46;

/** Whole numbers of up to this many digits, and powers of ten up to 22, are exact: their quotient is rounded once. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent);

/**
 * The number that bytes `from` to `to` spell as digits with at most one point and a minus before them; NaN for anything
 * else and for more than 15 digits, which are left to a slower reader (Clinger 1990: such a quotient is exact).
 */
export function decimalIn(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === minus;
  let value = 0;
  let digits = 0;
  let pointAt = -1;
  for (let at = negative ? from + 1 : from; at < to; at++) {
    const byte = bytes[at];
    if (byte >= zero && byte <= nine) {
      value = value * 10 + (byte - zero);
      digits++;
    } else if (byte === point && pointAt < 0) {
      pointAt = at;
    } else {
      return NaN;
    }
  }
  if (digits === 0 || digits > exactDigits) return NaN;
  if (pointAt >= 0) value /= powersOfTen[to - pointAt - 1];
  return negative ? -value : value;
}
