import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { sighting } from "#domain/trial.fixture.ts";
import type { Seal } from "#domain/vault.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { openTrialLedger, readVault } from "#storage/trial-ledger.ts";
import { expectOutsideVault, openVault, projectMarket } from "./project.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-project-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const project = { store: join(root, "markets"), ledger: join(root, "trials.sqlite") };
const walk = { ...randomWalk({ bars: 100, volatility: 0.01, seed: 1 }), name: "walk" };
const symbols = walk.instruments.map(({ symbol }) => symbol);
const seal: Seal = {
  market: "walk",
  symbols,
  from: walk.openTime[60],
  at: 1,
  seenBefore: { looks: 0, trainings: 0 },
};

test("bars of the vault are loaded with a key alone, a key is made by recording an opening, and none can be forged", async () => {
  const source = { file: "walk.csv", sha256: "", notes: [], droppedBars: 0 };
  await openBarStore(project.store).save(walk, [source]);
  expect((await projectMarket("walk", project)).leftOut).toBeUndefined();
  const ledger = openTrialLedger(project.ledger);
  ledger.seal(seal, sighting());
  ledger.close();
  const { universe, leftOut } = await projectMarket("walk", project);
  expect(universe.openTime).toHaveLength(60);
  expect(leftOut?.note).toMatch(/40 bars of walk, from \d{4}-\d\d-\d\d on/);
  await expect(projectMarket("walk", project, {}, { seal })).rejects.toThrow(/opened where its opening is recorded/);
  const key = openVault(project, seal, "runs/1");
  expect(readVault(project.ledger).openings).toMatchObject([{ market: "walk", run: "runs/1" }]);
  expect((await projectMarket("walk", project, {}, key)).universe.openTime).toHaveLength(100);
  expect((await projectMarket("walk", project)).universe.openTime, "for whom it was made").toHaveLength(60);

  expectOutsideVault(project, "other", symbols, walk.openTime[59]);
  expectOutsideVault(project, "other", ["OTHER"], walk.openTime[99]);
  expect(() => expectOutsideVault(project, "other", symbols, walk.openTime[60])).toThrow(
    expect.objectContaining({ code: "vault/sealed" }),
  );
});
