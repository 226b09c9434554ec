/** @file One run on disk: what it was asked, what it was made with, how it went, and where it can go on. */
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import type { Clock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { FoldSaturation } from "#features/scalers/saturation.ts";
import { writeFilesWhole, writeFileWhole } from "#storage/atomic-file.ts";
import type { RewardDeviations } from "#market/reward.ts";
import type { FileLock } from "#storage/file-lock.ts";
import { takeLock } from "#storage/file-lock.ts";
import { saturationSchema } from "#storage/model-store.ts";
import { readStoredJson } from "#storage/stored-json.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { codeVersion, onnxRuntimeVersion } from "./code-version.ts";
import type { FeatureFile } from "./feature-files.ts";
import { featureFileCopies } from "./feature-files.ts";
import type { MetricsLine } from "./metrics-log.ts";
import { openMetricsLog } from "./metrics-log.ts";
import { hyperParameters } from "./tensorboard-summaries.ts";
import { createEventFile } from "./tensorboard.ts";

const engineSchema = z.strictObject({
  codeVersion: z.string(),
  nodeVersion: z.string(),
  onnxRuntimeVersion: z.string(),
});

const runSchema = engineSchema.extend({
  formatVersion: z.literal(1),
  seeds: z.array(z.int()),
  dataHash: z.string(),
  /** What the scaler cuts off; absent where nobody said. */
  saturation: saturationSchema.optional(),
  /** What the terms of its reward are divided by; absent where none is. */
  rewardDeviations: z.record(z.string(), z.number()).optional(),
  /** A user's own features that it is trained on; their text lies in `features/`. */
  featureFiles: z.array(z.strictObject({ file: z.string(), sha256: z.string() })).optional(),
  /** Unix ms UTC. */
  startedAt: z.number(),
  /** Each time that the run was gone on with, and what with: other versions may give other numbers. */
  resumptions: z.array(engineSchema.extend({ resumedAt: z.number(), step: z.int() })),
});

export type RunRecord = z.infer<typeof runSchema>;

/** A run that is under way, by this process alone. `close` it in the end; nothing is lost by a kill but what came after the last checkpoint. */
export interface RunFolder {
  readonly path: string;
  /** Where the model goes. */
  readonly modelPath: string;
  /** As it was given; parse it before use. */
  readonly config: unknown;
  readonly run: RunRecord;
  /** Appends to `metrics.jsonl` and, the numbers only, to the TensorBoard events. Steps must not go back. */
  record(step: number, metrics: MetricsLine): void;
  /** Adds a histogram of each list of finite values to the TensorBoard events. */
  recordHistograms(step: number, values: Readonly<Record<string, ArrayLike<number>>>): void;
  /** Has somebody asked this process to stop? */
  stopAsked(): boolean;
  /** Says in the TensorBoard events that the run has come to its end. */
  finish(step: number): void;
  /** After it returns, `resumeRunFolder` goes on from here: `state` and all that was recorded until now. */
  saveCheckpoint(step: number, state: Checkpoint): Promise<void>;
  close(): void;
}

/** Where an interrupted run goes on. */
export interface Resumption {
  readonly folder: RunFolder;
  /** Absent when the run was interrupted before its first checkpoint, and starts again from nothing. */
  readonly checkpoint?: { readonly step: number; readonly state: Checkpoint };
}

/** What a new run is told; `config` is written as JSON, whole. */
export interface NewRun {
  readonly config: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  readonly dataHash: string;
  readonly saturation?: FoldSaturation;
  readonly rewardDeviations?: RewardDeviations;
  /** Files that the run keeps a copy of. */
  readonly featureFiles?: readonly FeatureFile[];
}

/** Names in a run folder. */
const files = {
  config: "config.json",
  run: "run.json",
  metrics: "metrics.jsonl",
  checkpoint: "checkpoint.bin",
  model: "model",
  lock: "run.lock",
  stop: "stop",
} as const;

/** Names that the folder itself puts into a checkpoint, next to the caller's. */
const reserved = { step: "run.step", metricsBytes: "run.metricsBytes" } as const;

/**
 * Makes a new run folder: all of it, or nothing.
 * @throws Failure storage/exists when something is there already, storage/write-failed
 */
export async function createRunFolder(
  path: string,
  { config, seeds, dataHash, saturation, rewardDeviations = {}, featureFiles = [] }: NewRun,
  clock: Clock,
): Promise<RunFolder> {
  const place = resolve(path);
  await expectFree(place);
  const run: RunRecord = {
    formatVersion: 1,
    seeds: [...seeds],
    dataHash,
    ...(saturation === undefined
      ? {}
      : { saturation: { train: [...saturation.train], validation: [...saturation.validation] } }),
    ...(Object.keys(rewardDeviations).length === 0 ? {} : { rewardDeviations: { ...rewardDeviations } }),
    ...(featureFiles.length === 0 ? {} : { featureFiles: featureFiles.map(({ file, sha256 }) => ({ file, sha256 })) }),
    ...engines(),
    startedAt: clock.now(),
    resumptions: [],
  };
  let draft: string | undefined;
  try {
    await mkdir(dirname(place), { recursive: true });
    draft = await mkdtemp(`${place}.partial-`);
    const folder = join(draft, "run");
    await writeFilesWhole([
      { path: join(folder, files.config), write: json(config) },
      { path: join(folder, files.run), write: json(run) },
      ...featureFileCopies(folder, featureFiles),
    ]);
    // Moving a folder succeeds only onto nothing or onto an empty folder: of two runs that start at once, one is refused.
    await rename(folder, place);
  } catch (cause) {
    await expectFree(place);
    if (cause instanceof Failure) throw cause;
    throw new Failure("storage/write-failed", `${place} could not be made (${String(cause)})`, {
      folder: place,
      cause,
    });
  } finally {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
  }
  return await holding(place, (lock) => openRunFolder(place, { config, run, lock, metricsBytes: 0 }, clock));
}

/**
 * Opens an interrupted run: what was recorded after its last checkpoint is cut off, so that it ends as if never interrupted.
 * @throws Failure storage/not-found, storage/damaged-file, storage/write-failed, training/already-running
 */
export async function resumeRunFolder(path: string, clock: Clock): Promise<Resumption> {
  const place = resolve(path);
  await readRun(place);
  // What another process writes is neither read nor cut off.
  return await holding(place, async (lock) => {
    const { config, run: before } = await readRun(place);
    const checkpoint = await lastCheckpoint(join(place, files.checkpoint));
    const step = checkpoint?.step ?? 0;
    const run = { ...before, resumptions: [...before.resumptions, { ...engines(), resumedAt: clock.now(), step }] };
    const folder = await openRunFolder(
      place,
      { config, run, lock, metricsBytes: checkpoint?.metricsBytes ?? 0, resumedAfter: checkpoint?.step ?? -1 },
      clock,
    );
    await writeFileWhole(join(place, files.run), json(run));
    return checkpoint === undefined ? { folder } : { folder, checkpoint: { step, state: checkpoint.state } };
  });
}

/**
 * Takes the run's lock for what `open` makes of it, which gives it back when it is closed.
 * @throws Failure training/already-running
 */
async function holding<Opened>(place: string, open: (lock: FileLock) => Promise<Opened>): Promise<Opened> {
  const lock = takeLock(runLockPath(place));
  if (lock === undefined)
    throw new Failure("training/already-running", `another process trains ${place}`, { folder: place });
  try {
    // Asked of a process before this one.
    rmSync(stopPath(place), { force: true });
    return await open(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Is there while somebody asks the process that trains the run to stop. */
export function stopPath(path: string): string {
  return join(path, files.stop);
}

/** The lock of whoever trains a run. */
export function runLockPath(path: string): string {
  return join(path, files.lock);
}

/**
 * What a run was asked and made with, without opening it.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function readRun(path: string): Promise<{ readonly config: unknown; readonly run: RunRecord }> {
  const kept = existsSync(join(path, "folds"))
    ? ": what it holds are models of folds, which trade one after the other and are not asked one by one; train a run of the span that you mean"
    : "";
  const absent = (): Failure => new Failure("storage/not-found", `${path} holds no run${kept}`, { folder: path });
  const run = await readStoredJson(join(path, files.run), runSchema, absent);
  const config = await readStoredJson(join(path, files.config), z.json(), absent);
  return { config, run };
}

/** `metrics.jsonl` of a run, for `readMetrics`. */
export function metricsPath(path: string): string {
  return join(path, files.metrics);
}

/** `checkpoint.bin` of a run, for `loadCheckpoint`. */
export function checkpointPath(path: string): string {
  return join(path, files.checkpoint);
}

interface Opening {
  readonly config: unknown;
  readonly run: RunRecord;
  readonly lock: FileLock;
  readonly metricsBytes: number;
  /** Last step that earlier event files may speak for, −1 for none; absent in a new run. */
  readonly resumedAfter?: number;
}

async function openRunFolder(
  path: string,
  { config, run, lock, metricsBytes, resumedAfter }: Opening,
  clock: Clock,
): Promise<RunFolder> {
  const seconds = (): number => clock.now() / 1000;
  const metrics = await openMetricsLog(join(path, files.metrics), metricsBytes);
  const events = createEventFile(path, seconds());
  if (resumedAfter === undefined) events.start(seconds(), hyperParameters(config), judgedBy);
  else events.restart(resumedAfter + 1, seconds());
  let last = resumedAfter ?? 0;
  return {
    path,
    modelPath: join(path, files.model),
    config,
    run,
    record(step, line) {
      invariant(step >= last, "steps do not go back", { step, last });
      invariant(!("step" in line), "a line's step is given apart", { step });
      metrics.append({ step, ...line });
      const numbers = Object.entries(line).filter((entry): entry is [string, number] => typeof entry[1] === "number");
      events.scalars(step, seconds(), Object.fromEntries(numbers));
      last = step;
    },
    recordHistograms: (step, values) => events.histograms(step, seconds(), values),
    stopAsked: () => existsSync(stopPath(path)),
    finish: (step) => events.end(step, seconds()),
    async saveCheckpoint(step, state) {
      const taken = Object.values(reserved).filter((name) => name in state);
      invariant(taken.length === 0, "names that start with run. belong to the run folder", { taken });
      // First the lines that the checkpoint counts on, then the checkpoint.
      metrics.flush();
      events.flush();
      const own = { [reserved.step]: step, [reserved.metricsBytes]: metrics.bytes };
      await saveCheckpoint(join(path, files.checkpoint), { ...own, ...state });
    },
    close() {
      metrics.flush();
      metrics.close();
      events.flush();
      events.close();
      rmSync(stopPath(path), { force: true });
      lock.release();
    },
  };
}

/** The scalars that TensorBoard's HPARAMS compares runs by. */
const judgedBy = ["validationReward", "validationSharpe", "validationMaxDrawdown", "validationTurnover", "trainReward"];

async function lastCheckpoint(
  path: string,
): Promise<{ readonly step: number; readonly metricsBytes: number; readonly state: Checkpoint } | undefined> {
  try {
    const { [reserved.step]: step, [reserved.metricsBytes]: metricsBytes, ...state } = await loadCheckpoint(path);
    if (typeof step === "number" && typeof metricsBytes === "number") return { step, metricsBytes, state };
  } catch (error) {
    if (error instanceof Failure && error.code === "storage/not-found") return undefined;
    throw error;
  }
  throw new Failure("storage/damaged-file", `${path} is a checkpoint, but not of a run`, { file: path });
}

async function expectFree(path: string): Promise<void> {
  let found: string[];
  try {
    found = await readdir(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "ENOTDIR") return;
    throw new Failure("storage/exists", `${path} is a file or lies inside one`, { folder: path, cause });
  }
  if (found.length === 0) return;
  throw new Failure("storage/exists", `${path} already holds ${found.slice(0, 3).join(", ")}`, { folder: path });
}

function engines(): z.infer<typeof engineSchema> {
  return { codeVersion: codeVersion(), nodeVersion: process.versions.node, onnxRuntimeVersion: onnxRuntimeVersion() };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
