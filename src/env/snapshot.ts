/** @file Snapshots within snapshots: each part's arrays under the part's name. */
import type { Snapshot } from "./env.ts";

/** The arrays of a part, copied, as `<part>.<name>`. */
export function named(name: string, arrays: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(arrays).map(([each, values]) => [`${name}.${each}`, values.slice()]));
}

/** What `named` was given. */
export function part(name: string, snapshot: Snapshot): Snapshot {
  const prefix = `${name}.`;
  const own = Object.entries(snapshot).filter(([each]) => each.startsWith(prefix));
  return Object.fromEntries(own.map(([each, values]) => [each.slice(prefix.length), values]));
}
