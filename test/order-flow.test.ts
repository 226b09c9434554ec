/** @file Order flow on recorded books and trades: known answers from the files' own columns. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBookFile } from "#data/book-file.ts";
import { bestQuote, bookAt } from "#domain/book.ts";
import { orderFlowColumns } from "#features/order-flow/order-flow-columns.ts";
import { leeReady, tickRule } from "#features/order-flow/trade-sign.ts";
import { needs, sharedData } from "./requirements.ts";

const path = (name: string): string => join(sharedData, "orderbook", `${name}.csv.gz`);

describe.skipIf(!needs.sharedData())("order flow of recorded files", () => {
  test("trade-sign imbalance of each minute is that of the file's sums of bought and sold", async () => {
    const { aggressors, books } = await readBookFile(path("ESH4_L2top10_1s_20231225"));
    const { time, boughtUnits, soldUnits } = aggressors!;
    const { outputs, endTime, values } = orderFlowColumns(
      { symbol: "ESH4", books, aggressors },
      {
        features: ["tradeSignImbalance", "orderFlowImbalance", "spread", "micropriceLean", "depthImbalance"],
        levels: 10,
        bucket: { by: "time", intervalMs: 60_000 },
        signs: "given",
      },
    );
    expect(endTime.length).toBeGreaterThan(50);
    expect(values.every(Number.isFinite)).toBe(true);
    endTime.forEach((end, bucket) => {
      let [bought, sold] = [0, 0];
      time.forEach((at, row) => {
        if (at < end - 60_000 || at >= end) return;
        bought += boughtUnits[row];
        sold += soldUnits[row];
      });
      expect(values[bucket * outputs.length]).toBeCloseTo((bought - sold) / (bought + sold), 12);
    });
  });

  test("minutes of fifteen levels give the file's imbalance of buys and sells", async () => {
    const { aggressors, books } = await readBookFile(path("BTC_1min_L2top15_flows_600rows"));
    const { values, endTime, outputs } = orderFlowColumns(
      { symbol: "BTC", books, aggressors },
      {
        features: ["tradeSignImbalance", "spread"],
        levels: 15,
        bucket: { by: "time", intervalMs: 60_000 },
        signs: "given",
      },
    );
    expect(endTime.length).toBeGreaterThan(590);
    const { time, boughtUnits, soldUnits } = aggressors!;
    let silent = 0;
    endTime.forEach((end, bucket) => {
      // One row a minute, some left out.
      const row = time.findIndex((at) => at >= end - 60_000 && at < end);
      if (row < 0) silent++;
      const known = row < 0 ? 0 : (boughtUnits[row] - soldUnits[row]) / (boughtUnits[row] + soldUnits[row]);
      expect(values[bucket * outputs.length]).toBeCloseTo(known, 12);
    });
    expect(silent).toBeLessThan(5);
  });

  test("Lee and Ready's rule finds the side that the exchange names, far oftener than not", async () => {
    const { books } = await readBookFile(path("tardis_binancefut_BTCUSDT_quotes"));
    const { trades } = await readBookFile(path("tardis_binancefut_BTCUSDT_trades"));
    const tick = tickRule();
    let [right, all] = [0, 0];
    let next = 0;
    trades!.time.forEach((time, t) => {
      const sign = tick(trades!.price[t]);
      while (next < books!.time.length && books!.time[next] < time) next++;
      if (next === 0 || next === books!.time.length) return;
      all++;
      const said = leeReady(trades!.price[t], bestQuote(bookAt(books!, next - 1)), sign);
      if (said === trades!.aggressor[t]) right++;
    });
    expect(all).toBeGreaterThan(300);
    expect(right / all).toBeGreaterThan(0.8);
  });
});
