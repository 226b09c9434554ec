/** @file Trained models on disk: an ONNX file and the manifest without which it may not act. */
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "#base/canonical-json.ts";
import { Failure } from "#base/failure.ts";
import { fileHash, sha256 } from "#base/hash.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { calendarNames } from "#domain/instrument.ts";
import { writeFilesWhole } from "./atomic-file.ts";
import { readStored, readStoredJson } from "./stored-json.ts";

const finite = z.number();
const whole = z.int().nonnegative();

/** Features of which more than 1 % of the rows hit the scaler's clip, with that share, worst first. */
const saturatedSchema = z.array(z.object({ feature: z.string(), share: finite }));

/** What a scaler cuts off, among the rows that it was fitted on and those that the agent was chosen by. */
export const saturationSchema = z.object({ train: saturatedSchema, validation: saturatedSchema });

/** What the leak battery did with it and found, as `evaluation/leaks/verify.ts` says it. */
const verificationSchema = z.object({
  subject: z.string(),
  seed: z.int(),
  thorough: z.boolean(),
  from: finite,
  to: finite,
  checks: z
    .array(
      z.object({
        name: z.string(),
        outcome: z.enum(["passed", "failed", "not applicable", "not run"]),
        did: z.string().optional(),
        found: z.string(),
      }),
    )
    .readonly(),
});
/** A reliability curve and how far it is off. */
const believedShape = {
  reliability: z.array(z.object({ confidence: finite, right: finite, count: whole })).readonly(),
  error: finite,
};

const contentSchema = z.object({
  kind: z.enum(["policy-network", "boosted-trees"]),
  /** Name of the algorithm that trained it. */
  agent: z.string().min(1),
  features: z.object({
    /** Name of the feature set. */
    set: z.string().min(1),
    timeframe: z.enum(Object.keys(timeframeMs) as [Timeframe, ...Timeframe[]]),
    /** Instruments that it reads, in this order. */
    instruments: z
      .array(
        z.object({
          symbol: z.string(),
          calendar: z.enum(calendarNames),
          /** What its bars have measured, where the features are made of it. */
          measured: z.array(z.string()).optional(),
        }),
      )
      .min(1),
    lookbackBars: z.int().positive(),
    /** Of the feature schema; the pipeline that feeds the model must have the same. */
    schemaHash: z.string(),
    /** `[F]` */
    names: z.array(z.string()).min(1),
    /** A user's own features beside the set; their files are kept with the run. */
    own: z
      .array(z.object({ name: z.string(), file: z.string(), sha256: z.string(), outputs: z.array(z.string()) }))
      .optional(),
  }),
  /** x ↦ clip((warp(x) − centre) / scale), each `[F]`, fitted on the training fold; without warps x itself. */
  scaler: z.object({
    centre: z.array(finite),
    scale: z.array(finite),
    clip: finite.positive(),
    warps: z.array(z.looseObject({ kind: z.string() })).optional(),
  }),
  /** Absent in models that were written before it was measured. */
  saturation: saturationSchema.optional(),
  /** Standard deviation on the training fold of each term of the reward that was divided by it; absent where none was. */
  rewardDeviations: z.record(z.string(), finite).optional(),
  actionSpace: z.object({
    /** What the choices are; `market/action-spaces.ts` lists them. */
    name: z.string().default("levels"),
    /** Of levels: position that each choice stands for, signed share of equity. */
    levels: z.array(finite),
    /** Choices made at once, one for each instrument; none where an action is real numbers. */
    heads: whole,
    /** Real numbers of an action, where it is no choice. */
    reals: z.int().positive().optional(),
  }),
  observation: z.object({
    /** Numbers of the account at the end of an observation. */
    accountSize: whole,
  }),
  /** Of boosted trees: how what they predict becomes BUY, SELL or HOLD. */
  decision: z
    .object({
      objective: z.enum(["squared-error", "logistic", "softmax"]),
      threshold: finite,
      /** What must say the same. */
      agreesWith: z.literal("trend-rule").optional(),
      /** Longer bars whose averages must not oppose that rule. */
      ruleFilter: z.enum(Object.keys(timeframeMs) as [Timeframe, ...Timeframe[]]).optional(),
    })
    .optional(),
  /** Of the universe that it was trained on, as `dataHash` gives it. */
  dataHash: z.string(),
  trained: z.object({
    /** Open times of the first bar that it was trained on, and of the last that it was trained or chosen on, Unix ms UTC. */
    from: finite,
    until: finite,
    transitions: whole,
    seed: z.int(),
    /** Whom it imitated before it learned by trial, and how well; `lookAhead` says so where that was labels of the future. */
    warmStart: z
      .object({ from: z.string(), loss: finite, agreement: finite, lookAhead: z.string().optional() })
      .optional(),
    /** The whole configuration of the run. */
    config: z.record(z.string(), z.json()),
  }),
  /** How it did on the validation span, which it was chosen by; absent in models that were written before it was kept. */
  validation: z.object({ meanReward: finite, sharpe: finite, turnover: finite, maxDrawdown: finite }).optional(),
  /** How far its confidence can be believed, on the validation span; absent where it was not measured. */
  confidence: z
    .object({
      decisions: whole,
      /** Of votes of boosted trees and their labels; absent: of choices and the bar that came. */
      of: z.literal("votes").optional(),
      ...believedShape,
      brier: finite.optional(),
      method: z.enum(["isotonic", "temperature"]).optional(),
      /** After calibration; absent, like method and Brier score, in models that were written before it was measured. */
      mended: z.object({ ...believedShape, brier: finite }).optional(),
      calibration: z.object({
        confidence: z.array(finite).min(1).readonly(),
        right: z.array(finite).min(1).readonly(),
      }),
    })
    .optional(),
  /** Absent where the battery was not run. */
  verification: verificationSchema.optional(),
  codeVersion: z.string(),
});

