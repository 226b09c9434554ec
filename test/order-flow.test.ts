/** @file Order flow on recorded books and trades: known answers from the files' own columns. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { readBookFile } from "#data/book-file.ts";
import type { FlowFiles } from "#data/flow-file.ts";
import { readFlowFiles } from "#data/flow-file.ts";
import { bestQuote, bookAt } from "#domain/book.ts";
import { instrument } from "#domain/instrument.ts";
import { barsAt, universe } from "#domain/universe.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import type { FlowBarSettings } from "#features/order-flow/flow-bars.ts";
import { flowBars } from "#features/order-flow/flow-bars.ts";
import { recording, withOtherEvents } from "#features/order-flow/recordings.fixture.ts";
import { featureColumns, featureNames, featureSpec, featureStream, warmUpBars } from "#features/pipeline.ts";
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

/** Bars of real recordings, made as `data import-flow` makes them. */
const real = {
  "the E-mini's book": {
    files: { book: path("ESH4_L2top10_1s_20231225") },
    settings: { timeframe: "10s", levels: 5 },
    set: "order-book",
  },
  "quotes and trades of bitcoin futures": {
    files: {
      book: path("tardis_binancefut_BTCUSDT_quotes"),
      trades: path("tardis_binancefut_BTCUSDT_trades"),
    },
    settings: { timeframe: "1s", levels: 1 },
    set: "order-flow",
  },
  "minutes of bitcoin's book with sums of flows": {
    files: { book: path("BTC_1min_L2top15_flows_600rows") },
    settings: { timeframe: "1m", levels: 15 },
    set: "order-book",
  },
  "steps of bitcoin's book, taken as a second each": {
    files: { book: path("BTC_L2top5_testset_4997rows"), stepMs: 1000 },
    settings: { timeframe: "10s", levels: 5 },
    set: "order-book",
  },
} as const satisfies Record<string, { files: FlowFiles; settings: FlowBarSettings; set: FeatureSetName }>;

describe.skipIf(!needs.sharedData())("bars of recorded files", () => {
  test.each(Object.keys(real) as (keyof typeof real)[])("of %s feed their set, in batch as in stream", async (name) => {
    const { files, settings, set } = real[name];
    const { bars } = flowBars({ symbol: "X", ...(await readFlowFiles(files)) }, settings);
    const market = universe("real", settings.timeframe, [
      { instrument: instrument("X", { calendar: "crypto" }), bars },
    ]);
    const spec = featureSpec(set, market, 1);
    const raw = featureColumns(spec, market);
    const stream = featureStream(spec);
    expect(bars.openTime.length).toBeGreaterThan(warmUpBars(spec) + 100);
    expect(bars.low.every((low, t) => low > 0 && low <= bars.open[t] && bars.open[t] <= bars.high[t])).toBe(true);
    const width = featureNames(spec).length;
    bars.openTime.forEach((_, t) => {
      expect(stream.next(barsAt(market, t))).toEqual(raw.slice(t * width, (t + 1) * width));
    });
  });

  test("of the E-mini are imported and analysed on the command line", () => {
    const folder = mkdtempSync(join(tmpdir(), "ploutos-real-flow-"));
    const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
    const ploutos = (...args: readonly string[]): Record<string, never> => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, "--json"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout) as Record<string, never>;
    };
    try {
      const { book } = real["the E-mini's book"].files;
      ploutos("data", "import-flow", "--book", book, "--levels", "5", "--timeframe", "10s", "--market", "es");
      const args = ["--market", "es", "--set", "order-book", "--until", "2023-12-25"];
      const { rows, features } = ploutos("features", "analyse", ...args);
      expect(rows).toBeGreaterThan(300);
      expect(features).toHaveLength(15);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("a real book of steps is refused until their length is named", async () => {
    const { book } = real["steps of bitcoin's book, taken as a second each"].files;
    await expect(readFlowFiles({ book })).rejects.toThrow(/counts steps/);
  });
});

describe.each(["order-book", "order-flow"] as const)("from events to the features of %s", (set) => {
  test("nothing up to a bar's close changes when all events after it are replaced by noise", () => {
    const seeds = fc.integer({ min: 1, max: 1e6 });
    fc.assert(
      fc.property(seeds, seeds, fc.integer({ min: 400, max: 600 }), (seed, other, untilSeconds) => {
        const one = recording(seed, 200, 4000);
        const changed = withOtherEvents(one, recording(other, 300, 4000), untilSeconds * 1000);
        const columns = [one, changed].map((recorded) => {
          const { bars } = flowBars(recorded, { timeframe: "10s", levels: 3 });
          const market = universe("made-up", "10s", [{ instrument: instrument("X"), bars }]);
          const spec = featureSpec(set, market, 1);
          const known = bars.openTime.filter((time) => time + 10_000 <= untilSeconds * 1000).length;
          expect(known, "the past is longer than the warm-up").toBeGreaterThan(warmUpBars(spec));
          return { known, raw: featureColumns(spec, market), width: featureNames(spec).length };
        });
        const [mine, theirs] = columns;
        expect(theirs.known).toBe(mine.known);
        const past = mine.known * mine.width;
        expect(theirs.raw.slice(0, past)).toEqual(mine.raw.slice(0, past));
      }),
      { numRuns: 30 },
    );
  });

  test("an event before the close does change them: the test above could fail", () => {
    const one = recording(1, 200, 4000);
    const changed = withOtherEvents(one, recording(2, 300, 4000), 490_000);
    const [mine, theirs] = [one, changed].map((recorded) => {
      const { bars } = flowBars(recorded, { timeframe: "10s", levels: 3 });
      const market = universe("made-up", "10s", [{ instrument: instrument("X"), bars }]);
      const known = bars.openTime.filter((time) => time + 10_000 <= 500_000).length;
      const spec = featureSpec(set, market, 1);
      return featureColumns(spec, market).slice(0, known * featureNames(spec).length);
    });
    expect(theirs).not.toEqual(mine);
  });
});
