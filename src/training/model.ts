/** @file From a training to the model that acts. */
import { invariant } from "#base/invariant.ts";
import { schemaHash } from "#features/pipeline.ts";
import { actingModel } from "#policy/actor.ts";
import { seenShape } from "#policy/seen.ts";
import type { Dataset } from "./dataset.ts";
import type { Training } from "./trainer.ts";

/** The best parameters so far as an ONNX model; the features that it was trained to see are named in its metadata. */
export function modelBytes({ actor, env, best }: Training, { spec }: Dataset): Uint8Array {
  const { observationSpace } = env;
  invariant(observationSpace.kind === "windowed", "a trading model sees windows");
  return actingModel(actor, best.parameters, seenShape(observationSpace), { schemaHash: schemaHash(spec) });
}
