/** @file A run goes on with the configuration that it began with, and with no other. */
import { Failure } from "#base/failure.ts";

/**
 * Holds what a run is asked to go on with against what it began with; both parsed, with all their defaults.
 * @throws Failure training/config-changed that names the first setting that differs
 */
export function expectSameConfig(began: object, asked: object): void {
  // As JSON: what is absent and what is undefined are the same there.
  const [before, now] = [began, asked].map((config): unknown => JSON.parse(JSON.stringify(config)));
  const changed = firstDifference(before, now, []);
  if (changed === undefined) return;
  const { path, was, is } = changed;
  const name = path.filter((key) => key !== "experiment").join(".");
  throw new Failure("training/config-changed", `${name} is ${told(is)}, and the run began with ${told(was)}`);
}

interface Difference {
  readonly path: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

function firstDifference(was: unknown, is: unknown, path: readonly string[]): Difference | undefined {
  if (!isRecord(was) || !isRecord(is)) {
    return JSON.stringify(was) === JSON.stringify(is) ? undefined : { path, was, is };
  }
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const found = firstDifference(was[key], is[key], [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function told(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
