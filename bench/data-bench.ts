/** @file Benchmarks of bars in: a CSV file read and checked, and stored bars read back. */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readBarsFile } from "#data/bars-file.ts";
import { checkQuality } from "#data/quality.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Bars } from "#domain/bar.ts";
import { emptyBars } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "ploutos-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows of a random walk that longer histories repeat, in ever later times. */
const tileRows = 1_000_000;

function minutes(rows: number): Bars {
  return randomWalk({ bars: rows, volatility: 0.0005, seed: 1, timeframe: "1m" }).bars[0];
}

/** Minutes of a market that never closes, as a source would write them: times in words, prices with five decimals. */
function writeCsv(path: string, rows: number): void {
  const { openTime, open, high, low, close, volume } = minutes(Math.min(rows, tileRows));
  const file = openSync(path, "w");
  let text = "time,open,high,low,close,volume\n";
  for (let row = 0; row < rows; row++) {
    const t = row % tileRows;
    const time = new Date(openTime[0] + row * 60_000).toISOString().slice(0, 19).replace("T", " ");
    text += `${time},${open[t].toFixed(5)},${high[t].toFixed(5)},${low[t].toFixed(5)},${close[t].toFixed(5)},${volume[t]}\n`;
    if (text.length < 1 << 20 && row < rows - 1) continue;
    writeSync(file, text);
    text = "";
  }
  closeSync(file);
}

/** Rows a second from a CSV file to columns that are checked: every row's form and prices, then the quality report. */
export function benchCsvRows(): Promise<Figure> {
  const rows = 1_000_000;
  return inFolder(async (folder) => {
    const path = join(folder, "BENCH.csv");
    writeCsv(path, rows);
    const reading: number[] = [];
    const both: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      const { bars, timeframe, calendar } = await readBarsFile(path);
      const read = performance.now();
      checkQuality(bars, { timeframe, calendar });
      both.push((rows * 1000) / (performance.now() - start));
      reading.push((rows * 1000) / (read - start));
    }
    return {
      value: median(both),
      unit: "rows/s",
      readOnly: median(reading),
      rows,
      bytes: statSync(path).size,
      rounds: both.length,
      note: "median; a plain file in the cache of the disk; readOnly leaves out the quality report, neither writes the market",
    };
  });
}

/** Seconds from a stored market of 10 million bars to columns whose hash has been checked. */
export function benchStoreScan(): Promise<Figure> {
  const rows = 10_000_000;
  return inFolder(async (folder) => {
    const store = openBarStore(folder);
    const start = performance.now();
    await store.save(tiledMarket(rows), [{ file: "none", sha256: "none", notes: [], droppedBars: 0 }]);
    const saved = performance.now();
    const seconds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const began = performance.now();
      await store.load("bench");
      seconds.push((performance.now() - began) / 1000);
      globalThis.gc?.();
    }
    return {
      value: median(seconds),
      unit: "s",
      rows,
      best: Math.min(...seconds),
      saveSeconds: (saved - start) / 1000,
      note: "median of 3; one instrument, minutes, Parquet in the cache of the disk; the SHA-256 of all columns is part of it",
    };
  });
}

/** A million minutes of a random walk, repeated in ever later times. */
function tiledMarket(rows: number): ReturnType<typeof universe> {
  const tile = minutes(tileRows);
  const bars = emptyBars(rows);
  for (let from = 0; from < rows; from += tile.close.length) {
    for (const column of ["open", "high", "low", "close", "volume"] as const) bars[column].set(tile[column], from);
  }
  for (let t = 0; t < rows; t++) bars.openTime[t] = tile.openTime[0] + t * 60_000;
  return universe("bench", "1m", [{ instrument: instrument("BENCH", { calendar: "crypto" }), bars }]);
}

/** Commands that a long history goes through, in this order, each as a process of its own. */
const largeCommands = {
  import: ["import", "LARGE.csv", "--market", "large"],
  check: ["check", "--market", "large"],
  resample: ["resample", "--market", "large", "--to", "1h", "--as", "large-hours"],
} as const;
const largeRows = 10_000_000;
/** Memory that each may take at most. */
const peakLimitBytes = 2 ** 31;
let largeFigures: Promise<Record<keyof typeof largeCommands, Figure>> | undefined;

/** Wall seconds and peak memory of a command on 10 million one-minute rows; all three run when the first is asked for. */
export async function benchLarge(name: keyof typeof largeCommands): Promise<Figure> {
  largeFigures ??= inFolder(async (folder) => {
    writeCsv(join(folder, "LARGE.csv"), largeRows);
    globalThis.gc?.();
    const bytes = statSync(join(folder, "LARGE.csv")).size;
    const figures = {} as Record<keyof typeof largeCommands, Figure>;
    for (const [key, args] of Object.entries(largeCommands)) {
      const { seconds, peakBytes } = await measuredCommand(folder, ["data", ...args, "--json"]);
      figures[key as keyof typeof largeCommands] = {
        value: seconds,
        unit: "s",
        peakBytes,
        peakLimitBytes,
        rows: largeRows,
        bytes,
        note: "one run; start of the program included; the plain file in the cache of the disk",
      };
    }
    return figures;
  });
  return (await largeFigures)[name];
}

/** Says the most memory that the process had resident, in KiB, on its fourth stream when it ends. */
const reportPeak = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));',
)}`;

/** Runs the program in `folder` with these arguments. */
function measuredCommand(
  folder: string,
  args: readonly string[],
): Promise<{ readonly seconds: number; readonly peakBytes: number }> {
  const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", reportPeak, main, ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
    let said = "";
    child.stdio[3]?.on("data", (text: Buffer) => (said += text.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0 && Number(said) > 0) resolve({ seconds, peakBytes: Number(said) * 1024 });
      else reject(new Error(`${args.join(" ")} ended with ${code}, and said "${said}" of its memory`));
    });
  });
}
