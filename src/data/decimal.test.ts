import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decimalIn } from "./decimal.ts";

const read = (text: string): number => decimalIn(Buffer.from(`x${text},`), 1, 1 + text.length);

test("reads decimals to the bit as the language does", () => {
  const digits = fc.stringMatching(/^-?(\d{0,8}\.?\d{1,7}|\d{1,15}\.?)$/);
  fc.assert(
    fc.property(digits, (text) => {
      expect(Object.is(read(text), Number(text)), `${text} came out as ${read(text)}`).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each(["", "-", ".", "1.2.3", "1e5", "+1", " 1", "1 ", "0x10", "1,5", "NaN", "1-", "1234567890123456"])(
  "leaves %j to a slower reader",
  (text) => {
    expect(read(text)).toBeNaN();
  },
);
