/** @file Feature files: what is run is the text that was hashed, it stands alone, and a run's copies are what they were. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { indicatorColumns } from "#features/indicator.ts";
import { relativeStrengthIndex } from "#features/indicators/relative-strength-index.ts";
import { writeFilesWhole } from "#storage/atomic-file.ts";
import { createDataset } from "./dataset.ts";
import { experiment } from "./experiment.ts";
import type { FeatureFile } from "./feature-files.ts";
import {
  checkedFeatures,
  featureFileCopies,
  keptFeatureFiles,
  loadFeature,
  ownFeatures,
  readFeatureFile,
  readFeatureFiles,
} from "./feature-files.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-feature-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const walk = randomWalk({ bars: 600, volatility: 0.01, seed: 2, instruments: 2 });

/** A feature that writes this, an expression of `bar`. */
const codeOf = (value: string, before = ""): string => `${before}
  export const create = () => ({
    outputs: ["x"],
    warmUpBars: 1,
    next: (bar: any, into: Float64Array, at: number): void => void (into[at] = ${value}),
  });`;

function write(path: string, text: string): string {
  const whole = join(root, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

const fileOf = (file: string, text: string): FeatureFile => ({
  file,
  text,
  sha256: createHash("sha256").update(text).digest("hex"),
});

test("reads a file's text and its hash, as sha256sum prints it", async () => {
  const text = codeOf("bar.close / bar.open", "// größer: ≥");
  expect(await readFeatureFiles([write("a/ratio.ts", text)])).toEqual([fileOf("ratio.ts", text)]);
});

test("runs the text that was read, whatever became of the file, and two texts of one name side by side", async () => {
  const path = write("b/ratio.ts", codeOf("bar.close / bar.open"));
  const first = await readFeatureFile(path);
  writeFileSync(path, codeOf("bar.high / bar.low"));
  const [one, other] = await Promise.all([loadFeature(first), loadFeature(await readFeatureFile(path))]);
  const { open, high, low, close } = walk.bars[0];
  expect(one.name).toBe("ratio");
  expect(one.columns(walk.bars[0])).toEqual(close.map((price, t) => price / open[t]));
  expect(other.columns(walk.bars[0])).toEqual(high.map((price, t) => price / low[t]));
});

test("JavaScript is run as it is written", async () => {
  const code = `export const name = "plain";
    export const create = () => ({ outputs: ["x"], warmUpBars: 1, next: (bar, into, at) => { into[at] = bar.close / bar.open; } });`;
  for (const file of ["plain.js", "plain.mjs"]) expect((await loadFeature(fileOf(file, code))).name).toBe("plain");
  await expect(loadFeature(fileOf("typed.js", codeOf("bar.close")))).rejects.toThrow(/typed\.js cannot be loaded/);
});

test("a file may build on the program's own indicators, wherever it lies", async () => {
  const code = `import { relativeStrengthIndex } from "ploutos/features";
    import type { Bar } from "./nowhere.ts";
    export const create = () => relativeStrengthIndex(9);`;
  const feature = await loadFeature(fileOf("strength.ts", code));
  expect(feature.columns(walk.bars[0])).toEqual(indicatorColumns(relativeStrengthIndex(9), walk.bars[0]));
});

test.each([
  [
    "a neighbour",
    `import "./other.ts";`,
    /mine\.ts cannot be loaded \(it imports \.\/other\.ts; a file of one's own stands/,
  ],
  ["the disk", `import { readFileSync } from "node:fs";`, /it imports node:fs;/],
  ["a package", `import "zod";`, /it imports zod;/],
  ["something while it is loaded", `await import("node:os");`, /it imports node:os;/],
  ["a door that is not there", `import "ploutos/nowhere";`, /it imports ploutos\/nowhere;/],
  ["what is inside the program", `import "ploutos/../base/rng";`, /it imports ploutos\/\.\.\/base\/rng;/],
])("refuses a file that imports %s", async (_, before, message) => {
  const loading = loadFeature(fileOf("mine.ts", codeOf("bar.close", before)));
  await expect(loading).rejects.toMatchObject({ code: "features/bad-file" });
  await expect(loading).rejects.toThrow(message);
});

test("refuses files that are not there, that cannot be read, or that have one name", async () => {
  await expect(readFeatureFiles([join(root, "none.ts")])).rejects.toThrow(/none\.ts does not exist/);
  mkdirSync(join(root, "folder.ts"));
  await expect(readFeatureFiles([join(root, "folder.ts")])).rejects.toThrow(/folder\.ts cannot be read/);
  const twice = [write("c/x.ts", codeOf("1")), write("d/x.ts", codeOf("2"))];
  await expect(readFeatureFiles(twice)).rejects.toMatchObject({ code: "features/name-taken" });
});

test("a run's copies are read back, and refused when one is gone or changed by a letter", async () => {
  const files = [fileOf("one.ts", codeOf("bar.close")), fileOf("two.ts", codeOf("bar.open"))];
  const run = join(root, "run");
  await writeFilesWhole(featureFileCopies(run, files));
  expect(await keptFeatureFiles(run, files)).toEqual(files);
  writeFileSync(join(run, "features/two.ts"), codeOf("bar.high"));
  await expect(keptFeatureFiles(run, files)).rejects.toMatchObject({ code: "features/changed-file" });
  await expect(keptFeatureFiles(run, files)).rejects.toThrow(
    /two\.ts has the SHA-256 [0-9a-f]{12}, and had [0-9a-f]{12} when the run began\. Put the copy/,
  );
  rmSync(join(run, "features/two.ts"));
  await expect(keptFeatureFiles(run, files)).rejects.toThrow(/two\.ts is not there/);
});

test("holds a feature to the laws on the universe's bars before it may be trained on", async () => {
  // A clock that only the newest bars of the market set off.
  const late = walk.openTime[500];
  const code = `let calls = 0;\n${codeOf(`bar.openTime > ${late} && bar.openTime < ${late * 2} ? ++calls : bar.close`)}`;
  const files = [fileOf("late.ts", code)];
  expect((await ownFeatures(files))[0].name, "no law is broken on made-up bars").toBe("late");
  await expect(checkedFeatures(files, walk)).rejects.toMatchObject({ code: "features/refused" });
  await expect(checkedFeatures(files, walk)).rejects.toThrow(/on the bars of/);
});

test("a dataset is not laid out without the features of its settings' files", () => {
  const settings = experiment({ featureFiles: ["mine.ts"] });
  expect(() => createDataset(walk, settings)).toThrow(/features of all feature files are given, loaded/);
});
