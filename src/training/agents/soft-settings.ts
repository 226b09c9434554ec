/** @file The settings of trading that both forms of soft actor-critic have. */
import { z } from "zod";
import type { SoftConfig } from "#agents/soft-learner.ts";
import type { CommonSettings } from "../agent-kind.ts";
import { count, positive } from "./numbers.ts";

/**
 * Rewards are log returns of about 1 % a bar, hence the scale, and being unsure is worth little beside them. The same bars come back
 * hundreds of times, so a transition is learned from once or twice only: minibatchSize × updatesPerTransition. See docs/algorithms/sac.md.
 */
export const softShape = {
  rolloutSteps: count.default(16),
  finalLearningRate: z.number().min(0).default(0),
  policyRate: positive.default(1),
  policyDelay: z.int().min(0).default(0),
  targetRate: positive.max(1).default(0.05),
  initialTemperature: positive.default(0.002),
  rewardScale: positive.default(100),
};

/** What is wrong between these settings and the others. */
export function softIssue({
  learningStarts,
  minibatchSize,
  capacity,
}: Readonly<Record<"learningStarts" | "minibatchSize" | "capacity", number>>): string | undefined {
  if (learningStarts < minibatchSize) {
    return `learningStarts: ${learningStarts} are fewer than a batch of ${minibatchSize}`;
  }
  if (capacity < minibatchSize) return `capacity: ${capacity} holds no batch of ${minibatchSize}`;
  return undefined;
}

/** What a learner needs of the settings that all algorithms look at. */
export function softCommon({
  transitions,
  network,
  threads,
  device,
}: CommonSettings): Pick<SoftConfig, "totalTransitions" | "network" | "threads" | "device"> {
  return { totalTransitions: transitions, network, threads, device };
}
