import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "./hash.ts";

test("is SHA-256 of each part after its length in bytes", () => {
  const expected = createHash("sha256")
    .update("3:abc2:é8:")
    .update(Buffer.from([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]))
    .digest("hex");
  expect(sha256("abc", "é", Float64Array.of(1))).toBe(expected);
});

test("does not let parts run together", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, two) => {
      const same = JSON.stringify(one) === JSON.stringify(two);
      expect(sha256(...one) === sha256(...two)).toBe(same);
    }),
  );
  expect(sha256("ab", "c")).not.toBe(sha256("a", "bc"));
  expect(sha256("abc", "")).not.toBe(sha256("abc"));
});

test("hashes the numbers of a view and nothing around it", () => {
  const whole = Float64Array.of(1, 2, 3, 4);
  expect(sha256(whole.subarray(1, 3))).toBe(sha256(Float64Array.of(2, 3)));
  expect(sha256(Float64Array.of(0))).not.toBe(sha256(Float64Array.of(-0)));
});
