/** @file Debian's XGBoost asked to train or to predict, through files in a folder that is removed again. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { debianPython } from "../requirements.ts";

export interface PeerRequest {
  readonly features: number;
  readonly values: Float32Array;
  readonly labels: Float32Array;
  readonly weights?: Float32Array;
  /** Rows to predict; absent: those that are learned from. */
  readonly judged?: Float32Array;
  /** Trains so; or predicts by the text of a model. */
  readonly work:
    | { readonly params: Readonly<Record<string, unknown>>; readonly rounds: number }
    | { readonly model: string };
}

export interface PeerAnswer {
  readonly predictions: Float32Array;
  /** Its JSON. */
  readonly model: string;
  /** Of the training alone. */
  readonly seconds: number;
  readonly version: string;
  readonly gain: Readonly<Record<string, number>>;
  readonly cover: Readonly<Record<string, number>>;
  readonly weight: Readonly<Record<string, number>>;
}

const script = fileURLToPath(new URL("xgboost-peer.py", import.meta.url));

/** What XGBoost makes of a request. Throws what Python says where it fails. */
export function askXgboost({ features, values, labels, weights, judged, work }: PeerRequest): PeerAnswer {
  const folder = mkdtempSync(join(tmpdir(), "xgboost-"));
  try {
    const put = (name: string, numbers: Float32Array): string => {
      const path = join(folder, name);
      writeFileSync(path, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      return path;
    };
    const [predictions, save] = [join(folder, "predictions"), join(folder, "saved.json")];
    const model = join(folder, "model.json");
    if ("model" in work) writeFileSync(model, work.model);
    const request = {
      features,
      values: put("values", values),
      labels: put("labels", labels),
      ...(weights === undefined ? {} : { weights: put("weights", weights) }),
      ...(judged === undefined ? {} : { judged: put("judged", judged) }),
      ...("model" in work ? { model } : work),
      predictions,
      save,
    };
    const { status, stdout, stderr } = spawnSync(debianPython, [script], {
      input: JSON.stringify(request),
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`XGBoost failed: ${stderr}`);
    const answer = JSON.parse(stdout) as Omit<PeerAnswer, "predictions" | "model">;
    const bytes = readFileSync(predictions);
    return {
      ...answer,
      predictions: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
      model: readFileSync(save, "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
