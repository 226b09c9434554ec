/** @file A scaler that knows what it was fitted on, and refuses to be used on anything else. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import { invariant } from "#base/invariant.ts";
import type { Scaler } from "../scaler.ts";
import { fitColumns, scalerHash } from "../scaler.ts";
import type { FitColumn } from "./column-scale.ts";
import { rankGauss } from "./rank-gauss.ts";
import { robust } from "./robust.ts";
import { standard } from "./standard.ts";
import { winsorised } from "./winsorised.ts";

/** The list of scalers. */
export const scalerKinds = {
  robust,
  standard,
  winsorised,
  "rank-gauss": rankGauss,
} satisfies Record<string, FitColumn>;

export type ScalerKind = keyof typeof scalerKinds;

/** A scaler with its provenance. */
export interface FittedScaler extends Scaler {
  /** `[F]` */
  readonly kinds: readonly ScalerKind[];
  /** `[F]`: names of the columns. */
  readonly features: readonly string[];
  /** Open times of the first and the last row that it was fitted on, Unix ms UTC. */
  readonly fittedFrom: number;
  readonly fittedUntil: number;
}

/** Rows of features to fit on. */
export interface TrainingRows {
  /** `[T, F]` */
  readonly columns: Float64Array;
  /** `[F]` */
  readonly features: readonly string[];
  /** `[T]` */
  readonly openTime: Float64Array;
  /** First row of the training fold, and the one after its last. */
  readonly fromRow: number;
  readonly toRow: number;
}

/** Fits each column by its kind, or all by one, to the training rows and to no other. */
export function fitFeatureScaler(
  rows: TrainingRows,
  kinds: ScalerKind | readonly ScalerKind[],
  clip = 5,
): FittedScaler {
  const { columns, features, openTime, fromRow, toRow } = rows;
  const each = typeof kinds === "string" ? features.map(() => kinds) : kinds;
  invariant(each.length === features.length, "there is one kind of scaler for each feature", {
    kinds: each.length,
    features: features.length,
  });
  invariant(columns.length === openTime.length * features.length, "rows of features have times", {
    numbers: columns.length,
    times: openTime.length,
  });
  const fits = each.map((kind) => scalerKinds[kind]);
  return {
    ...fitColumns(columns, fits, fromRow, toRow, clip),
    kinds: each,
    features,
    fittedFrom: openTime[fromRow],
    fittedUntil: openTime[toRow - 1],
  };
}

/**
 * Passes a scaler that fits: the same features in the same order, and bars that all come after those it was fitted on.
 * @param firstTested open time of the first bar that is to be tested, Unix ms UTC
 * @throws Failure features/scaler-mismatch, features/scaler-overlap
 */
export function checkScalerUse(scaler: FittedScaler, features: readonly string[], firstTested: number): void {
  const fitted = scaler.features;
  const at = features.findIndex((name, feature) => name !== fitted[feature]);
  if (at >= 0 || fitted.length !== features.length) {
    const place = at >= 0 ? at : features.length;
    const found = `it was fitted on ${fitted.length} features and is given ${features.length}; number ${place + 1} is ${fitted[place] ?? "absent"} there and ${features[place] ?? "absent"} here`;
    throw new Failure("features/scaler-mismatch", found, { fitted, given: features });
  }
  if (firstTested > scaler.fittedUntil) return;
  const day = (time: number): string => new Date(time).toISOString();
  const found = `it was fitted on ${day(scaler.fittedFrom)} to ${day(scaler.fittedUntil)}, the test begins at ${day(firstTested)}`;
  throw new Failure("features/scaler-overlap", found, { fittedUntil: scaler.fittedUntil, firstTested });
}

const warpSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("limits"), lower: z.number(), upper: z.number() }),
  z.object({ kind: z.literal("normal-score"), quantiles: z.array(z.number()).min(2), margin: z.number().positive() }),
]);

const storedSchema = z.object({
  formatVersion: z.literal(1),
  kinds: z.array(z.enum(Object.keys(scalerKinds) as ScalerKind[])),
  features: z.array(z.string()),
  fittedFrom: z.number(),
  fittedUntil: z.number(),
  centre: z.array(z.number()),
  scale: z.array(z.number().positive()),
  clip: z.number().positive(),
  warps: z.array(warpSchema).optional(),
  hash: z.string(),
});

type StoredScaler = z.infer<typeof storedSchema>;

/** A scaler's numbers as JSON. */
export interface PlainScaler {
  readonly centre: number[];
  readonly scale: number[];
  readonly clip: number;
  readonly warps?: { [key: string]: unknown; kind: string }[] | undefined;
}

/** The numbers of a scaler for a manifest that knows its features and dates itself. */
export function plainScaler({ centre, scale, clip, warps }: Scaler): PlainScaler {
  const plain = { centre: [...centre], scale: [...scale], clip };
  return warps === undefined ? plain : { ...plain, warps: warps.map((warp) => ({ ...warp })) };
}

/**
 * A scaler from `plainScaler`, the same to the bit.
 * @throws Failure storage/damaged-file where a warp is none that this program knows
 */
export function scalerFromPlain({ centre, scale, clip, warps }: PlainScaler): Scaler {
  const numbers = { centre: Float64Array.from(centre), scale: Float64Array.from(scale), clip };
  if (warps === undefined) return numbers;
  const parsed = z.array(warpSchema).length(centre.length).safeParse(warps);
  if (parsed.success) return { ...numbers, warps: parsed.data };
  const [{ path, message }] = parsed.error.issues;
  throw new Failure("storage/damaged-file", `the scaler has warps.${path.join(".")}: ${message}`);
}

/** As JSON, with a hash over its numbers and its provenance. */
export function storedScaler(scaler: FittedScaler): StoredScaler {
  const { kinds, features, fittedFrom, fittedUntil, centre, scale, clip, warps } = scaler;
  return {
    formatVersion: 1,
    kinds: [...kinds],
    features: [...features],
    fittedFrom,
    fittedUntil,
    centre: [...centre],
    scale: [...scale],
    clip,
    ...(warps === undefined ? {} : { warps: warps as StoredScaler["warps"] }),
    hash: fittedHash(scaler),
  };
}

/**
 * A scaler from `storedScaler`, the same to the bit.
 * @throws Failure storage/damaged-file where it is not what was stored
 */
export function restoredScaler(stored: unknown): FittedScaler {
  const parsed = storedSchema.safeParse(stored);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new Failure("storage/damaged-file", `the scaler has ${path.join(".") || "no content"}: ${message}`);
  }
  const { formatVersion: _, hash, centre, scale, ...rest } = parsed.data;
  const scaler = { ...rest, centre: Float64Array.from(centre), scale: Float64Array.from(scale) };
  const found = fittedHash(scaler);
  if (found === hash) return scaler;
  throw new Failure("storage/damaged-file", `the scaler has the hash ${found} and was written with ${hash}`);
}

function fittedHash(scaler: FittedScaler): string {
  const { kinds, features, fittedFrom, fittedUntil } = scaler;
  return sha256(scalerHash(scaler), JSON.stringify([kinds, features, fittedFrom, fittedUntil]));
}
