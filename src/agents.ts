/** @file The door `ploutos/agents`: learning (PPO) and acting (networks, rules, the contract of a policy of your own). */
export { advantages } from "#agents/advantage.ts";
export type { Rollout } from "#agents/advantage.ts";
export type { IterationMetrics, Learner } from "#agents/agent.ts";
export { createPpo, ppoDefaults } from "#agents/ppo.ts";
export type { PpoConfig } from "#agents/ppo.ts";
export { actingModel, actorCritic, inputWidth } from "#policy/network.ts";
export type { ActorCritic, NetworkConfig } from "#policy/network.ts";
export { networkPolicy } from "#policy/network-policy.ts";
export type { NetworkPolicy } from "#policy/network-policy.ts";
export type { Decision, Observation, Policy } from "#policy/policy.ts";
export { buyAndHold } from "#policy/rules/buy-and-hold.ts";
export { flat } from "#policy/rules/flat.ts";
export { movingAverageCross } from "#policy/rules/moving-average-cross.ts";
export { scheduled } from "#policy/rules/scheduled.ts";
