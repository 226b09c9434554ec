/** @file Do agents solve the toys whose levels are published? CartPole and Pendulum, worst of 5 seeds. */
import { a2cDefaults, createA2c } from "#agents/a2c.ts";
import type { Learner } from "#agents/agent.ts";
import { createDqn, dqnDefaults } from "#agents/dqn.ts";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { createSac, sacDefaults } from "#agents/sac.ts";
import type { VectorEnv, World } from "#env/env.ts";
import { observationWidth } from "#env/space.ts";
import { toys } from "#env/toys/toys.ts";
import { actionBuffer, stepBuffers, vectorEnv } from "#env/vector.ts";
import type { Actor } from "#policy/actor.ts";
import { mostProbable } from "#policy/categorical.ts";
import { seen } from "#policy/seen.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import type { AgentName } from "#training/agents.ts";
import type { Figure } from "./figure.ts";

const seeds = [1, 2, 3, 4, 5];
const episodesJudged = 100;

interface Setup {
  readonly lanes: number;
  /** Env steps that it may take. */
  readonly transitions: number;
  /** By its last episodes while it learned, or by episodes of its most probable actions afterwards, for those that go on exploring. */
  readonly judgedBy: "training" | "greedy";
  readonly create: (env: VectorEnv, transitions: number, seed: number) => Promise<Learner>;
}

const cartpoles = {
  ppo: {
    lanes: 8,
    transitions: 100_000,
    judgedBy: "training",
    create: (env, totalTransitions, seed) =>
      createPpo(
        env,
        {
          ...ppoDefaults,
          rolloutSteps: 64,
          minibatchSize: 128,
          epochs: 10,
          learningRate: 1e-3,
          gaeLambda: 0.9,
          gamma: 0.98,
          // Without it 3 of 40 seeds fell below 500, two of them below 200: where all goes well, advantages are noise alone.
          entropyCoefficient: 0.01,
          totalTransitions,
        },
        seed,
      ),
  },
  a2c: {
    lanes: 8,
    transitions: 500_000,
    judgedBy: "training",
    create: (env, totalTransitions, seed) =>
      createA2c(env, { ...a2cDefaults, rewardScale: 0.1, totalTransitions }, seed),
  },
  /** Values of order 1, and five steps at a time. Chosen on 20 seeds; seeds 1 to 5 are reported. */
  dqn: {
    lanes: 8,
    transitions: 100_000,
    judgedBy: "greedy",
    create: (env, totalTransitions, seed) =>
      createDqn(
        env,
        {
          ...dqnDefaults,
          rolloutSteps: 16,
          updates: 32,
          learningRate: 1e-3,
          nSteps: 5,
          explorationFraction: 0.16,
          finalEpsilon: 0.04,
          dueling: false,
          targetRate: 0.02,
          rewardScale: 0.02,
          totalTransitions,
        },
        seed,
      ),
  },
} satisfies Partial<Record<AgentName, Setup>>;

const pendulums = {
  ppo: {
    lanes: 8,
    transitions: 300_000,
    judgedBy: "training",
    create: (env, totalTransitions, seed) =>
      createPpo(
        env,
        {
          ...ppoDefaults,
          rolloutSteps: 256,
          minibatchSize: 128,
          epochs: 10,
          learningRate: 1e-3,
          gamma: 0.95,
          rewardScale: "running",
          gaussian: { squashed: true },
          totalTransitions,
        },
        seed,
      ),
  },
  /** Networks and batches smaller than the defaults learn it as well, in a tenth of the time. */
  sac: {
    lanes: 1,
    transitions: 20_000,
    judgedBy: "greedy",
    create: (env, totalTransitions, seed) =>
      createSac(
        env,
        {
          ...sacDefaults,
          minibatchSize: 128,
          learningRate: 1e-3,
          finalLearningRate: 1e-3,
          network: { body: "mlp", hidden: [64, 64], activation: "relu" },
          totalTransitions,
        },
        seed,
      ),
  },
} satisfies Partial<Record<AgentName, Setup>>;

/** Mean return of 100 episodes of CartPole, at most 500 each. */
export function benchCartpole(agent: keyof typeof cartpoles): Promise<Figure> {
  return solved(toys.cartpole, cartpoles[agent]);
}

/** Mean return of 100 episodes of Pendulum, at best about −150. */
export function benchPendulum(agent: keyof typeof pendulums): Promise<Figure> {
  return solved(toys.pendulum, pendulums[agent]);
}

type Toy = () => World<Readonly<Record<string, number>>>;

async function solved(toy: Toy, setup: Setup): Promise<Figure> {
  const training: number[] = [];
  const greedy: number[] = [];
  for (const seed of seeds) {
    const learner = await setup.create(vectorEnv(toy(), setup.lanes), setup.transitions, seed);
    training.push(await trainedReturn(learner, setup.transitions));
    greedy.push(await greedyReturn(learner.actor, learner.parameters(), toy(), seed));
    await learner.dispose();
  }
  const bySeed = setup.judgedBy === "training" ? training : greedy;
  const judged = setup.judgedBy === "training" ? "the last 100 episodes" : "100 greedy episodes";
  return { value: Math.min(...bySeed), unit: `mean return of ${judged}, worst of 5 seeds`, training, greedy };
}

/** Learns for at most so many transitions. Mean return of the last 100 episodes, exploration included. */
async function trainedReturn(learner: Learner, transitions: number): Promise<number> {
  const groups: { readonly mean: number; readonly episodes: number }[] = [];
  for (let taken = 0; learner.transitions + taken <= transitions;) {
    const before = learner.transitions;
    const { episodeReturn, episodes } = await learner.iterate();
    if (episodes > 0) groups.push({ mean: episodeReturn, episodes });
    taken = learner.transitions - before;
  }
  let sum = 0;
  let left = episodesJudged;
  for (const { mean, episodes } of groups.toReversed()) {
    const counted = Math.min(left, episodes);
    sum += mean * counted;
    left -= counted;
    if (left === 0) break;
  }
  return sum / (episodesJudged - left);
}

/** Mean return of 100 episodes, one in each lane, of the most probable actions or, in a box, of the answer itself. */
async function greedyReturn(
  actor: Actor,
  parameters: Float32Array,
  world: World<Readonly<Record<string, number>>>,
  seed: number,
): Promise<number> {
  const lanes = episodesJudged;
  const env = vectorEnv(world, lanes);
  const { observationSpace, actionSpace } = env;
  const observations = input("observations", [lanes, observationWidth(observationSpace)]);
  const { answer } = actor.forward(input("parameters", [actor.parameters]), seen(observationSpace, observations));
  const program = await compile({ answer });
  const buffers = stepBuffers(lanes, observationSpace, actionSpace);
  const actions = actionBuffer(lanes, actionSpace);
  const logits = buffers.legal.length / lanes;
  const over = new Uint8Array(lanes);
  env.reset(seed, buffers);
  let total = 0;
  while (over.includes(0)) {
    const scores = (await program.run({ parameters, observations: buffers.observations }))["answer"] as Float32Array;
    if (actionSpace.kind === "box") actions.set(scores);
    else {
      const { sizes } = actionSpace;
      for (let lane = 0; lane < lanes; lane++) {
        mostProbable(scores, buffers.legal, lane * logits, sizes, actions as Int32Array, lane * sizes.length);
      }
    }
    env.step(actions, buffers);
    for (let lane = 0; lane < lanes; lane++) {
      if (over[lane] === 1) continue;
      total += buffers.rewards[lane];
      over[lane] = buffers.terminated[lane] | buffers.truncated[lane];
    }
  }
  await program.dispose();
  return total / lanes;
}
