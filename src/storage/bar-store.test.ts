import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import type { Bars } from "#domain/bar.ts";
import { emptyBars } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import type { BarSource, BarStore } from "./bar-store.ts";
import { openBarStore } from "./bar-store.ts";
import { dataHash } from "./data-hash.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-bar-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const newStore = (): { store: BarStore; folder: string } => {
  const folder = join(root, String(folders++));
  return { store: openBarStore(folder, fixedClock(1_700_000_000_000)), folder };
};

/** Bars of `length` days whose prices use all the bits of a double. */
function barsOf(length: number, seed: number): Bars {
  const bars = emptyBars(length);
  for (let t = 0; t < length; t++) {
    bars.openTime[t] = 1_500_000_000_000 + t * 86_400_000;
    bars.open[t] = Math.PI * (seed + 1) + t / 3;
    bars.high[t] = bars.open[t] * 1.1;
    bars.low[t] = bars.open[t] / 1.1;
    bars.close[t] = Math.sqrt(bars.high[t] * bars.low[t]);
    bars.volume[t] = t * 1e9 + 0.1;
  }
  return bars;
}

function market(name: string, symbols: readonly string[], length = 10): Universe {
  return universe(
    name,
    "1d",
    symbols.map((symbol, i) => ({ instrument: instrument(symbol, { tickSize: 0.005 }), bars: barsOf(length, i) })),
  );
}

const sourcesOf = ({ instruments }: Universe): BarSource[] =>
  instruments.map(({ symbol }) => ({ file: `${symbol}.csv`, sha256: "00ff", notes: ["A note."], droppedBars: 3 }));

test("loads what was saved, to the last bit, beyond one chunk of rows", async () => {
  const { store } = newStore();
  const saved = market("stocks", ["AAPL", "BTC/USD", "^GSPC"], 5000);
  await store.save(saved, sourcesOf(saved));
  const loaded = await store.load("stocks");
  expect(loaded).toEqual(saved);
  expect(dataHash(loaded)).toBe(dataHash(saved));
});

test("keeps what is measured of bars, under its names, to the last bit and beyond one chunk of rows", async () => {
  const { store, folder } = newStore();
  const plain = market("flow", ["ES"], 5000);
  const values = Float64Array.from({ length: 10_000 }, (_, at) => Math.sin(at) / 3);
  const names = ["ofi1@500units", 'a "b", c'];
  const saved = { ...plain, bars: [{ ...plain.bars[0], measured: { names, values } }] };
  await store.save(saved, sourcesOf(saved));
  expect((await store.summary("flow")).series[0].measured).toEqual(names);
  const loaded = await store.load("flow");
  expect(loaded).toEqual(saved);
  expect(dataHash(loaded)).toBe(dataHash(saved));
  expect(dataHash(saved), "it is part of the data").not.toBe(dataHash(plain));
  const path = join(folder, "flow", "market.json");
  writeFileSync(path, readFileSync(path, "utf8").replace("ofi1@500units", "ofi1@400units"));
  await expect(store.load("flow")).rejects.toThrow(Failure);
});

test("hashes and writes bars of prices alone as it always has", async () => {
  const { store } = newStore();
  const saved = market("plain", ["AAPL", "X"]);
  const columns = saved.bars.map((bars) => [bars.openTime, bars.open, bars.high, bars.low, bars.close, bars.volume]);
  const summary = await store.save(saved, sourcesOf(saved));
  expect(summary.dataHash).toBe(sha256("1d", "AAPL", ...columns[0], "X", ...columns[1]));
  expect(summary.series.map(({ hash }) => hash)).toEqual(columns.map((column) => sha256(...column)));
  expect(JSON.stringify(summary)).not.toContain("measured");
});

test("keeps any finite double", async () => {
  const { store } = newStore();
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  await fc.assert(
    fc.asyncProperty(fc.array(double, { minLength: 4, maxLength: 4 }), async (values) => {
      const bars = barsOf(4, 0);
      bars.close.set(values);
      const saved = universe("doubles", "1d", [{ instrument: instrument("X"), bars }]);
      await store.save(saved, sourcesOf(saved));
      const { close } = (await store.load("doubles")).bars[0];
      values.forEach((value, t) => expect(Object.is(close[t], value), `${value} came back as ${close[t]}`).toBe(true));
    }),
    { numRuns: 10 },
  );
});

test("lists markets by name with what they hold and where it came from", async () => {
  const { store, folder } = newStore();
  expect(await store.list()).toEqual([]);
  for (const name of ["b", "a"]) await store.save(market(name, ["X", "Y"]), sourcesOf(market(name, ["X", "Y"])));
  writeFileSync(join(folder, "notes.txt"), "not a market");
  const [first, second] = await store.list();
  expect([first.name, second.name]).toEqual(["a", "b"]);
  expect(first).toMatchObject({
    timeframe: "1d",
    firstTime: 1_500_000_000_000,
    lastTime: 1_500_000_000_000 + 9 * 86_400_000,
    importedAt: 1_700_000_000_000,
    dataHash: dataHash(market("a", ["X", "Y"])),
  });
  expect(first.series.map(({ instrument: { symbol }, rows, source }) => [symbol, rows, source])).toEqual([
    ["X", 10, { file: "X.csv", sha256: "00ff", notes: ["A note."], droppedBars: 3 }],
    ["Y", 10, { file: "Y.csv", sha256: "00ff", notes: ["A note."], droppedBars: 3 }],
  ]);
});

