/** @file A forest as ONNX says what the forest says. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileModel } from "#tensor/onnx/session.ts";
import { golden } from "../../../test/peers/golden.ts";
import { debianPython, needs } from "../../../test/requirements.ts";
import { forestModel, forestNames } from "./forest-model.ts";
import { margins, predictions } from "./forest.ts";
import { forestFromXgboost } from "./xgboost-json.ts";

const forests = golden.cases.map(({ model }) => forestFromXgboost(JSON.stringify(model), "golden"));
const count = golden.values.length / golden.features;

test.each(forests.map((forest) => [forest.objective, forest] as const))(
  "gives the margins and predictions of %s to 1e-6, missing values among the rows",
  async (_, forest) => {
    const program = await compileModel(forestModel([forest], 3));
    const output = await program.run({ market: golden.values, account: new Float32Array(count * 3) });
    await program.dispose();
    const pairs = [
      [output["logits"], margins(forest, golden.values)],
      [output[forestNames.predictions], predictions(forest, golden.values)],
    ];
    for (const [found, expected] of pairs) {
      expect(found.length).toBe(expected.length);
      const distances = Array.from(expected as Float32Array, (value, i) => Math.abs(value - Number(found[i])));
      expect(Math.max(...distances)).toBeLessThan(1e-6);
    }
  },
);

test("puts the forests of several instruments side by side", async () => {
  const program = await compileModel(forestModel(forests, 1));
  const row = golden.values.slice(0, golden.features);
  const output = await program.run({ market: row, account: new Float32Array(1) });
  await program.dispose();
  const expected = forests.flatMap((forest) => [...predictions(forest, row)]);
  expect(output[forestNames.predictions]).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Number(output[forestNames.predictions][i])).toBeCloseTo(value, 6));
});

test("refuses forests that look at other features than the first", () => {
  expect(() => forestModel([forests[0], { ...forests[1], features: 5 }], 1)).toThrow(/look at the same features/);
});

test.skipIf(!needs.pythonOnnx())("is accepted by ONNX's own checker", () => {
  const folder = mkdtempSync(join(tmpdir(), "forest-"));
  const path = join(folder, "forest.onnx");
  writeFileSync(path, forestModel(forests, 3, { made: "by a test" }));
  const check = "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)";
  const { status, stderr } = spawnSync(debianPython, ["-c", check, path], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(status, stderr).toBe(0);
});
