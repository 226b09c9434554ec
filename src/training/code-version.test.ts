import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { z } from "zod";
import { codeVersion, onnxRuntimeVersion } from "./code-version.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("says the version of the package, with the commit in a checkout", () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(`${root}package.json`, "utf8")));
  const found = codeVersion();
  if (existsSync(`${root}.git`)) expect(found).toMatch(new RegExp(`^${version}\\+[0-9a-f]{40}(\\.changed)?$`));
  else expect(found).toBe(version);
});

test("says the version of ONNX Runtime as the run-time itself does", () => {
  expect(onnxRuntimeVersion()).toBe(ort.env.versions.node);
});
