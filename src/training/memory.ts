/** @file Whether what is about to learn fits into memory: found out before it learns, not when the machine ends the program. */
import { availableMemory, memoryUsage } from "node:process";
import { Failure } from "#base/failure.ts";

export interface Fitting<Made> {
  readonly made: Made;
  /** Bytes of the arrays that it took, which are all that it will ever take of its own. */
  readonly arrayBytes: number;
}

/**
 * Makes something that takes its arrays at once, and sees to it that they can be filled.
 * @throws Failure training/too-large
 */
export async function fitting<Made>(make: () => Promise<Made>): Promise<Fitting<Made>> {
  const before = memoryUsage().arrayBuffers;
  const made = await make().catch((error: unknown) => {
    if (error instanceof RangeError) throw tooLarge(error.message, error);
    throw error;
  });
  const arrayBytes = Math.max(0, memoryUsage().arrayBuffers - before);
  // The system gives room that it does not have, and ends who fills it: so it is counted here.
  if (arrayBytes > availableMemory()) throw tooLarge(`its arrays take ${gib(arrayBytes)}`);
  return { made, arrayBytes };
}

function tooLarge(found: string, cause?: unknown): Failure {
  return new Failure("training/too-large", `${found}; ${gib(availableMemory())} are free`, { cause });
}

export function gib(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
