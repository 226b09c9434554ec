/** @file How a run is doing, for whoever looks at its folder from outside; and how it is asked to stop. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { isLocked } from "#storage/file-lock.ts";
import { readStoredJson } from "#storage/stored-json.ts";
import { treeName } from "./boosting-settings.ts";
import type { MetricsLine } from "./metrics-log.ts";
import { readMetrics } from "./metrics-log.ts";
import { metricsPath, readRun, runLockPath, stopPath } from "./run-folder.ts";
import type { Training } from "./trainer.ts";

const count = z.int().nonnegative();

const storedSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** How its process left it; who looks holds it against the lock. */
  state: z.enum(["running", "stopped", "finished", "failed"]),
  /** What broke it down. */
  message: z.string().optional(),
  pid: count,
  /** When this process began to learn, after how many transitions, and when this was written; Unix ms UTC. */
  since: z.strictObject({ time: z.number(), transitions: count }),
  writtenAt: z.number(),
  /** So far and at most; of boosted trees rounds of all instruments, here as everywhere in this file. */
  transitions: count,
  of: count,
  stoppedEarly: z.boolean(),
  /** On the validation span, of the parameters that it would act by; absent where labels teach it, and it trades nothing there. */
  best: z
    .strictObject({
      transitions: count,
      meanReward: z.number(),
      sharpe: z.number(),
      turnover: z.number(),
      maxDrawdown: z.number(),
    })
    .optional(),
  alarms: z.array(z.strictObject({ kind: z.string(), transitions: count, message: z.string() })),
  /** Transitions after which it can go on; absent before the first checkpoint. */
  checkpoint: count.optional(),
});

type StoredStatus = z.infer<typeof storedSchema>;

const statusFile = "status.json";
const quietMs = 2000;

export interface StatusWriter {
  /** Writes how it is going, where the last time is some seconds ago, or a checkpoint was saved. */
  tell(savedAt?: number): Promise<void>;
  end(state: "stopped" | "finished"): Promise<void>;
  /** Says what broke it down, also where the disk is full: then nobody hears it but from the error itself. */
  failed(error: unknown): Promise<void>;
}

/** What is told of whatever learns. */
type Progress = Pick<Training, "transitions" | "stoppedEarly" | "alarms"> & Partial<Pick<Training, "best">>;

/** Keeps `status.json` of a run that has begun to learn. @param savedAt transitions of the checkpoint that it goes on from */
export async function statusWriter(
  path: string,
  training: Progress,
  { of, clock, savedAt }: { readonly of: number; readonly clock: Clock; readonly savedAt: number | undefined },
): Promise<StatusWriter> {
  const since = { time: clock.now(), transitions: training.transitions };
  let checkpoint = savedAt;
  let written = since.time;
  const write = async (state: StoredStatus["state"], message?: string): Promise<void> => {
    const { best, alarms, transitions, stoppedEarly } = training;
    written = clock.now();
    const status: StoredStatus = {
      formatVersion: 1,
      state,
      message,
      pid: process.pid,
      since,
      writtenAt: written,
      transitions,
      of,
      stoppedEarly,
      best: best && scoreOf(best),
      alarms: alarms.map((alarm) => ({ ...alarm })),
      checkpoint,
    };
    await writeFileWhole(join(path, statusFile), `${JSON.stringify(status, undefined, 2)}\n`);
  };
  await write("running");
  return {
    async tell(saved) {
      checkpoint = saved ?? checkpoint;
      if (saved !== undefined || clock.now() - written >= quietMs) await write("running");
    },
    end: (state) => write(state),
    failed: (error) => write("failed", error instanceof Error ? error.message : String(error)).catch(() => undefined),
  };
}

function scoreOf({ transitions, score }: Training["best"]): StoredStatus["best"] {
  const { meanReward, sharpe, turnover, maxDrawdown } = score;
  return { transitions, meanReward, sharpe, turnover, maxDrawdown };
}

