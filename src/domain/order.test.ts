import { expect, test } from "vitest";
import { decisionTime, orderId, protectionId, signedUnits } from "./order.ts";

test("gives the same decision the same id, and any other another", () => {
  expect(orderId("A", 1000)).toBe(orderId("A", 1000));
  const ids = [orderId("A", 1000), orderId("A", 1001), orderId("B", 1000), orderId("A-1", 1000)];
  expect(new Set(ids).size).toBe(ids.length);
});

test("knows from an id when an order at the market was decided, and that nobody decided what protects", () => {
  for (const time of [1000, 0, -86_400_000]) expect(decisionTime("BTC-USD", orderId("BTC-USD", time))).toBe(time);
  expect(decisionTime("A", protectionId("A", "stop", 1000))).toBeUndefined();
  expect(decisionTime("A", orderId("A-liquidation", 1000))).toBeUndefined();
  expect(decisionTime("A", orderId("B", 1000))).toBeUndefined();
});

test("signs units by the side", () => {
  expect(signedUnits({ side: "buy", units: 3 })).toBe(3);
  expect(signedUnits({ side: "sell", units: 3 })).toBe(-3);
});
