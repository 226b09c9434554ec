/** @file Several trained runs that trade as one: made from their folders, opened as if it were a run of its own. */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { EnsembleRule } from "#policy/ensemble.ts";
import { ensemble } from "#policy/ensemble.ts";
import type { NetworkPolicy } from "#policy/network-policy.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { loadModel } from "#storage/model-store.ts";
import { readStoredJson } from "#storage/stored-json.ts";
import type { TriedAgent } from "./counted-trials.ts";
import type { Period, TrainedRun } from "./trained-run.ts";
import { openTrainedRun, storedRun } from "./trained-run.ts";

/** How much the word of a member counts: as much as any other's, or its Sharpe ratio on the validation span where it is above 0. */
export const weightings = ["equal", "sharpe"] as const;
export type Weighting = (typeof weightings)[number];

const schema = z.strictObject({
  formatVersion: z.literal(1),
  rule: z.enum(["vote", "mean"]),
  weighting: z.enum(weightings),
  members: z.array(z.strictObject({ folder: z.string(), from: z.string(), weight: z.number().min(0) })).min(2),
});

export type StoredEnsemble = z.infer<typeof schema>;

const file = "ensemble.json";
/** What of a run its model needs to act. */
const kept = ["config.json", "run.json", "features", "model"];

/**
 * Copies the runs into a folder of its own, with how they decide together.
 * @throws Failure model/not-alike where they do not see or say the same, storage/exists, storage/not-found
 */
export async function makeEnsemble(
  out: string,
  runs: readonly string[],
  { rule, weighting }: { readonly rule: EnsembleRule; readonly weighting: Weighting },
): Promise<StoredEnsemble> {
  const manifests: ModelManifest[] = [];
  for (const run of runs) manifests.push((await loadModel(join(run, "model"))).manifest);
  expectAlike(runs, manifests);
  const weights = manifests.map((manifest, at) => weightOf(manifest, runs[at], weighting));
  if (weights.every((weight) => weight === 0)) {
    const found = "no member has a Sharpe ratio above 0 on its validation span";
    throw new Failure("model/not-alike", `${found}; weigh them equally or leave them out`);
  }
  const members = runs.map((from, at) => ({ folder: `members/${at + 1}`, from, weight: weights[at] }));
  const stored: StoredEnsemble = { formatVersion: 1, rule, weighting, members };
  await expectFree(out);
  await mkdir(dirname(out), { recursive: true });
  const draft = await mkdtemp(`${out}.partial-`);
  try {
    for (const { folder, from } of members) {
      for (const name of kept.filter((each) => existsSync(join(from, each)))) {
        await cp(join(from, name), join(draft, folder, name), { recursive: true });
      }
    }
    await writeFileWhole(join(draft, file), JSON.stringify(stored, undefined, 2));
    await rename(draft, out);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return stored;
}

/** A trained run, or an ensemble of them, made ready to act; see `openTrainedRun`. */
export async function openRun(path: string, period: Period): Promise<TrainedRun> {
  const stored = await storedEnsemble(path);
  if (stored === undefined) return openTrainedRun(path, period);
  const { rule, members } = stored;
  const runs: TrainedRun[] = [];
  for (const { folder } of members) runs.push(await openTrainedRun(join(path, folder), period));
  expectAlike(
    members.map(({ folder }) => folder),
    runs.map(({ manifest }) => manifest),
  );
  const latest = runs.reduce((one, other) => (other.manifest.trained.until > one.manifest.trained.until ? other : one));
  const name = `${members.length} agents by ${rule}`;
  const together = (policies: readonly NetworkPolicy[]): NetworkPolicy => ({
    ...ensemble(
      name,
      policies.map((policy, at) => ({ policy, weight: members[at].weight })),
      rule,
    ),
    dispose: async () => {
      for (const policy of policies) await policy.dispose();
    },
  });
  // How one member did, and how far it can be believed, says nothing of what all decide.
  const { confidence: _, validation: __, verification: ___, ...manifest } = latest.manifest;
  return {
    ...latest,
    manifest,
    name,
    tried: agentOfEnsemble(
      stored,
      runs.map(({ tried }) => tried),
    ),
    lookAhead: runs.find(({ lookAhead }) => lookAhead !== undefined)?.lookAhead,
    from: Math.max(...runs.map(({ from }) => from)),
    policy: together(runs.map(({ policy }) => policy)),
    fresh: async (before) => together(await Promise.all(runs.map(({ fresh }) => fresh(before)))),
  };
}

async function storedEnsemble(path: string): Promise<StoredEnsemble | undefined> {
  if (!existsSync(join(path, file))) return undefined;
  const absent = (): Failure => new Failure("storage/not-found", `${path} holds no ensemble`, { folder: path });
  return readStoredJson(join(path, file), schema, absent);
}

/** A run, or the members of an ensemble, without a market: to know what they know before any bar is loaded. */
export async function storedMembers(path: string): Promise<Awaited<ReturnType<typeof storedRun>>[]> {
  const members = (await storedEnsemble(path))?.members.map(({ folder }) => join(path, folder)) ?? [path];
  return Promise.all(members.map((member) => storedRun(member)));
}

/** An ensemble as the project's ledger counts it. Its seeds are those of its members. */
export function agentOfEnsemble(
  { rule, weighting, members }: StoredEnsemble,
  agents: readonly TriedAgent[],
): TriedAgent {
  const each = members.map(({ weight }, at) => ({ ...agents[at], weight }));
  return { agent: `${members.length} agents by ${rule}`, settings: { rule, weighting, members: each }, seed: 0 };
}

function expectAlike(names: readonly string[], manifests: readonly ModelManifest[]): void {
  const facets: Readonly<Record<string, (manifest: ModelManifest) => unknown>> = {
    features: ({ features }) => features.schemaHash,
    "a scaler": ({ scalerHash }) => scalerHash,
    "an action space": ({ actionSpace }) => actionSpace,
    "a plan, an account and costs": ({ trained: { config } }) =>
      ["plan", "bracket", "account", "costs", "rebalanceBand", "capital"].map((name) => config[name]),
  };
  for (const [what, facet] of Object.entries(facets)) {
    const [first, ...others] = manifests.map((manifest) => JSON.stringify(facet(manifest)));
    const other = others.findIndex((each) => each !== first);
    if (other >= 0) throw new Failure("model/not-alike", `${names[0]} and ${names[other + 1]} differ in ${what}`);
  }
}

function weightOf({ validation }: ModelManifest, run: string, weighting: Weighting): number {
  if (weighting === "equal") return 1;
  if (validation === undefined) {
    throw new Failure("model/not-alike", `${run} does not say how it did on its validation span`);
  }
  return Math.max(0, validation.sharpe);
}

async function expectFree(out: string): Promise<void> {
  if (!existsSync(out)) return;
  const found = await readdir(out);
  if (found.length > 0) {
    throw new Failure("storage/exists", `${out} already holds ${found.slice(0, 3).join(", ")}`, { folder: out });
  }
}
