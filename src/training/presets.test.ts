import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needs, sharedData } from "../../test/requirements.ts";
import { experiment } from "./experiment.ts";
import { presetNames, presets } from "./presets.ts";

/** Row of the inventory by its number: what is specified, and the right behaviour. */
function inventory(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(sharedData, "../spec/inventory.md"), "utf8");
  const rows = text.split("\n").filter((line) => /^\| [A-Z0-9]+-\d+ \|/.test(line));
  return new Map(rows.map((row) => row.split("|").map((cell) => cell.trim())).map(([, id, ...cells]) => [id, cells]));
}

/** The first number of a cell, as written: 8192, 5e-5, 500_000, 15M, 100k. */
function numberOf(cell: string): number {
  const [, digits, unit] = /(-?\d[\d_,]*(?:\.\d+)?(?:e-?\d+)?)([kM]?)/.exec(cell) ?? [];
  return Number(digits.replaceAll(/[_,]/g, "")) * (unit === "M" ? 1e6 : unit === "k" ? 1e3 : 1);
}

test.each(presetNames)("%s is a whole experiment, and reads back as the same", (name) => {
  const settings = experiment(presets[name]);
  expect(experiment(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
});

test.skipIf(!needs.sharedData())("hyperparameters are those that the inventory reads from the documents", () => {
  const rows = inventory();
  const written = (id: string): number => numberOf(rows.get(id)![1]);
  const [v3, v6, long, alpha] = presetNames.map((name) => experiment(presets[name]));
  expect({
    learningRate: v3.ppo?.learningRate,
    minibatchSize: v3.ppo?.minibatchSize,
    rolloutSteps: v3.ppo?.rolloutSteps,
    epochs: v3.ppo?.epochs,
    gamma: v3.ppo?.gamma,
    gaeLambda: v3.ppo?.gaeLambda,
    clip: v3.ppo?.clip,
    entropyCoefficient: v3.ppo?.entropyCoefficient,
    targetKl: v3.ppo?.targetKl,
    valueCoefficient: v3.ppo?.valueCoefficient,
  }).toEqual({
    learningRate: written("V3-067"),
    minibatchSize: written("V3-068"),
    rolloutSteps: written("V3-069"),
    epochs: written("V3-070"),
    gamma: written("V3-071"),
    gaeLambda: written("V3-072"),
    clip: written("V3-073"),
    entropyCoefficient: written("V3-074"),
    targetKl: written("V3-075"),
    valueCoefficient: written("V3-076"),
  });
  expect(rows.get("V3-076")![1]).toContain(`${v3.lanes} (line`);
  expect(rows.get("V3-076")![1]).toContain(`${v3.transitions / 1e6}M`);
  expect(rows.get("V3-064")![1]).toContain((v3.network as { hidden: number[] }).hidden.join("-"));

  const [, after] = rows.get("X50-013")![1].split("->");
  const [before] = rows.get("X50-013")![1].split("->");
  expect([v6.transitions, long.transitions]).toEqual([numberOf(before), numberOf(after)]);
  const entropies = rows.get("X50-014")![1].split("->").map(numberOf);
  expect([v6.ppo?.entropyCoefficient, long.ppo?.entropyCoefficient]).toEqual(entropies);
  expect([v6.evaluateEvery, long.evaluateEvery]).toEqual(rows.get("X50-016")![1].split("->").map(numberOf));
  expect(rows.get("X50-018")![1]).toContain(`stagnation ${long.earlyStopping!.patience / 1e3}k steps`);
  expect(rows.get("X50-018")![1]).toContain(`wait ${long.earlyStopping!.minimum / 1e6}M steps`);
  expect([long.ppo?.maxGradientNorm, long.ppo?.targetKl]).toEqual([written("X50-020"), written("X50-021")]);

  const { ppo, lanes, transitions } = alpha;
  expect(transitions).toBe(numberOf(/timesteps=([\d_]+)/.exec(rows.get("A1-043")![0])![1]));
  expect(lanes * ppo!.rolloutSteps, "a rollout").toBe(written("A1-048"));
  expect([ppo?.learningRate, ppo?.minibatchSize, ppo?.epochs]).toEqual([
    written("A1-047"),
    written("A1-049"),
    written("A1-050"),
  ]);
  expect([ppo?.gamma, ppo?.gaeLambda, ppo?.clip, ppo?.entropyCoefficient]).toEqual([
    written("A1-051"),
    written("A1-052"),
    written("A1-053"),
    written("A1-054"),
  ]);
});
