/** @file Markets on disk: one Parquet file for each instrument and a manifest that vouches for them. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "#base/clock.ts";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import { invariant } from "#base/invariant.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { hashedColumns, timeframeMs } from "#domain/bar.ts";
import { assetClasses } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { writeFilesWhole } from "./atomic-file.ts";
import { dataHash } from "./data-hash.ts";
import { readParquet, writeParquet } from "./parquet.ts";
import { readStoredJson } from "./stored-json.ts";

/** Where the bars of one symbol came from. */
export interface BarSource {
  /** Name of the file they were read from, without its folder. */
  readonly file: string;
  /** SHA-256 of that file, hex. */
  readonly sha256: string;
  /** What was decided while reading it. */
  readonly notes: readonly string[];
  /** Bars of the file that other instruments of the market do not have, and that were left out. */
  readonly droppedBars: number;
  /** Under what terms the bars may be used; absent where nobody said. */
  readonly licence?: string | undefined;
  /** Zone in which times without an offset were read. */
  readonly timeZone?: string | undefined;
  /** What prices were adjusted for, such as `splits` or `splits and dividends`; absent where nobody said. */
  readonly adjustment?: string | undefined;
  /** How many defects of each kind the checks found in the bars as they were read. */
  readonly checks?: Readonly<Record<string, number>> | undefined;
  /** What was mended, one sentence each. */
  readonly repairs?: readonly string[] | undefined;
}

const timeframeSchema = z.enum(Object.keys(timeframeMs) as [Timeframe, ...Timeframe[]]);
const calendarSchema = z.enum(["us-equities", "us-equities-extended", "fx", "crypto"]);

const seriesSchema = z.object({
  instrument: z.object({
    symbol: z.string().min(1),
    assetClass: z.enum(assetClasses).default("share"),
    pipSize: z.number().positive().optional(),
    currency: z.string(),
    tickSize: z.number().positive(),
    lotStep: z.number().positive(),
    contractSize: z.number().positive(),
    calendar: calendarSchema,
  }),
  /** Name of its Parquet file; it carries a part of `hash`, so that files of two imports never mix. */
  parquet: z.string().regex(/^[^/\\]+\.parquet$/),
  rows: z.int().positive(),
  /** Names of the columns that are no prices, in their order; absent where there are none. */
  measured: z.array(z.string().min(1)).min(1).optional(),
  hash: z.string(),
  source: z.object({
    file: z.string(),
    sha256: z.string(),
    notes: z.array(z.string()),
    droppedBars: z.int().nonnegative(),
    licence: z.string().optional(),
    timeZone: z.string().optional(),
    adjustment: z.string().optional(),
    checks: z.record(z.string(), z.int().nonnegative()).optional(),
    repairs: z.array(z.string()).optional(),
  }),
});

const actionSchema = z.object({
  symbol: z.string(),
  date: z.iso.date(),
  split: z.number().positive().optional(),
  dividend: z.number().positive().optional(),
});

const marketSchema = z.object({
  formatVersion: z.literal(1),
  timeframe: timeframeSchema,
  firstTime: z.number(),
  lastTime: z.number(),
  importedAt: z.number(),
  dataHash: z.string(),
  series: z.array(seriesSchema).min(1),
  /** Splits and dividends of raw prices, in the order of their days. */
  actions: z.array(actionSchema).optional(),
});

type MarketManifest = z.infer<typeof marketSchema>;

/** A market as its manifest describes it; times in Unix ms UTC. */
interface MarketSummary extends MarketManifest {
  readonly name: string;
}

export interface BarStore {
  /**
   * Replaces the market of that name by this universe, whole or not at all. `sources[i]` belongs to `instruments[i]`.
   * @throws Failure data/adjusted-prices, storage/write-failed; the market that was there before still is.
   */
  save(bars: Universe, sources: readonly BarSource[]): Promise<MarketSummary>;
  /** @throws Failure data/unknown-market, storage/damaged-file */
  load(name: string): Promise<Universe>;
  /** @throws Failure data/unknown-market, storage/damaged-file */
  summary(name: string): Promise<MarketSummary>;
  /** All markets, by name. */
  list(): Promise<MarketSummary[]>;
  /** @throws Failure data/unknown-market */
  remove(name: string): Promise<void>;
}

