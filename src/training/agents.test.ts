/** @file The part of a learner that acts, made without the learner, is the same to the byte. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { actingOf } from "#market/action-spaces.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { actingModel } from "#policy/actor.ts";
import { seenShape } from "#policy/seen.ts";
import { actorOf, agentNames, createLearner } from "./agents.ts";
import { createDataset, createFold } from "./dataset.ts";
import { experiment } from "./experiment.ts";

const universe = randomWalk({ bars: 700, volatility: 0.01, seed: 2, instruments: 2 });

const cases = agentNames.flatMap((agent) => [
  { agent, own: {}, actions: agent === "sac" ? "weights" : "levels" },
  ...(agent === "dqn" ? [{ agent, own: { dqn: { dueling: true } }, actions: "levels" }] : []),
  ...(agent === "ppo"
    ? [
        { agent, own: { ppo: { gaussian: { squashed: true, deviation: "seen" } } }, actions: "weights-long" },
        { agent, own: { network: { body: "gru", units: 4, hidden: [8], shared: true } }, actions: "gemini-6" },
      ]
    : []),
]);

test.each(cases)("$agent in $actions with $own", async ({ agent, own, actions }) => {
  const network = { hidden: [8] };
  const settings = experiment({ agent, actions, lanes: 16, network, lookbackBars: 2, ...own });
  const dataset = createDataset(universe, settings);
  const spans = [
    { from: 0, to: 500 },
    { from: 520, to: 690 },
  ] as const;
  const fold = createFold(dataset, ...spans, settings);
  const acting = actingOf(settings.actions, settings, universe.instruments, dataset.market.rules);
  const env = tradingEnv({
    market: dataset.market,
    table: fold.table,
    acting,
    ...settings,
    ...fold.train[0],
    reward: [],
  });
  const learner = await createLearner(env, settings);
  const seen = seenShape(env.observationSpace);
  const actor = actorOf({ seen, space: acting.space }, settings);
  expect(actor.parameters).toBe(learner.actor.parameters);
  const rng = createRng(1);
  const parameters = Float32Array.from({ length: actor.parameters }, () => rng.normal());
  const [built, learned] = [actor, learner.actor].map((each) => actingModel(each, parameters, seen, {}));
  expect(Buffer.from(built).equals(Buffer.from(learned))).toBe(true);
  await learner.dispose();
});
