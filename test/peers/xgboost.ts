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
}

const script = fileURLToPath(new URL("xgboost-peer.py", import.meta.url));

/** What XGBoost makes of each request, in one process with these variables beside its own. Throws what Python says where it fails. */
export function askXgboost(
  requests: readonly PeerRequest[],
  environment: Readonly<Record<string, string>> = {},
): PeerAnswer[] {
  const folder = mkdtempSync(join(tmpdir(), "xgboost-"));
  const place = (r: number, name: string): string => join(folder, `${r}-${name}`);
  const put = (path: string, numbers: Float32Array | undefined): string | undefined => {
    if (numbers === undefined) return undefined;
    writeFileSync(path, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    return path;
  };
  const prepared = requests.map(({ features, values, labels, weights, judged, work }, r) => {
    if ("model" in work) writeFileSync(place(r, "model.json"), work.model);
    return {
      features,
      values: put(place(r, "values"), values),
      labels: put(place(r, "labels"), labels),
      weights: put(place(r, "weights"), weights),
      judged: put(place(r, "judged"), judged),
      ...("model" in work ? { model: place(r, "model.json") } : work),
      predictions: place(r, "predictions"),
      save: place(r, "saved.json"),
    };
  });
  try {
    const input = JSON.stringify(prepared);
    const { status, stdout, stderr } = spawnSync(debianPython, [script], {
      input,
      encoding: "utf8",
      env: { ...process.env, ...environment },
    });
    if (status !== 0) throw new Error(`XGBoost failed: ${stderr}`);
    const answers = JSON.parse(stdout) as Omit<PeerAnswer, "predictions" | "model">[];
    return answers.map((answer, r) => {
      const bytes = readFileSync(place(r, "predictions"));
      return {
        ...answer,
        predictions: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
        model: readFileSync(place(r, "saved.json"), "utf8"),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
