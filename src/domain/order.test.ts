import { expect, test } from "vitest";
import { orderId, signedUnits } from "./order.ts";

test("gives the same decision the same id, and any other another", () => {
  expect(orderId("A", 1000)).toBe(orderId("A", 1000));
  const ids = [orderId("A", 1000), orderId("A", 1001), orderId("B", 1000), orderId("A-1", 1000)];
  expect(new Set(ids).size).toBe(ids.length);
});

test("signs units by the side", () => {
  expect(signedUnits({ side: "buy", units: 3 })).toBe(3);
  expect(signedUnits({ side: "sell", units: 3 })).toBe(-3);
});
