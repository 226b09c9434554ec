import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Trial } from "#domain/trial.ts";
import { trialConfig } from "#domain/trial.ts";
import { sighting, trial } from "#domain/trial.fixture.ts";
import { openJournal } from "./journal.ts";
import { openTrialLedger, readTrials, readVault } from "./trial-ledger.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-trials-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let files = 0;
const newPath = (): string => join(root, `${files++}`, "trials.sqlite");

function record(
  path: string,
  trials: readonly Trial[],
  ...how: [] | [ReturnType<typeof sighting>, { goesOn: boolean }]
): void {
  const [seen = sighting(), goesOn] = how;
  const ledger = openTrialLedger(path);
  ledger.record(trials, seen, goesOn);
  ledger.close();
}

test("gives back every trial, in order, returns to the bit", () => {
  const double = fc.oneof(fc.double(), fc.constantFrom(-0, NaN, Infinity, 0.1 + 0.2));
  fc.assert(
    fc.property(fc.array(fc.array(double), { maxLength: 4 }), (all) => {
      const path = newPath();
      const trials = all.map((returns, seed) => trial({ seed, returns: Float64Array.from(returns) }));
      record(path, trials);
      expect(readTrials(path)).toStrictEqual(trials.map((each) => ({ ...each, sightings: [sighting()] })));
    }),
    { numRuns: 30 },
  );
});

test("counts the same trial once and sees it again; whatever else differs is another", () => {
  const path = newPath();
  const later = sighting({ at: 2, command: "again" });
  record(path, [trial()]);
  record(path, [trial(), trial()], later, { goesOn: false });
  record(path, [trial()], sighting({ at: 3 }), { goesOn: true });
  expect(readTrials(path)).toEqual([{ ...trial(), sightings: [sighting(), later, later] }]);
  const others: Partial<Trial>[] = [
    { kind: "training" },
    { kind: "in-sample look" },
    trialConfig({ learningRate: 0.002 }),
    { seed: 2 },
    { market: "other" },
    { dataHash: "e" },
    { from: 0 },
    { until: 1 },
    { returns: Float64Array.of(0.01) },
  ];
  record(path, others.map(trial));
  expect(readTrials(path)).toHaveLength(1 + others.length);
});

test("a training that was not counted when it began is counted when it is gone on with", () => {
  const path = newPath();
  const training = trial({ kind: "training", returns: new Float64Array() });
  record(path, [training], sighting(), { goesOn: true });
  expect(readTrials(path)).toEqual([{ ...training, sightings: [sighting()] }]);
});

test("keeps seals and openings, and nobody can change or remove a row", () => {
  const path = newPath();
  const seal = { market: "spy", symbols: ["SPY"], from: 5, at: 1, seenBefore: { looks: 2, trainings: 3 } };
  const openings = [1, 2].map((at) => ({ market: "spy", from: 5, at, run: `runs/${at}` }));
  const ledger = openTrialLedger(path);
  ledger.record([trial()], sighting());
  ledger.seal(seal, sighting());
  for (const opening of openings) ledger.open(opening, sighting());
  ledger.close();
  const database = new DatabaseSync(path);
  for (const table of ["trial", "sighting", "seal", "opening"]) {
    expect(() => database.exec(`DELETE FROM ${table}`), table).toThrow(/append-only/);
    expect(() => database.exec(`UPDATE ${table} SET id = 9`), table).toThrow(/append-only/);
  }
  database.close();
  expect(readVault(path)).toEqual({ seals: [seal], openings });
});

test("reading begins no file, and an empty one is an empty ledger", () => {
  const path = newPath();
  expect(readTrials(path)).toEqual([]);
  expect(readVault(path)).toEqual({ seals: [], openings: [] });
  expect(existsSync(path)).toBe(false);
  mkdirSync(join(path, ".."));
  writeFileSync(path, "");
  expect(readTrials(path)).toEqual([]);
});

test("counts every trial of processes that write one new ledger at once, and the same one once", async () => {
  const path = newPath();
  const [processes, own] = [4, 10];
  const program = (process: number): string => `
    import { openTrialLedger } from ${JSON.stringify(new URL("./trial-ledger.ts", import.meta.url))};
    import { sighting, trial } from ${JSON.stringify(new URL("../domain/trial.fixture.ts", import.meta.url))};
    for (let n = 0; n < ${own}; n++) {
      const ledger = openTrialLedger(${JSON.stringify(path)});
      ledger.record([trial({ seed: 0 }), trial({ seed: 1 + n + ${own * process} })], sighting());
      ledger.close();
    }
  `;
  const ends = Array.from({ length: processes }, async (_, n) => {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program(n)], { stdio: "inherit" });
    return new Promise((resolve) => child.on("exit", resolve));
  });
  expect(await Promise.all(ends)).toEqual(Array(processes).fill(0));
  const trials = readTrials(path);
  expect(trials).toHaveLength(1 + processes * own);
  expect(trials.map(({ seed }) => seed).toSorted((a, b) => a - b)).toEqual(trials.map((_, n) => n));
  expect(trials.find(({ seed }) => seed === 0)!.sightings).toHaveLength(processes * own);
});

test("records all trials of a call or none", () => {
  const path = newPath();
  const ledger = openTrialLedger(path);
  const broken = trial({ seed: 0.5 });
  expect(() => ledger.record([trial(), broken], sighting())).toThrow(/trial ledger .* answered/);
  ledger.close();
  expect(readTrials(path)).toEqual([]);
});

test("refuses what is no ledger in one message that names it", () => {
  const damaged = expect.objectContaining({ code: "storage/damaged-file" });
  const letter = newPath();
  mkdirSync(join(letter, ".."));
  writeFileSync(letter, "this is a letter, long enough to be looked at as a database page. ".repeat(20));
  const journal = join(root, `${files++}.sqlite`);
  openJournal(journal).close();
  const cut = newPath();
  record(
    cut,
    Array.from({ length: 50 }, (_, seed) => trial({ seed, returns: new Float64Array(200) })),
  );
  truncateSync(cut, Math.floor(readFileSync(cut).length / 2));
  for (const path of [letter, journal]) expect(() => openTrialLedger(path), path).toThrow(damaged);
  for (const path of [letter, journal, cut]) {
    expect(() => readTrials(path), path).toThrow(damaged);
    expect(() => readTrials(path)).toThrow(/the trial ledger .*\.sqlite answered: /);
  }
  const odd = newPath();
  record(odd, [trial()]);
  const database = new DatabaseSync(odd);
  database.exec("DROP TRIGGER trial_is_not_changed; UPDATE trial SET symbols = 'SPY', returns = x'0102'");
  database.close();
  expect(() => readTrials(odd)).toThrow(damaged);
});

test("refuses where it cannot write: a folder in its place, a file in its folder's", () => {
  const failed = expect.objectContaining({ code: "storage/write-failed" });
  expect(() => openTrialLedger(root)).toThrow(failed);
  const inFile = join(root, `${files++}`);
  writeFileSync(inFile, "");
  expect(() => openTrialLedger(join(inFile, "trials.sqlite"))).toThrow(failed);
});