/** The markets below `root`; the folder is made when the first is saved. */
export function openBarStore(root: string, clock: Clock = systemClock): BarStore {
  const folderOf = (name: string): string => join(root, checkedName(name));
  const manifestOf = (name: string): string => join(folderOf(name), "market.json");
  const summary = async (name: string): Promise<MarketSummary> => {
    const unknown = (): Failure =>
      new Failure("data/unknown-market", `no market is called ${name} in ${root}`, { name });
    return { name, ...(await readStoredJson(manifestOf(name), marketSchema, unknown)) };
  };

  return {
    summary,

    async save(bars, sources) {
      invariant(sources.length === bars.instruments.length, "each instrument has a source", { market: bars.name });
      checkRaw(bars, sources);
      const folder = folderOf(bars.name);
      const manifest = manifestFor(bars, sources, clock.now());
      const files = manifest.series.map(({ parquet }, i) => ({
        path: join(folder, parquet),
        write: (temporary: string) => writeParquet([{ path: temporary, bars: bars.bars[i] }]),
      }));
      const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
      // The manifest goes last: until it is replaced, the old one still names the old files.
      await writeFilesWhole([...files, { path: manifestOf(bars.name), write: text }]);
      await removeStrangers(folder, manifest);
      return { name: bars.name, ...manifest };
    },

    async load(name) {
      const manifest = await summary(name);
      const paths = manifest.series.map(({ parquet }) => join(folderOf(name), parquet));
      const series = await readSeries(manifest.series.map(({ measured }, i) => ({ path: paths[i], measured })));
      for (const [i, { rows }] of manifest.series.entries()) checkRows(paths[i], series[i], rows);
      const pairs = manifest.series.map(({ instrument }, i) => ({ instrument, bars: series[i] }));
      const { actions } = manifest;
      const loaded = { ...universe(name, manifest.timeframe, pairs), ...(actions && { actions }) };
      // One hash vouches for all of it; those of the series tell which file is at fault when it does not.
      if (dataHash(loaded) !== manifest.dataHash) {
        for (const [i, { hash }] of manifest.series.entries()) checkHash(paths[i], series[i], hash);
        const found = `${manifestOf(name)} names other instruments or timeframes than its data hash`;
        throw new Failure("storage/damaged-file", found, { file: manifestOf(name) });
      }
      return loaded;
    },

    async list() {
      const names = await foldersOf(root);
      return Promise.all(names.map((name) => summary(name)));
    },

    async remove(name) {
      await summary(name);
      await rm(folderOf(name), { recursive: true });
    },
  };
}

/** A name that can be a folder and that nobody has to quote. */
function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  throw new Failure(
    "cli/bad-option",
    `"${name}" cannot name a market: letters, digits, dot, dash and underscore can, up to 100`,
    { name },
  );
}

const seriesHash = (bars: Bars): string => sha256(...hashedColumns(bars));

function manifestFor(bars: Universe, sources: readonly BarSource[], importedAt: number): MarketManifest {
  const series = bars.instruments.map((instrument, i) => {
    const { measured } = bars.bars[i];
    const hash = seriesHash(bars.bars[i]);
    return {
      instrument: { ...instrument },
      parquet: `${encodeURIComponent(instrument.symbol)}-${hash.slice(0, 8)}.parquet`,
      rows: bars.openTime.length,
      measured: measured === undefined ? undefined : [...measured.names],
      hash,
      source: sourceFor(sources[i]),
    };
  });
  return {
    formatVersion: 1,
    timeframe: bars.timeframe,
    firstTime: bars.openTime[0],
    lastTime: bars.openTime[bars.openTime.length - 1],
    importedAt,
    dataHash: dataHash(bars),
    series,
    ...(bars.actions && { actions: [...bars.actions] }),
  };
}

/** Words by which sources say that their prices are as they were traded. */
const rawWords = ["raw", "none"];

/** @throws Failure data/adjusted-prices: what prices hold already must not be applied a second time */
function checkRaw({ actions, instruments }: Universe, sources: readonly BarSource[]): void {
  if (actions === undefined) return;
  const adjusted = sources.findIndex(({ adjustment = "raw" }) => !rawWords.includes(adjustment));
  if (adjusted < 0) return;
  const { symbol } = instruments[adjusted];
  const found = `corporate actions were given, and prices of ${symbol} are adjusted: ${sources[adjusted].adjustment}`;
  throw new Failure("data/adjusted-prices", found, { symbol });
}

function sourceFor({ notes, checks, repairs, ...source }: BarSource): MarketManifest["series"][number]["source"] {
  return {
    ...source,
    notes: [...notes],
    checks: checks === undefined ? undefined : { ...checks },
    repairs: repairs === undefined ? undefined : [...repairs],
  };
}

async function readSeries(files: Parameters<typeof readParquet>[0]): Promise<Bars[]> {
  try {
    return await readParquet(files);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new Failure("storage/damaged-file", `a file of the market could not be read (${reason})`, { cause });
  }
}

function checkRows(path: string, bars: Bars, rows: number): void {
  if (bars.openTime.length === rows) return;
  const found = `${path} holds ${bars.openTime.length} bars, its manifest names ${rows}`;
  throw new Failure("storage/damaged-file", found, { file: path });
}

function checkHash(path: string, bars: Bars, hash: string): void {
  if (seriesHash(bars) === hash) return;
  throw new Failure("storage/damaged-file", `${path} does not carry the hash of its manifest`, { file: path });
}

/** Files of earlier imports go when the manifest no longer names them. */
async function removeStrangers(folder: string, manifest: MarketManifest): Promise<void> {
  const known = new Set(["market.json", ...manifest.series.map(({ parquet }) => parquet)]);
  const strangers = (await readdir(folder)).filter((file) => !known.has(file));
  await Promise.all(strangers.map((file) => rm(join(folder, file), { force: true })));
}

/** Folders below `root` that hold a manifest, by name; none where there is no root. */
async function foldersOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name === "market.json")
    .map((entry) => entry.parentPath.slice(root.length).replace(/^[/\\]+/, ""))
    .filter((name) => name !== "" && !/[/\\]/.test(name))
    .sort();
}
