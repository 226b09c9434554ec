/** @file From a training to the model that acts. */
import { invariant } from "#base/invariant.ts";
import { schemaHash } from "#features/pipeline.ts";
import { scalerHash } from "#features/scaler.ts";
import { actingModel } from "#policy/network.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import type { Training } from "./trainer.ts";

/** The best parameters so far as an ONNX model; what it was trained to see is named in its metadata. */
export function modelBytes({ network, env, best }: Training, { spec }: Dataset, { scaler }: TrainingFold): Uint8Array {
  const { observationSpace } = env;
  invariant(observationSpace.kind === "windowed", "a trading model sees windows");
  return actingModel(network, best.parameters, observationSpace, {
    schemaHash: schemaHash(spec),
    scalerHash: scalerHash(scaler),
  });
}
