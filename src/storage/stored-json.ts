/** @file JSON files of ours, parsed by a schema at the border. */
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { Failure } from "#base/failure.ts";

/**
 * Reads a JSON file that we wrote; `absent` answers for a file that is not there.
 * @throws Failure storage/damaged-file when it is not JSON or does not follow its schema.
 */
export async function readStoredJson<Value>(
  path: string,
  schema: z.ZodType<Value>,
  absent: () => Failure,
): Promise<Value> {
  const text = await readStored(path, absent);
  let value: unknown;
  try {
    value = JSON.parse(text.toString("utf8"));
  } catch (cause) {
    throw new Failure("storage/damaged-file", `${path} is cut off or not JSON`, { file: path, cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: field, message } = parsed.error.issues[0];
  const found = `${path} does not follow its schema at ${field.join(".") || "its root"}: ${message}`;
  throw new Failure("storage/damaged-file", found, { file: path, cause: parsed.error });
}

/** Bytes of a file that we wrote; `absent` answers for a file that is not there. */
export async function readStored(path: string, absent: () => Failure): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) {
      throw absent();
    }
    throw new Failure("storage/damaged-file", `${path} could not be read`, { file: path, cause });
  }
}
