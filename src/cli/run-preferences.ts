/** @file What a trained run prefers and why: its network built again around the parameters of its model. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "#base/failure.ts";
import { featureNames } from "#features/pipeline.ts";
import { actingOf } from "#market/action-spaces.ts";
import { positionNames } from "#market/positions.ts";
import { positionTitle } from "#domain/leg.ts";
import { actingNames } from "#policy/actor.ts";
import { mostProbable } from "#policy/categorical.ts";
import type { SeenDecision } from "#policy/integrated-gradients.ts";
import type { Observation } from "#policy/policy.ts";
import type { Preferences } from "#policy/preference.ts";
import { preferences } from "#policy/preference.ts";
import type { SeenShape } from "#policy/seen.ts";
import { loadModel } from "#storage/model-store.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import { actorOf } from "#training/agents.ts";
import { loadCheckpoint } from "#training/checkpoint.ts";
import { checkpointPath } from "#training/run-folder.ts";
import type { TrainedRun } from "./trained-run.ts";

export interface RunPreferences extends Preferences {
  /** What was seen, with what the network chooses of it. */
  seen(observation: Observation): Promise<SeenDecision>;
  /** Of the numbers of the account, in their order. */
  readonly accountNames: readonly string[];
}

/** The preferences of a run's network, to be disposed of; or a sentence that says why it has none that can be differentiated. */
export async function runPreferences(path: string, run: TrainedRun): Promise<RunPreferences | string> {
  if (!existsSync(join(path, "model"))) {
    return "Several agents that decide together have no one gradient: ask each of them by its own run.";
  }
  if (run.manifest.kind !== "policy-network") {
    return "Boosted trees have no gradients: what single features did to a decision is not told.";
  }
  if (!existsSync(checkpointPath(path))) {
    return "The run's checkpoint is gone, and gradients need the parameters in it.";
  }
  const { spec, config, universe, manifest } = run;
  const { experiment } = config;
  const { account: rules } = experiment;
  const acting = actingOf(experiment.actions, experiment, universe.instruments, rules);
  const { space } = acting;
  const shape = {
    lookback: spec.lookbackBars,
    columns: featureNames(spec).length,
    own: manifest.observation.accountSize,
    instruments: spec.instruments.length,
  };
  const sizes = space.kind === "discrete" ? space.sizes : undefined;
  const action = sizes === undefined ? { instruments: universe.instruments.length } : { sizes };
  const actor = actorOf({ seen: shape, space }, experiment);
  const found = await asTheModelSays(
    (await loadModel(join(path, "model"))).onnx,
    shape,
    sizes,
    (await keptParameters(path, actor.parameters)).map(
      (parameters) => () => preferences(actor, parameters, shape, action),
    ),
  );
  const names = positionNames(universe.instruments, rules).map(positionTitle);
  return {
    ...found,
    accountNames: [
      ...names.flatMap((name) => [`${name}: weight held`, `${name}: open gain`]),
      "drawdown",
      ...acting.observed,
    ],
    async seen({ market, account, legal }) {
      const row = { market: market.slice(), account: account.slice() };
      if (sizes === undefined) return { ...row, legal: new Float32Array(0), chosen: new Float32Array(0) };
      const width = sizes.reduce((sum, size) => sum + size, 0);
      const allowed = legal === undefined ? new Float32Array(width).fill(1) : Float32Array.from(legal);
      const { answer } = await found.of({ ...row, legal: allowed, chosen: new Float32Array(width) });
      const actions = new Int32Array(sizes.length);
      mostProbable(answer, legal, 0, sizes, actions, 0);
      const chosen = new Float32Array(width);
      let offset = 0;
      sizes.forEach((size, head) => {
        chosen[offset + actions[head]] = 1;
        offset += size;
      });
      return { ...row, legal: allowed, chosen };
    },
  };
}

/** Every vector of the actor's parameters in the run's last checkpoint: the latest, and those that did best on validation. */
async function keptParameters(path: string, length: number): Promise<Float32Array[]> {
  const checkpoint = await loadCheckpoint(checkpointPath(path));
  return Object.entries(checkpoint).flatMap(([name, value]) =>
    /(^|\.)parameters$/.test(name) && value instanceof Float32Array && value.length === length ? [value] : [],
  );
}

/**
 * The first of these networks that says what the model says: what is told of any other would be told of another agent.
 * @throws Failure storage/damaged-file where none does
 */
async function asTheModelSays(
  onnx: Uint8Array,
  { lookback, columns, own }: SeenShape,
  sizes: readonly number[] | undefined,
  candidates: readonly (() => Promise<Preferences>)[],
): Promise<Preferences> {
  const probe = (length: number): Float32Array => Float32Array.from({ length }, (_, at) => Math.sin(1 + at));
  const width = sizes === undefined ? 0 : sizes.reduce((sum, size) => sum + size, 0);
  const seen = { market: probe(lookback * columns), account: probe(own) };
  const model = await compileModel(onnx);
  try {
    const said = await model.run({ [actingNames.market]: seen.market, [actingNames.account]: seen.account });
    for (const create of candidates) {
      const built = await create();
      const asked = { ...seen, legal: new Float32Array(width).fill(1), chosen: new Float32Array(width) };
      const { answer } = await built.of(asked);
      const expected = said[built.answers] as Float32Array;
      if (answer.every((value, at) => Math.abs(value - expected[at]) <= 1e-4 * (1 + Math.abs(value)))) return built;
      await built.dispose();
    }
  } finally {
    await model.dispose();
  }
  throw new Failure("storage/damaged-file", "no parameters in the run's checkpoint are those of its model");
}