const manifestSchema = contentSchema.extend({
  formatVersion: z.literal(1),
  scalerHash: z.string(),
  onnxSha256: z.string(),
  /** Over everything above: a manifest that was edited is not a manifest. */
  manifestHash: z.string(),
});

/** What a model says of itself; hashes and version are added by `saveModel`. */
export type ModelContent = z.infer<typeof contentSchema>;
export type ModelManifest = z.infer<typeof manifestSchema>;

export interface StoredModel {
  readonly onnx: Uint8Array;
  readonly manifest: ModelManifest;
}

const onnxFile = "policy.onnx";
const manifestFile = "manifest.json";

/** Hash of a scaler: its arrays as doubles, its clip, and its warps where it has any. */
export function scalerHash({ centre, scale, clip, warps }: ModelContent["scaler"]): string {
  // JSON has no −0; + 0 makes it 0 on both sides of the disk.
  const [centres, scales] = [centre, scale].map((values) => Float64Array.from(values, (value) => value + 0));
  const numbers = [centres, scales, Float64Array.of(clip)] as const;
  return warps === undefined ? sha256(...numbers) : sha256(...numbers, canonicalJson(warps));
}

/**
 * Writes `policy.onnx` and `manifest.json` to `folder`: both, or neither.
 * @throws Failure storage/write-failed; a model that was there before still is.
 */
export async function saveModel(
  folder: string,
  { onnx, manifest }: { readonly onnx: Uint8Array; readonly manifest: ModelContent },
): Promise<ModelManifest> {
  const content = contentSchema.parse(manifest);
  const unsigned = {
    ...content,
    formatVersion: 1 as const,
    scalerHash: scalerHash(content.scaler),
    onnxSha256: fileHash(onnx),
  };
  const signed = { ...unsigned, manifestHash: sha256(canonicalJson(unsigned)) };
  await writeFilesWhole([
    { path: join(folder, onnxFile), write: onnx },
    { path: join(folder, manifestFile), write: `${JSON.stringify(signed, undefined, 2)}\n` },
  ]);
  return signed;
}

/**
 * Writes into a model's manifest what the leak battery found; all else of the model stays as it is.
 * @throws Failure storage/not-found, storage/damaged-file, storage/write-failed
 */
export async function saveVerification(
  folder: string,
  verification: NonNullable<ModelContent["verification"]>,
): Promise<ModelManifest> {
  const { onnx, manifest } = await loadModel(folder);
  return saveModel(folder, { onnx, manifest: { ...manifest, verification } });
}

/**
 * Reads a model that `saveModel` wrote, and checks every hash.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function loadModel(folder: string): Promise<StoredModel> {
  const absent = (): Failure => new Failure("storage/not-found", `${folder} holds no model`, { folder });
  const manifestPath = join(folder, manifestFile);
  const onnxPath = join(folder, onnxFile);
  const manifest = await readStoredJson(manifestPath, manifestSchema, absent);
  const onnx = await readStored(onnxPath, absent);
  const { manifestHash, ...unsigned } = manifest;
  if (manifestHash !== sha256(canonicalJson(unsigned)))
    throw damaged(manifestPath, "has been changed since it was written");
  if (manifest.scalerHash !== scalerHash(manifest.scaler))
    throw damaged(manifestPath, "has another scaler than its hash");
  if (manifest.onnxSha256 !== fileHash(onnx)) {
    throw damaged(onnxPath, `(${onnx.length} bytes) does not carry the hash of its manifest`);
  }
  return { onnx: new Uint8Array(onnx.buffer, onnx.byteOffset, onnx.byteLength), manifest };
}

function damaged(path: string, found: string): Failure {
  return new Failure("storage/damaged-file", `${path} ${found}`, { file: path });
}
