/** @file From a training to the model that acts. */
import { invariant } from "#base/invariant.ts";
import type { OwnFeature } from "#features/feature.ts";
import type { FeatureSpec } from "#features/pipeline.ts";
import { featureNames, schemaHash } from "#features/pipeline.ts";
import { actingModel } from "#policy/actor.ts";
import { seenShape } from "#policy/seen.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import type { Dataset } from "./dataset.ts";
import type { Training } from "./trainer.ts";

/** The parameters to act by as an ONNX model; the features that it was trained to see are named in its metadata. */
export function modelBytes({ actor, env, best }: Training, { spec }: Dataset): Uint8Array {
  const { observationSpace } = env;
  invariant(observationSpace.kind === "windowed", "a trading model sees windows");
  return actingModel(actor, best.parameters, seenShape(observationSpace), { schemaHash: schemaHash(spec) });
}

/** What a manifest says of the features that a model sees. */
export function describedFeatures(spec: FeatureSpec): ModelManifest["features"] {
  const { own, ...seen } = spec;
  return {
    ...seen,
    instruments: spec.instruments.map(({ measured, ...each }) =>
      measured === undefined ? each : { ...each, measured: [...measured] },
    ),
    schemaHash: schemaHash(spec),
    names: featureNames(spec),
    ...(own === undefined ? {} : { own: own.map(kept) }),
  };
}

/** What a manifest says of a user's own feature. */
function kept({ name, file, sha256, outputs }: OwnFeature): NonNullable<ModelManifest["features"]["own"]>[number] {
  return { name, file, sha256, outputs: [...outputs] };
}
