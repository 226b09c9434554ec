import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Opening, Seal } from "#domain/vault.ts";
import { reportVault, vaultMarks, vaultNotes } from "./vault-note.ts";

const universe = randomWalk({ bars: 10, volatility: 0.01, seed: 1 });
const { name, instruments } = universe;
const seal: Seal = {
  market: name,
  symbols: instruments.map(({ symbol }) => symbol),
  from: Date.UTC(2024, 0, 1),
  at: 0,
  seenBefore: { looks: 0, trainings: 0 },
};
const opening = (n: number): Opening => ({ market: name, from: seal.from, at: Date.UTC(2026, 0, n), run: `runs/${n}` });
const told = (openings: readonly Opening[], opened = false, seals: readonly Seal[] = [seal]) =>
  reportVault({ seals, openings }, universe, opened);

test("a project that sealed nothing says nothing", () => {
  expect(told([], false, [])).toBeUndefined();
  expect(vaultNotes(undefined)).toEqual([]);
  expect(vaultMarks(undefined)).toEqual([]);
});

test("says what is sealed, and that it was never opened", () => {
  expect(vaultNotes(told([]))).toEqual([
    "Bars of this market from 2024-01-01 on are in the vault: nobody looked at them here.",
    "The vault was never opened.",
  ]);
  expect(vaultMarks(told([])), "nothing to worry about").toEqual([]);
});

test("one opening is told once, a second marks that report and every later one", () => {
  expect(vaultMarks(told([opening(1)], true))).toEqual([
    "These are bars of the vault, and this is opening number 1 of it.",
  ]);
  expect(vaultMarks(told([opening(1)]))).toEqual([]);
  expect(vaultNotes(told([opening(1)]))[1]).toBe("The vault was opened once, on 2026-01-01, for runs/1.");
  const [own, often] = vaultMarks(told([opening(1), opening(2)], true));
  expect(own).toMatch(/opening number 2/);
  expect(often).toMatch(/opened 2 times, first on 2026-01-01/);
  expect(vaultMarks(told([opening(1), opening(2)]))).toEqual([often]);
});

test("bars that had been seen before they were sealed are no surprise", () => {
  const seen = [{ ...seal, seenBefore: { looks: 3, trainings: 1 } }];
  expect(vaultNotes(told([], false, seen)).join(" ")).toMatch(/3 looks and 1 training .* not unseen/);
  expect(vaultMarks(told([opening(1)], true, seen)).join(" ")).toMatch(/not unseen/);
});