test("replaces a market and leaves no file of the one before", async () => {
  const { store, folder } = newStore();
  const before = market("m", ["A", "B"], 10);
  await store.save(before, sourcesOf(before));
  const after = market("m", ["A"], 20);
  await store.save(after, sourcesOf(after));
  expect(await store.load("m")).toEqual(after);
  expect(readdirSync(join(folder, "m"))).toHaveLength(2);
});

test("removes a market, and knows it no more", async () => {
  const { store } = newStore();
  const saved = market("m", ["A"]);
  await store.save(saved, sourcesOf(saved));
  await store.remove("m");
  expect(await store.list()).toEqual([]);
  await expect(store.load("m")).rejects.toMatchObject({ code: "data/unknown-market" });
  await expect(store.remove("m")).rejects.toMatchObject({ code: "data/unknown-market" });
});

test.each(["../m", "a/b", "", ".hidden", "a b"])("refuses the name %j for a market", async (name) => {
  const { store } = newStore();
  await expect(store.load(name)).rejects.toMatchObject({ code: "cli/bad-option" });
  await expect(store.save(market(name, ["A"]), sourcesOf(market(name, ["A"])))).rejects.toMatchObject({
    code: "cli/bad-option",
  });
});

/** Saves a market, damages one of its files, and gives the store. */
async function damaged(file: RegExp, damage: (bytes: Buffer) => Buffer): Promise<BarStore> {
  const { store, folder } = newStore();
  const saved = market("m", ["A", "B"], 3000);
  await store.save(saved, sourcesOf(saved));
  const name = readdirSync(join(folder, "m")).find((entry) => file.test(entry)) ?? "";
  const path = join(folder, "m", name);
  writeFileSync(path, damage(readFileSync(path)));
  return store;
}

const edited = (from: string, to: string) => (bytes: Buffer) => {
  expect(bytes.toString()).toContain(from);
  return Buffer.from(bytes.toString().replace(from, to));
};

test.each<[what: string, file: RegExp, damage: (bytes: Buffer) => Buffer]>([
  ["a Parquet file cut in half", /^A.*parquet$/, (bytes) => bytes.subarray(0, bytes.length / 2)],
  ["an empty Parquet file", /^A.*parquet$/, () => Buffer.alloc(0)],
  ["a manifest cut in half", /json$/, (bytes) => bytes.subarray(0, bytes.length / 2)],
  ["a manifest with another row count", /json$/, edited('"rows": 3000', '"rows": 2999')],
  ["a manifest with another symbol", /json$/, edited('"symbol": "A"', '"symbol": "C"')],
  ["a manifest with a timeframe that we do not know", /json$/, edited('"timeframe": "1d"', '"timeframe": "2d"')],
])("refuses to load %s", async (_, file, damage) => {
  const store = await damaged(file, damage);
  await expect(store.load("m")).rejects.toMatchObject({ code: "storage/damaged-file" });
});

test("refuses a Parquet file of another market in the place of its own", async () => {
  const { store, folder } = newStore();
  const saved = market("m", ["A", "B"], 100);
  await store.save(saved, sourcesOf(saved));
  const [a, b] = readdirSync(join(folder, "m")).filter((name) => name.endsWith(".parquet"));
  writeFileSync(join(folder, "m", a), readFileSync(join(folder, "m", b)));
  await expect(store.load("m")).rejects.toMatchObject({
    code: "storage/damaged-file",
    message: expect.stringContaining("does not carry the hash of its manifest"),
  });
});

const source = (file: string): string => JSON.stringify(new URL(file, import.meta.url));

test.skipIf(process.platform === "win32")(
  "leaves the market that was there when the kernel writes no further",
  async () => {
    const { store, folder } = newStore();
    const before = market("m", ["A", "B"], 50);
    await store.save(before, sourcesOf(before));
    const files = readdirSync(join(folder, "m"));
    // A file may not grow beyond 32 KiB, which the kernel enforces as it does the end of a disk.
    const program = `
    import { openBarStore } from ${source("./bar-store.ts")};
    import { universe } from ${source("../domain/universe.ts")};
    import { instrument } from ${source("../domain/instrument.ts")};
    import { emptyBars } from ${source("../domain/bar.ts")};
    const bars = emptyBars(20000);
    for (let t = 0; t < 20000; t++) { bars.openTime[t] = t * 86400000; bars.close[t] = Math.sin(t); bars.open[t] = Math.cos(t); }
    const sources = [{ file: "A.csv", sha256: "", notes: [], droppedBars: 0 }];
    await openBarStore(${JSON.stringify(folder)})
      .save(universe("m", "1d", [{ instrument: instrument("A"), bars }]), sources)
      .then(() => console.log("saved"), (error) => console.log(error.code, error.message));
  `;
    const run = spawnSync(
      "sh",
      ["-c", `ulimit -f 64; exec "${process.execPath}" --input-type=module-typescript -e "$PROGRAM"`],
      { env: { ...process.env, PROGRAM: program }, encoding: "utf8" },
    );
    expect(run.stdout + run.stderr).toMatch(/^storage\/write-failed Files must be written whole; .*File too large/);
    expect(readdirSync(join(folder, "m"))).toEqual(files);
    expect(await store.load("m")).toEqual(before);
  },
);
