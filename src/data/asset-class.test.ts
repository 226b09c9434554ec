import { expect, test } from "vitest";
import { guessAssetClass, guessCurrency, guessPipSize } from "./asset-class.ts";

test.each([
  ["EURUSD", "fx", "currency", "USD", 0.0001],
  ["USD/JPY", "fx", "currency", "JPY", 0.01],
  ["EURGBP.x", "fx", "currency", "GBP", 0.0001],
  ["XAUUSD", "fx", "metal", "USD", undefined],
  ["BTC/USDT", "crypto", "coin", "USD", undefined],
  ["SPY", "us-equities", "share", "USD", undefined],
] as const)("%s on %s is a %s in %s with a pip of %s", (symbol, calendar, assetClass, currency, pipSize) => {
  expect(guessAssetClass(symbol, calendar)).toBe(assetClass);
  expect(guessCurrency(symbol)).toBe(currency);
  expect(guessPipSize(symbol, assetClass)).toBe(pipSize);
});