/**
 * - `running`: a process holds it.
 * - `finished`: there is a model.
 * - `stopped`, `failed`: its process ended it in good order, or said why it broke down.
 * - `killed`: its process is gone and said nothing.
 * - `unfinished`: no process, no model, and nobody kept a status: a run of an older version, or one that ended before it learned.
 */
type RunState = StoredStatus["state"] | "killed" | "unfinished";

export interface RunStatus extends Partial<Omit<StoredStatus, "state" | "formatVersion" | "since">> {
  readonly path: string;
  readonly state: RunState;
  readonly agent: string | undefined;
  /** What began it and can go on with it, and what its transitions are. */
  readonly begunBy: "train" | "boost";
  readonly counts: "steps" | "rounds";
  readonly market: string | undefined;
  readonly startedAt: number;
  /** The last line of `metrics.jsonl`. */
  readonly metrics: MetricsLine | undefined;
  /** Of the process that learns now, or was the last to. */
  readonly stepsPerSecond: number | undefined;
  /** Of one that is running. */
  readonly secondsToFinish: number | undefined;
  /** Somebody has asked it to stop, and it has not yet. */
  readonly stopAsked: boolean;
}

/** What of a configuration is told; of any version's. */
const askedSchema = z.object({
  market: z.string(),
  experiment: z.object({ agent: z.string().optional() }),
  boosting: z.object({ agreeWithRule: z.boolean().default(false) }).optional(),
});

/**
 * How the run in a folder is doing.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function runStatus(path: string): Promise<RunStatus> {
  const { config, run } = await readRun(path);
  // The lock first: what a process writes before it lets go is then there to be read.
  const held = isLocked(runLockPath(path));
  const stored = await storedStatus(path);
  const lines = existsSync(metricsPath(path)) ? await readMetrics(metricsPath(path)) : [];
  const asked = askedSchema.safeParse(config).data;
  const stepsPerSecond = stored && speedOf(stored);
  const { state: _, formatVersion: __, since: ___, ...told } = stored ?? ({} as Partial<StoredStatus>);
  return {
    ...told,
    path,
    state: held ? "running" : leftAs(path, stored),
    agent: asked?.boosting === undefined ? asked?.experiment.agent : treeName(asked.boosting),
    ...(asked?.boosting === undefined ? byTrial : byLabels),
    market: asked?.market,
    startedAt: run.startedAt,
    metrics: lines.at(-1),
    stepsPerSecond,
    secondsToFinish: held && stepsPerSecond ? (stored.of - stored.transitions) / stepsPerSecond : undefined,
    stopAsked: held && existsSync(stopPath(path)),
  };
}

const byTrial = { begunBy: "train", counts: "steps" } as const;
const byLabels = { begunBy: "boost", counts: "rounds" } as const;

/** How a run was left that no process holds. */
function leftAs(path: string, stored: StoredStatus | undefined): RunState {
  if (existsSync(join(path, "model", "manifest.json"))) return "finished";
  if (stored === undefined) return "unfinished";
  return stored.state === "running" ? "killed" : stored.state;
}

/** Transitions a second of the process that wrote it; undefined where it has learned nothing yet. */
function speedOf({ since, writtenAt, transitions }: StoredStatus): number | undefined {
  const seconds = (writtenAt - since.time) / 1000;
  return seconds > 0 && transitions > since.transitions ? (transitions - since.transitions) / seconds : undefined;
}

async function storedStatus(path: string): Promise<StoredStatus | undefined> {
  const file = join(path, statusFile);
  if (!existsSync(file)) return undefined;
  return await readStoredJson(file, storedSchema, () => new Failure("storage/not-found", `${file} is gone`, { file }));
}

/**
 * Asks the process that trains a run to save a checkpoint after the update or round under way and end.
 * @throws Failure training/not-running, storage/not-found
 */
export async function askToStop(path: string): Promise<void> {
  const { state } = await runStatus(path);
  if (state !== "running") throw new Failure("training/not-running", `${path} is ${state}`, { path, state });
  try {
    writeFileSync(stopPath(path), "");
  } catch (cause) {
    throw new Failure("storage/write-failed", `${stopPath(path)} could not be written`, { path, cause });
  }
}
