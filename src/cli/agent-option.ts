/** @file The options that name a preset, an algorithm and a device; without them the settings say which. */
import { Option } from "commander";
import { deviceNames } from "#tensor/onnx/session.ts";
import { agentNames } from "#training/agents.ts";
import { presetNames } from "#training/presets.ts";

export function agentOption(): Option {
  return new Option("--agent <name>", "algorithm (default: ppo)").choices(agentNames);
}

export function deviceOption(): Option {
  return new Option("--device <name>", "what learning is computed on (default: cpu)").choices(deviceNames);
}

export function presetOption(): Option {
  return new Option("--preset <name>", "a configuration that has a name; --config and --set change it").choices(
    presetNames,
  );
}
