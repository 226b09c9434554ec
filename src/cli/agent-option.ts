/** @file The option that names an algorithm; without it the settings say which. */
import { Option } from "commander";
import { agentNames } from "#training/agents.ts";

export function agentOption(): Option {
  return new Option("--agent <name>", "algorithm (default: ppo)").choices(agentNames);
}
