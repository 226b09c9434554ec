/** @file A task of memory: what each body makes of it, on a table that it was not trained on. Worst of 5 seeds. */
import type { Learner } from "#agents/agent.ts";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { recall, recallByPresent } from "#env/toys/recall.ts";
import { stepBuffers, vectorEnv } from "#env/vector.ts";
import type { NetworkConfig } from "#policy/body.ts";
import { seen } from "#policy/seen.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import type { Figure } from "./figure.ts";

const seeds = [1, 2, 3, 4, 5];
const lookback = 32;
const episodeSteps = 32;
const transitions = 150_000;
const tail = { hidden: [32], activation: "tanh" } as const;

/** Sizes of the same order; four blocks of the convolution see 61 rows, more than there are. */
const bodies = {
  mlp: { body: "mlp", hidden: [64, 64], activation: "tanh" },
  gru: { body: "gru", units: 32, ...tail },
  convolution: { body: "convolution", channels: [16, 16, 16, 16], kernel: 3, ...tail },
  transformer: { body: "transformer", width: 16, heads: 2, feedForward: 32, layers: 1, acrossLayers: 0, ...tail },
} satisfies Record<string, NetworkConfig>;

/** Mean return of the likeliest actions in 256 whole episodes on the table of another seed. */
async function judged(learner: Learner, seed: number): Promise<number> {
  const lanes = 256;
  const env = vectorEnv(recall({ lookback, seed: 1000 + seed }), lanes);
  const { observationSpace: space, actionSpace } = env;
  if (space.kind !== "windowed") throw new Error("recall is windowed");
  const { rows, columns, values } = space.table;
  const looked = seen(space, input("observations", [lanes, 1 + space.size]), input("table", [rows, columns]));
  const { answer } = learner.actor.forward(input("parameters", [learner.actor.parameters]), looked);
  const program = await compile({ answer });
  const buffers = stepBuffers(lanes, space, actionSpace);
  env.reset(seed, buffers);
  let sum = 0;
  for (let step = 0; step < episodeSteps; step++) {
    const feeds = { parameters: learner.parameters(), observations: buffers.observations, table: values };
    const logits = (await program.run(feeds))["answer"];
    env.step(
      Int32Array.from({ length: lanes }, (_, lane) => (logits[lane * 2 + 1] > logits[lane * 2] ? 1 : 0)),
      buffers,
    );
    for (const reward of buffers.rewards) sum += reward;
  }
  await program.dispose();
  return sum / lanes;
}

/** Mean return of a body after 150,000 steps of PPO; 32 is right at every step. */
export async function benchMemory(body: keyof typeof bodies): Promise<Figure> {
  const bySeed: number[] = [];
  for (const seed of seeds) {
    const config = {
      ...ppoDefaults,
      rolloutSteps: 64,
      minibatchSize: 512,
      learningRate: 3e-3,
      gamma: 0,
      gaeLambda: 0,
      totalTransitions: transitions,
      network: bodies[body],
    };
    const learner = await createPpo(vectorEnv(recall({ lookback, seed }), 32), config, seed);
    while (learner.transitions < transitions) await learner.iterate();
    bySeed.push(await judged(learner, seed));
    await learner.dispose();
  }
  return {
    value: Math.min(...bySeed),
    unit: `mean return of ${episodeSteps} steps, worst of 5 seeds`,
    bySeed,
    byThePresentAlone: episodeSteps * recallByPresent(),
  };
}
