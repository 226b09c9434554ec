/** @file Names of runs: when they began, and what they are. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";

/** E.g. `2026-01-31T12-00-05-demo`. */
export function runId(clock: Clock, what: string): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(":", "-")}-${what}`;
}

/** Makes a folder of this name that is nobody else's: with a number behind its name where another began in the same second. */
export async function ownFolder(parent: string, name: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (let n = 1; ; n++) {
    const folder = join(parent, n === 1 ? name : `${name}-${n}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
