/** @file The list of algorithms that an experiment can name, each with settings of its own. */
import type { Learner } from "#agents/agent.ts";
import type { VectorEnv } from "#env/env.ts";
import type { Actor } from "#policy/actor.ts";
import type { ActorShape, Acts, AgentKind, CommonSettings } from "./agent-kind.ts";
import { a2c } from "./agents/a2c.ts";
import { discreteSac } from "./agents/discrete-sac.ts";
import { dqn } from "./agents/dqn.ts";
import { ppo } from "./agents/ppo.ts";
import { sac } from "./agents/sac.ts";

const agents = { ppo, a2c, dqn, sac, "discrete-sac": discreteSac } satisfies Record<string, AgentKind>;

export type AgentName = keyof typeof agents;

export const agentNames = Object.keys(agents) as [AgentName, ...AgentName[]];

/** The settings of each algorithm, under its name; those of the others than the experiment's are absent. */
export const agentSchemas = {
  ppo: agents.ppo.schema.optional(),
  a2c: agents.a2c.schema.optional(),
  dqn: agents.dqn.schema.optional(),
  sac: agents.sac.schema.optional(),
  "discrete-sac": agents["discrete-sac"].schema.optional(),
} satisfies Record<AgentName, unknown>;

/** An experiment as far as algorithms go: `agent` names one, and its settings may stand under its name. */
export type AgentSettings = CommonSettings & { readonly agent: AgentName } & {
  readonly [Name in AgentName]?: unknown;
};

/** True where an algorithm can learn actions of that kind. */
export function learnsTo(acts: Acts, { agent }: AgentSettings): boolean {
  return agents[agent].acts.includes(acts);
}

/** The settings with those of the algorithm written out, all its defaults too. */
export function withOwnSettings<Settings extends AgentSettings>(settings: Settings): Settings {
  const { agent } = settings;
  return { ...settings, [agent]: agents[agent].schema.parse(settings[agent] ?? {}) };
}

/** What is wrong with the algorithm's settings; undefined where nothing is. */
export function agentIssue(settings: AgentSettings): string | undefined {
  const { agent } = settings;
  const others: readonly string[] = agentNames.filter((name) => name !== agent && settings[name] !== undefined);
  if (others.length > 0) return `${others.join(", ")}: settings of another agent than ${agent}`;
  if (settings.network.shared === true && !agents[agent].sharesBody) {
    return `network.shared: ${agent} has no policy and value that could share a body`;
  }
  const issue = agents[agent].issue(settings[agent], settings);
  return issue === undefined ? undefined : `${agent}.${issue}`;
}

/** A learner that lives in `env`. */
export function createLearner(env: VectorEnv, settings: AgentSettings): Promise<Learner> {
  return agents[settings.agent].create(env, settings[settings.agent], settings);
}

/** The part of such a learner that acts, as a graph: with the parameters of a model it says what the model says. */
export function actorOf(shape: Omit<ActorShape, "network">, settings: AgentSettings): Actor {
  const { agent, network } = settings;
  return agents[agent].actor({ ...shape, network }, settings[agent]);
}
